public import EventModel

/// `expect …`: a smoke alarm for the data, about a segment or an event.
public struct Expectation: Hashable, Sendable {
    /// What is counted.
    public enum Subject: Hashable, Sendable {
        /// The segment's members, at any time.
        case members
        /// Entries into the segment, in a sliding window.
        case entries(in: TimeSpan)
        /// Exits from the segment, in a sliding window.
        case exits(in: TimeSpan)
        /// The event that declares it, in a sliding window.
        case events(in: TimeSpan)
    }

    /// What is counted.
    public var subject: Subject
    /// At least so many; nil for no such bound.
    public var low: Int?
    /// At most so many; nil for no such bound.
    public var high: Int?

    /// An expectation of those bounds.
    public init(_ subject: Subject, low: Int?, high: Int?) {
        self.subject = subject
        self.low = low
        self.high = high
    }

    /// The window in which is counted; nil for members.
    public var window: TimeSpan? {
        switch subject {
        case .members: nil
        case .entries(let window), .exits(let window), .events(let window): window
        }
    }

    /// The expectation as it may be written, in one spelling: `at least 1 entry in 6 hours`.
    public var text: String {
        let bounds =
            switch (low, high) {
            case (let low?, let high?): "\(low) to \(high)"
            case (let low?, nil): "at least \(low)"
            case (nil, let high): "at most \(high ?? 0)"
            }
        let isOne = (low == nil || high == nil) && (low ?? high) == 1
        let words =
            switch subject {
            case .members: isOne ? " member" : " members"
            case .entries: isOne ? " entry" : " entries"
            case .exits: isOne ? " exit" : " exits"
            case .events: ""
            }
        return bounds + words + (window.map { " in \($0)" } ?? "")
    }
}
