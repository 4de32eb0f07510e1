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
    /// The declared identifiers in order.
    var identifiers: [TextSyntax] = []
    /// The names of events behind `activity`, in order.
    var activities: [TextSyntax] = []
    /// What the lexer and the parser found wrong.
    var complaints: Complaints
}

/// A `segment` block as written.
struct SegmentSyntax {
    /// The segment's name.
    var name: TextSyntax
    /// The title behind the name.
    var title: TextSyntax?
    /// What stands behind `note`.
    var note: TextSyntax?
    /// What stands behind `when`; nil where there is none, which was reported.
    var condition: ConditionSyntax?
}

/// A name or a quoted text.
struct TextSyntax {
    var text: String
    var range: Range<Int>
}
