package import EventModel

/// Where transitions come from: the partition, whose engine this target does not see.
package protocol TransitionSource: Sendable {
    /// What comes next in order, behind a cursor; the first where it is nil.
    func page(after cursor: TransitionCursor?, limit: Int) throws(WebhookError) -> SourcePage

    /// What to say about a transition, or about several in one message; rendered at each attempt, so that none is
    /// kept in memory.
    ///
    /// What is not recorded any more, since the person was erased, is left out; nil where nothing is left.
    func message(at cursors: [TransitionCursor]) async throws(WebhookError) -> WebhookMessage?

    /// Yields after each commit of transitions, and ends when there will be no more.
    func recordings() -> AsyncStream<Void>
}

/// Some recorded transitions, in order.
package struct SourcePage: Sendable {
    /// The transitions.
    package var transitions: [Transition]
    /// Whether they are members' entries of a snapshot, which are sent whatever is wanted otherwise.
    package var isSnapshot: Bool
    /// Whether there may be more behind them now.
    package var hasMore: Bool

    /// A page of those.
    package init(_ transitions: [Transition], isSnapshot: Bool = false, hasMore: Bool) {
        self.transitions = transitions
        self.isSnapshot = isSnapshot
        self.hasMore = hasMore
    }
}
