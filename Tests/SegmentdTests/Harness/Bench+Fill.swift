import EventModel
import Materializer
import RuleLanguage
import Testing

extension Bench {
    /// Writes a log with rules and one entry, by a clock that is off by so much.
    ///
    /// - Returns: When the log says that it took the entry.
    func fill(
        _ rules: String,
        _ draft: EntryDraft,
        clockOffset offset: TimeSpan
    ) async throws -> Instant {
        let source = RuleSource(path: "rules.seg", text: rules)
        let ruleSet = try #require(compileRules([source]).ruleSet)
        var options = PartitionOptions(dataDirectory: data)
        options.clock.wall = { ClockSource.system.wall() + offset }
        let proposed = ProposedRules(sources: [source], ruleSet: ruleSet)
        let partition = try Partition.open(options, rules: proposed)
        _ = try await partition.submit([draft], wait: .fully)
        let transitions = try partition.transitions(after: nil, limit: 1)
        await partition.stop()
        return try #require(transitions.first).transition.at
    }
}
