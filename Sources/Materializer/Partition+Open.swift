internal import EventModel
internal import EventStore
internal import RuleLanguage
internal import SegmentEngine

/// A data directory whose lock is held as long as this is.
package struct PreparedDirectory: Sendable {
    fileprivate let directory: DataDirectory
    /// The log's id.
    package let logID: String

    /// The folder of what is known of deliveries.
    package var deliveryFolder: String { directory.delivery }
}

/// Everything of a partition, recovered, before its threads start.
struct OpenedPartition {
    let options: PartitionOptions
    let directory: DataDirectory
    let log: EventLog
    let state: StateStore
    let writer: LogWriter
    var admit: AdmitStage
    let applier: Applier
    var clock: LogClock
    var rules: RuleSet
    /// Entries that have no effect.
    var quarantined: Set<SequenceNumber>
    var report: OpeningReport
    /// Whether time passes: a directory that is only looked at gets no entries.
    var isServing: Bool
    /// Whether what is derived may be written: a directory that is only looked at gets no checkpoints.
    var writesCheckpoints: Bool
}

extension Partition {
    /// Takes a directory's lock, and makes the directory and its log where there are none yet.
    package static func prepare(
        _ dataDirectory: String
    ) throws(PartitionError) -> PreparedDirectory {
        try PartitionError.wrap { () throws(StoreError) in
            let directory = try DataDirectory(path: dataDirectory)
            let log = try EventLog(
                directory: directory.log,
                newID: newLogID(),
                mapSizeBytes: EventLog.mapSizeBytes,
                syncs: true,
                holder: directory
            )
            return PreparedDirectory(directory: directory, logID: log.id)
        }
    }

    /// Takes the directory's lock, folds the log, puts changed rules in force, and starts.
    ///
    /// - Parameters:
    ///   - rules: What is to be in force. Nil to look only: the rules in force stay, nothing is
    ///     appended, and time stands still.
    ///   - appends: Whether entries will be submitted all the same, so that the clock must be right.
    ///   - progress: Called now and then while the log is folded, with entries done and in all.
    public static func open(
        _ options: PartitionOptions,
        rules: ProposedRules?,
        appends: Bool = false,
        progress: ((UInt64, UInt64) -> Void)? = nil
    ) throws(PartitionError) -> Partition {
        let (directory, log, state, writer) = try PartitionError.wrap {
            () throws(StoreError) -> (DataDirectory, EventLog, StateStore, LogWriter) in
            let directory = try DataDirectory(path: options.dataDirectory)
            let log = try EventLog(
                directory: directory.log,
                newID: newLogID(),
                mapSizeBytes: options.hooks.logBytesMax ?? EventLog.mapSizeBytes,
                syncs: !options.hooks.skipsSyncs,
                holder: directory
            )
            let state = try StateStore(
                directory: directory.state,
                logID: log.id,
                beforeCommit: options.hooks.hook(.stateCommit),
                holder: directory
            )
            CheckpointWriter.removeUnfinished(folder: directory.state)
            return (directory, log, state, try LogWriter(namesOf: log))
        }
        let wall = options.clock.wall()
        let (last, lastLive) = try lastReceivedAt(log, writer)
        let history = try ruleHistory(log) { writer.symbol($0) }
        let isChanged = rules.map { RulesEntry($0) != history.last?.entry } ?? false
        var ruleSets = history.map(\.ruleSet)
        if isChanged, let rules { ruleSets.append(rules.ruleSet) }
        let quarantined = try Quarantine.entries(
            directory,
            log,
            writer,
            state,
            mayAppend: rules != nil || appends,
            report: options.report
        )
        var stages = try PartitionError.wrap { () throws(StoreError) in
            try Stages.load(
                log,
                ruleSets,
                quarantined,
                writer,
                state: state,
                folder: directory.state,
                rules: history.map(\.sequence)
            )
        }
        if let complaint = stages.complaint { options.report(complaint) }
        let applier = stages.applier
        applier.hooks = options.hooks
        var recovery = try PartitionError.wrap { () throws(StoreError) in
            try Scrubbing.clean(state, log)
            return try Recovery(state, log, after: stages.mark)
        }
        if !options.hooks.forgetsTail || stages.mark.sequence == .zero {
            try recovery.run(log, writer, &stages.admit, applier, progress: progress)
        }
        // Everything was got over, so whatever crashed is not what the log says.
        CrashNote.clear(directory)
        if applier.stage.isInsideImport {
            throw PartitionError(
                .damaged,
                "an import into \(options.dataDirectory) was not finished. Run 'segmentd import' "
                    + "again with the same files and mapping, or remove the directory"
            )
        }
        if rules != nil || appends, !options.acceptsClock,
            let objection = LogClock.objection(wall: wall, lastEntry: last, lastLive: lastLive)
        {
            throw PartitionError(.clock, objection)
        }
        var report = OpeningReport()
        report.entries = writer.lastSequence.rawValue
        report.checkpoint = stages.mark.sequence
        report.foldedEntries = recovery.entries
        report.recoveredTransitions = recovery.recoveredTransitions
        var opened = OpenedPartition(
            options: options,
            directory: directory,
            log: log,
            state: state,
            writer: writer,
            admit: stages.admit,
            applier: applier,
            clock: LogClock(
                options.clock,
                notBefore: last.map { $0 + TimeSpan(milliseconds: 1) } ?? wall
            ),
            rules: ruleSets.last ?? RuleSet(segments: []),
            quarantined: quarantined,
            report: report,
            isServing: rules != nil,
            writesCheckpoints: rules != nil || appends
        )
        let due = options.checkpointEntries ?? PartitionOptions.checkpointEntriesMin
        let isDue = recovery.entries >= UInt64(due)
        if opened.writesCheckpoints, report.entries > 0, isDue || isChanged {
            try opened.writeCheckpoint()
        }
        if isChanged, let rules {
            try opened.change(to: rules, from: history.last?.ruleSet ?? RuleSet(segments: []))
        }
        return Partition(opened)
    }

