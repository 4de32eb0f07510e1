public import EventModel

/// What a rule set declares of the data that it rests on.
public struct DataContract: Equatable, Sendable {
    /// The declared events, in order of the bytes of their names.
    public var events: [EventDeclaration] = []
    /// The declared attributes, in order of the bytes of their names.
    public var attributes: [FieldDeclaration] = []
    /// The declared identifiers, in order of the bytes of their names; well-known ones among them.
    public var identifiers: [IdentifierDeclaration] = []
    /// The events that `any activity` means, sorted by bytes; empty for every event.
    public var activities: [String] = []
    /// The settings that are said.
    public var settings = SettingsDeclaration()

    /// A contract that says nothing.
    public init() {}

    /// All names of a namespace of identifiers, that one first.
    public func namesOfNamespace(_ name: String) -> [String] {
        let declared = identifiers.first { $0.name == name || $0.aliases.contains(name) }
        let names = declared.map { [$0.name] + $0.aliases } ?? []
        return [name] + names.filter { $0 != name }
    }

    /// The canonical name of an attribute that was sent under a name.
    public func attributeMeant(by name: String) -> String {
        let isDeclared = attributes.contains { $0.name == name }
        return isDeclared ? name : attributes.first { $0.aliases.contains(name) }?.name ?? name
    }
}

/// `event name …`: an event with its other names and its properties.
public struct EventDeclaration: Equatable, Sendable {
    /// The canonical name.
    public var name: String
    /// Other names that senders use, in the order of the declaration.
    public var aliases: [String]
    /// The properties that make the event the same as another; empty where nothing is said.
    public var key: [[String]]
    /// The properties, in the order of the declaration.
    public var fields: [FieldDeclaration]
    /// How often it is expected to come; says nothing about what rules mean.
    public var expectations: [Expectation]

    /// An event of that name.
    public init(
        name: String,
        aliases: [String] = [],
        key: [[String]] = [],
        fields: [FieldDeclaration] = [],
        expectations: [Expectation] = []
    ) {
        self.name = name
        self.aliases = aliases
        self.key = key
        self.fields = fields
        self.expectations = expectations
    }
}

/// A property, an attribute or a field of an item, with its type.
public struct FieldDeclaration: Hashable, Sendable {
    /// The canonical name.
    public var name: String
    /// Other names that senders use.
    ///
    /// Where an entry has several of a field's names, the canonical one counts, else the first in the order of
    /// the declaration.
    public var aliases: [String]
    /// What its values are.
    public var type: ValueType
    /// Whether an event without it is counted.
    public var isRequired: Bool

    /// A field of that name and type.
    public init(
        name: String,
        aliases: [String] = [],
        type: ValueType,
        isRequired: Bool = false
    ) {
        self.name = name
        self.aliases = aliases
        self.type = type
        self.isRequired = isRequired
    }
}

/// A word for a type.
public enum ScalarType: String, CaseIterable, Hashable, Sendable {
    case text
    case number
    case boolean
    case time
}

/// What values are: a value of another type is made one where nothing is lost, and is missing otherwise.
public indirect enum ValueType: Hashable, Sendable {
    /// Text, brought into a shape.
    case text(Normalization)
    /// An exact number.
    case number
    /// True or false.
    case boolean
    /// A time: RFC 3339 text, a date, or seconds or milliseconds since 1970.
    case time
    /// A list of such values.
    case list(of: ValueType)
    /// An object with these fields; stands in a list only.
    case item([FieldDeclaration])
    /// Anything: nothing is declared of it.
    case any
}

/// What a text is brought into before rules see it.
public struct Normalization: Hashable, Sendable {
    /// Which letters it is brought to.
    public enum Letters: Hashable, Sendable {
        case asSent
        case upper
        case lower
    }

    /// Which letters it is brought to.
    public var letters: Letters
    /// Whether white space at its ends is left out.
    public var isTrimmed: Bool

    /// A text in this shape.
    func shaped(_ text: String) -> String {
        var scalars = text.unicodeScalars[...]
        if isTrimmed {
            while let first = scalars.first, first.properties.isWhitespace { scalars.removeFirst() }
            while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
        }
        return switch letters {
        case .asSent: String(scalars)
        case .upper: scalars.map(\.properties.uppercaseMapping).joined()
        case .lower: scalars.map(\.properties.lowercaseMapping).joined()
        }
    }

    /// Texts as they are sent, unless said otherwise.
    public init(letters: Letters = .asSent, isTrimmed: Bool = false) {
        self.letters = letters
        self.isTrimmed = isTrimmed
    }
}

/// `identifier name …`: a namespace of identifiers.
public struct IdentifierDeclaration: Equatable, Sendable {
    /// The canonical name.
    public var name: String
    /// Other names that senders use.
    public var aliases: [String]
    /// Values that never identify anybody.
    public var blocked: [BlockedValue]

    /// A namespace of that name.
    public init(name: String, aliases: [String] = [], blocked: [BlockedValue] = []) {
        self.name = name
        self.aliases = aliases
        self.blocked = blocked
    }
}

/// A value that never identifies anybody.
public enum BlockedValue: Hashable, Sendable {
    /// That value.
    case value(String)
    /// Whatever is as the pattern says as a whole, in which `*` stands for any text.
    case like(String)
}

/// What `settings` says; nil where it says nothing.
public struct SettingsDeclaration: Equatable, Sendable {
    /// How far ahead of log time an event time may lie before it is taken as log time.
    public var skewTolerance: TimeSpan?
    /// How long a message id is remembered, in log time.
    public var duplicateHorizon: TimeSpan?
    /// How many identifiers may mean one person.
    public var identifiersMax: Int?

    /// Settings that say nothing.
    public init() {}
}

/// How an event is read for a condition: what a contract declares of what the condition uses of it.
public struct EventReading: Hashable, Sendable {
    /// The event's canonical name.
    public var event: String
    /// The names by which it is sent, the canonical one first.
    public var names: [String]
    /// Its properties that are used, with the fields of items that are used.
    public var fields: [FieldDeclaration]
    /// Names of properties that are used and not declared, sorted by bytes: they are read as sent.
    public var others: [String]

    /// A reading of that event.
    public init(event: String, names: [String], fields: [FieldDeclaration], others: [String]) {
        self.event = event
        self.names = names
        self.fields = fields
        self.others = others
    }
}
