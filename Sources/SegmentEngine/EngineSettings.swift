public import EventModel

/// What changes meaning and comes with the rules.
public struct EngineSettings: Equatable, Sendable {
    /// How far ahead of log time an event time may lie before it is taken as log time.
    public var skewTolerance: TimeSpan
    /// How long an idempotency key is remembered, in log time.
    public var duplicateHorizon: TimeSpan
    /// How many identifiers may mean one person; what would be one more is refused, unless it is a
    /// `user`, or a merge brings it.
    public var identifiersMax: Int

    /// The settings of a rule set that says nothing of them: 5 minutes, 7 days, 100 identifiers.
    public init() {
        skewTolerance = .minutes(5)
        duplicateHorizon = .days(7)
        identifiersMax = 100
    }
}

/// Names the meaning of logs: raised whenever the same log would give other transitions.
public let semanticsVersion = 6