    static func newLogID() -> String {
        let digits = String(UInt64.random(in: 1...UInt64.max), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Log time of the last entry, and of the last live one: an import's entries are not live.
    private static func lastReceivedAt(
        _ log: EventLog,
        _ writer: LogWriter
    ) throws(PartitionError) -> (last: Instant?, live: Instant?) {
        let last = try PartitionError.wrap { () throws(StoreError) in
            try log.read(writer.lastSequence) { head, _ in
                (at: head.receivedAt, isImport: head.kind == .job && !head.isBackfill)
            }
        }
        // An import begins its log, so nothing before its close is live.
        return (last?.at, last?.isImport == true ? nil : last?.at)
    }

    struct PastRules {
        var sequence: SequenceNumber
        var entry: RulesEntry
        var ruleSet: RuleSet
    }

    /// Every rule set that the log ever put in force, in order.
    static func ruleHistory(
        _ log: EventLog,
        symbol: (String) -> SymbolID?
    ) throws(PartitionError) -> [PastRules] {
        var past: [PastRules] = []
        let sequences = try PartitionError.wrap { () throws(StoreError) in
            try log.rulesSequences()
        }
        for sequence in sequences {
            let entry = try PartitionError.wrap { () throws(StoreError) in
                try log.read(sequence) { head, bytes in
                    RulesEntry(head, bytes, symbol: symbol)
                }
            }
            guard let entry = entry ?? nil else {
                throw PartitionError(
                    .damaged,
                    "the rules of entry \(sequence) of the log cannot be read"
                )
            }
            past.append(
                PastRules(
                    sequence: sequence,
                    entry: entry,
                    ruleSet: try entry.compile(at: sequence)
                )
            )
        }
        return past
    }
}

extension OpenedPartition {
    /// Writes a checkpoint of what was recovered: of a change of rules it is there before its entry, so that
    /// a process that dies on the way need not fold everything again.
    mutating func writeCheckpoint() throws(PartitionError) {
        let mark = AppliedMark(sequence: writer.lastSequence, instant: writer.lastReceivedAt)
        let (applier, admit) = (applier, admit.checkpoint())
        let (directory, log, state, hooks) = (directory, log, state, options.hooks)
        try PartitionError.wrap { () throws(StoreError) in try state.commit([], applied: mark) }
        do throws(StoreError) {
            try CheckpointJob.write(
                folder: directory.state,
                logID: log.id,
                mark: mark,
                applier,
                admit,
                hooks: hooks
            )
            report.checkpoint = mark.sequence
        } catch {
            applier.stage.abandonCheckpoint()
            options.report(CheckpointJob.complaint(error))
        }
    }

    /// Appends a `rules` entry and carries it out, quietly; says who enters and leaves by it.
    mutating func change(
        to proposed: ProposedRules,
        from old: RuleSet
    ) throws(PartitionError) {
        let draft = RulesEntry(proposed).draft(
            RuleChangeNote(
                author: "serve",
                reason: old.segments.isEmpty ? "first rules" : "rule files changed"
            )
        )
        var tally = RuleChangeTally()
        let (writer, applier, state) = (writer, applier, state)
        let now = max(clock.now(), writer.lastReceivedAt + TimeSpan(milliseconds: 1))
        var admit = admit
        try PartitionError.wrap { () throws(StoreError) in
            let appended = try writer.append([draft], receivedAt: now)
            guard let head = appended.heads.first else { return }
            let before = AppliedMark(
                sequence: SequenceNumber(head.sequence.rawValue - 1),
                instant: now
            )
            func record(_ mark: AppliedMark, atLeast count: Int) throws(StoreError) {
                guard applier.batch.rows.count >= count else { return }
                let transitions = applier.takeTransitions()
                tally.count(transitions)
                try state.commit(transitions, applied: mark)
            }
            let pause = { () throws(StoreError) in
                try record(before, atLeast: PartitionOptions.stateCommitTransitionsMax)
            }
            try applier.proceed(to: now, pause)
            for (symbol, text) in appended.newSymbols {
                admit.define(symbol, text)
                applier.stage.define(symbol, text)
            }
            let bytes = appended.bytes.span
            let admitted = admit.admit(head, bytes)
            try applier.apply(head, admitted, bytes)
            try applier.proceed(to: now + TimeSpan(milliseconds: 1), pause)
            try record(AppliedMark(sequence: head.sequence, instant: now), atLeast: 1)
        }
        self.admit = admit
        report.rulesChanged = true
        report.ruleChanges = tally.changes(from: old, to: proposed.ruleSet)
    }
}
