import EventModel

/// An `event` block as written.
struct EventTypeSyntax {
    /// The event's name.
    var name: TextSyntax
    /// Its other names.
    var aliases: [TextSyntax] = []
    /// The properties behind `unique by`; empty where there are none.
    var key: [[TextSyntax]] = []
    /// How often it must come.
    var expectations: [ExpectationSyntax] = []
    /// Its properties.
    var fields: [FieldSyntax] = []
}

/// A property, an attribute or a field of an item, with its type.
struct FieldSyntax {
    var name: TextSyntax
    var type: TypeSyntax
    var isRequired = false
    /// The words behind `normalized`.
    var shapes: [Shape] = []
    /// Where `normalized` stands.
    var shapesRange: Range<Int>?
    /// Its other names.
    var aliases: [TextSyntax] = []
}

/// What values are.
indirect enum TypeSyntax {
    case scalar(ScalarType)
    case list(of: TypeSyntax)
    /// Items with these fields.
    case item([FieldSyntax])
}

/// A word behind `normalized`.
enum Shape: String, CaseIterable {
    case upper
    case lower
    case trimmed
}

/// An `identifier` block as written.
struct IdentifierSyntax {
    var name: TextSyntax
    /// Its other names.
    var aliases: [TextSyntax] = []
    /// Values that never identify anybody.
    var blocked: [BlockedSyntax] = []
}

/// A value behind `blocks`.
struct BlockedSyntax {
    var isPattern: Bool
    var text: TextSyntax
}

/// A `settings` block as written.
struct SettingsSyntax {
    /// The word that begins it.
    var range: Range<Int>
    var skewTolerance: DurationSyntax?
    var duplicateHorizon: DurationSyntax?
    var identifiersMax: NumberSyntax?
}

/// What stands behind `expect` in a segment or an event's declaration.
struct ExpectationSyntax {
    enum Subject {
        case members
        case entries(in: DurationSyntax)
        case exits(in: DurationSyntax)
        /// Of the event that is declared.
        case events(in: DurationSyntax)
    }

    var low: NumberSyntax?
    var high: NumberSyntax?
    var subject: Subject
    /// From `expect` to the end.
    var range: Range<Int>
}
