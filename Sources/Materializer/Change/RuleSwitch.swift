internal import EventModel
internal import EventStore
internal import RuleLanguage
internal import SegmentEngine

/// Rules that take the place of those in force, with an engine that has folded the log under both.
///
/// Goes from the thread that folds to the writer, from there to the applier, and back.
final class RuleSwitch: @unchecked Sendable {
    // Handed from thread to thread, never used by two at once.

    /// What became of it.
    enum Outcome {
        /// Too many entries came meanwhile: they must be folded first.
        case behind
        /// The rules are in force, and what changes by them is recorded.
        case changed(AppliedRules)
        /// The partition stopped.
        case stopped(PartitionError)
    }

    /// Entries that the writer leaves to be folded while it makes everybody wait.
    static let tailMax: UInt64 = 5_000
    /// Entries that are read before they are folded.
    private static let blockEntries: UInt64 = 1_024

    /// The rules.
    let proposed: ProposedRules
    private let former: RuleSet
    private let note: RuleChangeNote
    private let log: EventLog
    private let hooks: StepHooks
    var admit: AdmitStage
    let applier: Applier
    /// The last entry that is folded.
    private(set) var mark = AppliedMark(sequence: .zero, instant: .distantPast)
    /// The last entry of the checkpoint that is there of it; zero where there is none.
    var checkpointed = SequenceNumber.zero
    /// The engine whose place it took, for somebody who has the time to clear it away.
    var replaced: Applier?
    private var symbolCount: Int
    private var block = AppendedGroup()
    private var admitted: [Admitted] = []
    private var tally = RuleChangeTally()
    private let outcome = Monitor<Outcome?>(nil)

    /// - Parameter names: All names of the log so far.
    init(
        _ log: EventLog,
        _ stages: Stages,
        names: Int,
        to proposed: ProposedRules,
        from former: RuleSet,
        _ note: RuleChangeNote,
        _ hooks: StepHooks
    ) {
        self.log = log
        admit = stages.admit
        applier = stages.applier
        symbolCount = names
        self.proposed = proposed
        self.former = former
        self.note = note
        self.hooks = hooks
    }

    /// The entry that puts the rules in force.
    var draft: EntryDraft { RulesEntry(proposed).draft(note) }

    // MARK: - Folding

    /// Folds what the log has behind what is folded, through the end of a group.
    func fold(
        through last: SequenceNumber,
        _ goesOn: (SequenceNumber) throws(PartitionError) -> Void
    ) throws(PartitionError) {
        // After the log's end was looked at: later names are of later entries.
        define(try PartitionError.wrap { () throws(StoreError) in try log.allSymbols() })
        while mark.sequence < last {
            let end = min(last.rawValue, mark.sequence.rawValue + RuleSwitch.blockEntries)
            try PartitionError.wrap { () throws(StoreError) in
                try admitTail(through: SequenceNumber(end))
                try applyTail(isEnd: end == last.rawValue)
            }
            try goesOn(mark.sequence)
        }
    }

    private func define(_ names: [(symbol: SymbolID, text: String)]) {
        for (symbol, text) in names.dropFirst(symbolCount) {
            admit.define(symbol, text)
            applier.stage.define(symbol, text)
        }
        symbolCount = max(symbolCount, names.count)
    }

    /// Admits what is behind what is folded; `applyTail` of the same follows.
    private func admitTail(through last: SequenceNumber) throws(StoreError) {
        admitted.removeAll(keepingCapacity: true)
        guard mark.sequence < last else { return }
        try log.read(from: mark.sequence.next, through: last, into: &block)
        CrashNote.working { next in
            admit.admit(block.heads, block.bytes.span, block.recordStarts, into: &admitted, next)
        }
    }

    /// Applies what was admitted; what that brings about is recorded already.
    ///
    /// - Parameter isEnd: Whether its last entry is the last of a group, whose instant is over.
    private func applyTail(isEnd: Bool) throws(StoreError) {
        var place = 0
        while place < admitted.count {
            try applier.apply(block, admitted, from: &place, transitionsMax: .max)
            applier.batch.removeAll()
        }
        if let last = block.heads.last, !admitted.isEmpty {
            mark = AppliedMark(sequence: last.sequence, instant: last.receivedAt)
        }
        guard isEnd else { return }
        applier.proceed(to: mark.instant + TimeSpan(milliseconds: 1)) { applier.batch.removeAll() }
        applier.batch.removeAll()
    }

    // MARK: - Taking the place

    /// On the writer's thread: admits what came last, and says whether it may go on.
    ///
    /// - Parameter last: The last entry of the log.
    func catchUp(_ writer: LogWriter) throws(StoreError) -> Bool {
        let behind = writer.lastSequence.rawValue - mark.sequence.rawValue
        guard behind <= RuleSwitch.tailMax else {
            finish(.behind)
            return false
        }
        define(writer.allSymbols)
        try admitTail(through: writer.lastSequence)
        return true
    }

    /// On the applier's thread: applies what the writer admitted.
    func applyLast() throws(StoreError) {
        try applyTail(isEnd: true)
        applier.restored(through: mark)
        applier.hooks = hooks
    }

    /// Counts what it brings about.
    func count(_ transitions: [Transition]) { tally.count(transitions) }

    /// Says that its entry was evaluated and what changes by it is recorded.
    func finish(_ mark: AppliedMark) {
        let changed = AppliedRules(
            sequence: mark.sequence,
            at: mark.instant,
            changes: tally.changes(from: former, to: proposed.ruleSet)
        )
        finish(.changed(changed))
    }

    /// Says what became of it.
    func finish(_ outcome: Outcome) { self.outcome.change { $0 = outcome } }

    /// Waits for what becomes of it, once.
    func wait() -> Outcome {
        let found = outcome.wait { outcome -> Monitor<Outcome?>.Finding<Outcome> in
            outcome.map { .ready($0) } ?? .wait(milliseconds: nil)
        }
        outcome.change { $0 = nil }
        return found
    }
}
