/// Which transitions a reader or a subscriber wants.
public struct TransitionFilter: Hashable, Sendable {
    /// What a transition can be.
    public enum Kind: String, CaseIterable, Sendable {
        /// A person entered a segment.
        case entered
        /// A person left one.
        case exited
        /// An expectation was broken, or met again.
        case expectation
    }

    /// The segments; nil for all, and for what is expected of events.
    public var segments: Set<String>?
    /// The kinds.
    public var kinds = Set(Kind.allCases)
    /// The causes, nil for all; that of a notice is time.
    public var causes: Set<TransitionCause>?
    /// Whether those are wanted that subscribers do not hear of by default.
    public var takesUnannounced = true
    /// Whether exits are wanted that end a membership whose entry was not announced.
    public var takesExitsOfUnannounced = true

    /// All transitions.
    public init() {}

    /// What a subscriber hears of who says nothing.
    public static var announced: TransitionFilter {
        var filter = TransitionFilter()
        filter.takesUnannounced = false
        return filter
    }

    /// Whether a transition is wanted.
    public func takes(_ transition: Transition) -> Bool {
        guard takesUnannounced || transition.isAnnounced,
            causes?.contains(transition.cause) ?? true
        else { return false }
        if let notice = transition.notice {
            guard kinds.contains(.expectation) else { return false }
            return segments.map { notice.subject == .segment && $0.contains(notice.name) } ?? true
        }
        if transition.direction == .exited, !takesExitsOfUnannounced, !transition.entryIsAnnounced {
            return false
        }
        return kinds.contains(transition.direction == .entered ? .entered : .exited)
            && segments?.contains(transition.segment) ?? true
    }
}

extension TransitionCause: CaseIterable {
    /// The cause of that name; nil where there is none.
    public init?(name: String) {
        guard let cause = TransitionCause.allCases.first(where: { $0.name == name }) else {
            return nil
        }
        self = cause
    }

    /// All causes, the strongest first.
    public static let allCases: [TransitionCause] = [
        .erased, .merge, .rules, .backfill, .attribute, .event, .time,
    ]
}
