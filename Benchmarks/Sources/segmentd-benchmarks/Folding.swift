import EventModel
import EventStore
import RuleLanguage
import SegmentEngine

/// A log folded entry by entry, admission included.
enum Folding {
    /// - Returns: CPU seconds, and how many transitions there were.
    static func run(
        _ group: AppendedGroup,
        _ ruleSet: RuleSet,
        _ log: MemoryLog
    ) -> (seconds: Double, transitions: Int) {
        var batch = TransitionBatch()
        var admit = AdmitStage(ruleSets: [ruleSet], settings: EngineSettings())
        var apply = ApplyStage(ruleSets: [ruleSet], settings: EngineSettings())
        apply.identifier = { log.knownIdentifier($0) }
        for (symbol, text) in group.newSymbols {
            admit.define(symbol, text)
            apply.define(symbol, text)
        }
        let bytes = group.bytes.span
        let start = Measure.cpuSeconds()
        for index in group.heads.indices {
            let record = bytes.extracting(group.record(index))
            let receivedAt = group.heads[index].receivedAt
            while !apply.proceed(to: receivedAt, peopleMax: .max, into: &batch) {}
            _ = apply.apply(group.heads[index], admit.admit(group.heads[index], record), record)
        }
        return (Measure.cpuSeconds() - start, batch.rows.count)
    }
}
