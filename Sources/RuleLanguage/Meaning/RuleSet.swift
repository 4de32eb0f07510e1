internal import EventModel

/// A rule set that was checked: what the engine compiles.
public struct RuleSet: Equatable, Sendable {
    /// The segments, in order of the bytes of their names; no name stands twice.
    public var segments: [SegmentRule]
    /// Which properties together make an event the same as another of its type, for a person; in
    /// order of the bytes of the events' names, no name twice.
    public var uniqueKeys: [UniqueKey]
    /// The identifiers' namespaces that are declared beside the well-known ones, sorted by bytes.
    public var namespaces: [String]
    /// All that is declared.
    public var contract: DataContract

    /// A rule set of those segments, which may come in any order.
    public init(
        segments: [SegmentRule],
        uniqueKeys: [UniqueKey] = [],
        namespaces: [String] = [],
        contract: DataContract = DataContract()
    ) {
        self.contract = contract
        self.segments = segments.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        self.uniqueKeys = uniqueKeys.sorted {
            $0.event.utf8.lexicographicallyPrecedes($1.event.utf8)
        }
        self.namespaces = namespaces.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}

/// `event … unique by …`: a second event of the type with the same key has no event effect within a
/// person, for ever.
public struct UniqueKey: Hashable, Sendable {
    /// The event's name.
    public var event: String
    /// The ways to the properties that make the key together, in the order of the declaration.
    public var paths: [[String]]
    /// How the event is read for it.
    public var reading: EventReading

    /// The key of that event.
    ///
    /// - Parameter reading: How it is read; nil for an event of that name alone, read as sent.
    public init(event: String, paths: [[String]], reading: EventReading? = nil) {
        self.event = event
        self.paths = paths
        self.reading =
            reading ?? EventReading(event: event, names: [event], fields: [], others: [])
    }
}

/// One segment's rule.
public struct SegmentRule: Equatable, Sendable {
    /// The segment's name.
    public var name: String
    /// The title for people; empty where there is none.
    public var title: String
    /// The note; empty where there is none.
    public var note: String
    /// Who is a member.
    public var condition: Condition
    /// How attributes are read of which a contract declares what the condition uses; all others are read as
    /// sent.
    ///
    /// In order of the bytes of their names.
    public var attributes: [FieldDeclaration]
    /// What is expected of its size and turnover; says nothing about who is a member.
    public var expectations: [Expectation]

    /// A segment of that name.
    public init(
        name: String,
        title: String,
        note: String,
        condition: Condition,
        attributes: [FieldDeclaration] = [],
        expectations: [Expectation] = []
    ) {
        self.name = name
        self.title = title
        self.note = note
        self.condition = condition
        self.attributes = attributes
        self.expectations = expectations
    }

    /// The compiled meaning as text: layout, comments, title and note do not count.
    public var meaning: String {
        guard !attributes.isEmpty else { return condition.meaning }
        return
            "(reading (\(attributes.map(\.meaning).joined(separator: " "))) \(condition.meaning))"
    }

    /// Names the meaning, by FNV-1a; meanings are compared in full, never by this.
    public var ruleHash: UInt64 {
        var hash = StableHash()
        hash.feed(meaning)
        return hash.value
    }
}
