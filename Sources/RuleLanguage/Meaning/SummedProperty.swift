public import EventModel

/// What a sum adds up.
public struct SummedProperty: Hashable, Sendable {
    /// The events that count.
    public var events: EventSelection
    /// The way to the property, one name or more.
    public var path: [String]

    /// That property of those events.
    public init(events: EventSelection, path: [String]) {
        self.events = events
        self.path = path
    }
}

/// What a sum has to reach.
public struct SumBound: Hashable, Sendable {
    /// The number that it is compared with.
    public var number: ExactDecimal
    /// Whether the sum must lie above the number; else it may equal it.
    public var isStrict: Bool

    /// The bound at that number.
    public init(number: ExactDecimal, isStrict: Bool) {
        self.number = number
        self.isStrict = isStrict
    }
}
