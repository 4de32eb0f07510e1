/// A rule file as written.
struct FileSyntax {
    /// Its text.
    var source: SourceText
    /// The zone that `timezone` names.
    var timezone: TextSyntax?
    /// The segments in order.
    var segments: [SegmentSyntax] = []
    /// The declared events in order.
    var events: [EventTypeSyntax] = []
    /// The declared attributes in order.
    var attributes: [FieldSyntax] = []
    /// The declared identifiers in order.
    var identifiers: [IdentifierSyntax] = []
    /// The blocks of settings in order.
    var settings: [SettingsSyntax] = []
    /// The tests in order.
    var tests: [TestBlockSyntax] = []
    /// The names of events behind `activity`, in order.
    var activities: [TextSyntax] = []
    /// The comments in order.
    var comments: [Comment] = []
    /// What the lexer and the parser found wrong.
    var complaints: Complaints
}

/// A `segment` block as written.
struct SegmentSyntax {
    /// The segment's name.
    var name: TextSyntax
    /// Where the block begins, and where the one before it ends.
    var start = 0
    var previousEnd = 0
    /// The title behind the name.
    var title: TextSyntax?
    /// What stands behind `note`.
    var note: TextSyntax?
    /// What stands behind `when`; nil where there is none, which was reported.
    var condition: ConditionSyntax?
    /// What is expected of it.
    var expectations: [ExpectationSyntax] = []
    /// The parts of the condition, each before those within it; empty where they were not asked for.
    var parts: [PartSyntax] = []
}

/// A part of a condition that `and`, `or` or a bracket sets apart.
struct PartSyntax {
    /// In how many brackets it stands.
    var depth: Int
    /// How it is written, on one line; empty where that was not asked for.
    var text: String
    var range: Range<Int>
    var condition: ConditionSyntax
}

/// A name or a quoted text.
struct TextSyntax {
    var text: String
    var range: Range<Int>
}
