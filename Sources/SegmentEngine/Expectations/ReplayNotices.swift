public import EventModel
public import RuleLanguage

/// The notices of expectations among the transitions of a replay: what the cores' entries are to expectations, and
/// all their transitions, brought together in order.
public struct ReplayNotices: Sendable {
    private var watch: ExpectationWatch
    /// What was not shown yet, in order from `next` on.
    private var facts: [ExpectationFact] = []
    private var next = 0

    /// The notices of a log that puts those rule sets in force, in order.
    ///
    /// - Parameter names: The symbols of the log.
    /// - Returns: nil where nothing is expected.
    public init?(_ ruleSets: [RuleSet], _ names: [(symbol: SymbolID, text: String)]) {
        let expects = ruleSets.contains { ruleSet in
            ruleSet.segments.contains { !$0.expectations.isEmpty }
                || ruleSet.contract.events.contains { !$0.expectations.isEmpty }
        }
        guard expects else { return nil }
        watch = ExpectationWatch(CompiledRules(ruleSets))
        for (symbol, text) in names { watch.define(symbol, text) }
    }

    /// Takes what a stretch of entries is to expectations, before its transitions.
    public mutating func add(_ added: [ExpectationFact]) {
        facts.removeFirst(next)
        next = 0
        facts += added
        facts.sort { $0.precedes($1) }
    }

    /// Shows a transition, which comes next, behind the notices that come before it.
    public mutating func show<Failure: Error>(
        _ row: TransitionBatch.Row,
        _ emit: (Transition) throws(Failure) -> Void
    ) throws(Failure) {
        try pass(to: row.at, emit)
        while next < facts.count, facts[next].at == row.at {
            watch.take(facts[next])
            next += 1
        }
        watch.count(row)
    }

    /// Gives the notices up to an instant; all transitions before it were shown.
    public mutating func pass<Failure: Error>(
        to instant: Instant,
        _ emit: (Transition) throws(Failure) -> Void
    ) throws(Failure) {
        while next < facts.count, facts[next].at < instant {
            watch.open(facts[next].at)
            watch.take(facts[next])
            next += 1
        }
        watch.open(instant)
        if watch.notices.isEmpty { return }
        for notice in watch.takeNotices() { try emit(notice) }
    }
}
