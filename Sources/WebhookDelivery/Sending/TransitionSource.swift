package import EventModel

/// Where transitions come from: the partition, whose engine this target does not see.
package protocol TransitionSource: Sendable {
    /// Recorded transitions in order, behind a cursor; the first ones where it is nil.
    func transitions(
        after cursor: TransitionCursor?,
        limit: Int
    ) throws(WebhookError) -> [Transition]

    /// What to say about a transition; rendered at each attempt, so that none is kept in memory.
    func message(at cursor: TransitionCursor) throws(WebhookError) -> WebhookMessage?

    /// Yields after each commit of transitions, and ends when there will be no more.
    func recordings() -> AsyncStream<Void>
}
