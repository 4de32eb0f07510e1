internal import EventModel
internal import EventStore
internal import RuleLanguage
internal import SegmentEngine

/// Folds the log from a checkpoint or from its first entry, compares what it gives with what was
/// recorded, and records what is missing.
struct Recovery {
    /// Entries that are read before they are folded, so that the processor can look ahead.
    private static let blockEntries: UInt64 = 1_024
    /// Transitions that are compared or recorded together, at least.
    private static let transitionsMax = 1_024

    private let state: StateStore
    private var recorded: RecordedTransitions
    private var isBehindRecorded = true
    private var missing: [Transition] = []
    /// What comes behind those, as the stage gave it: nobody needs an object for each; and emptied batches.
    private var batches: [TransitionBatch] = []
    private var spare: [TransitionBatch] = []
    /// The verdicts of the block under way.
    private var admitted: [Admitted] = []
    private var applied: AppliedMark
    /// Entries that were folded.
    private(set) var entries: UInt64 = 0
    /// Transitions that had not been recorded.
    private(set) var recoveredTransitions = 0

    /// - Parameter mark: What the stages know already.
    init(_ state: StateStore, _ log: EventLog, after mark: AppliedMark) throws(StoreError) {
        self.state = state
        applied = mark
        recorded = try RecordedTransitions(state, log, after: mark)
    }

    /// Folds every entry of the log behind what the stages know.
    ///
    /// - Parameter progress: Called now and then with entries done and entries in all.
    mutating func run(
        _ log: EventLog,
        _ writer: LogWriter,
        _ admit: inout AdmitStage,
        _ applier: Applier,
        progress: ((UInt64, UInt64) -> Void)?
    ) throws(PartitionError) {
        let total = writer.lastSequence.rawValue
        var block = AppendedGroup()
        var next = applied.sequence.next.rawValue
        while next <= total {
            let end = min(total, next + Recovery.blockEntries - 1)
            try PartitionError.wrap { () throws(StoreError) in
                try log.read(
                    from: SequenceNumber(next),
                    through: SequenceNumber(end),
                    into: &block
                )
            }
            try fold(block, writer, &admit, applier)
            if next / 100_000 != (end + 1) / 100_000 { progress?(end, total) }
            next = end + 1
        }
        // A live group is one instant and closes at once, so the last one is closed.
        if entries > 0 { try proceed(to: applied.instant + TimeSpan(milliseconds: 1), applier) }
        try finish(applier)
    }

    private mutating func fold(
        _ block: AppendedGroup,
        _ writer: LogWriter,
        _ admit: inout AdmitStage,
        _ applier: Applier
    ) throws(PartitionError) {
        let bytes = block.bytes.span
        let heads = block.heads
        writer.observe(heads)
        CrashNote.working { next in
            admit.admit(heads, bytes, block.recordStarts, into: &admitted, next)
        }
        var place = 0
        while place < heads.count {
            try PartitionError.wrap { () throws(StoreError) in
                try applier.apply(
                    block,
                    admitted,
                    from: &place,
                    transitionsMax: Recovery.transitionsMax
                )
            }
            if place > 0 {
                applied = AppliedMark(
                    sequence: heads[place - 1].sequence,
                    instant: heads[place - 1].receivedAt
                )
            }
            try checkMany(applier)
        }
        entries += UInt64(heads.count)
    }

    private mutating func checkMany(_ applier: Applier) throws(PartitionError) {
        guard applier.batch.rows.count >= Recovery.transitionsMax else { return }
        try take(applier)
    }

    private mutating func proceed(
        to instant: Instant,
        _ applier: Applier
    ) throws(PartitionError) {
        try applier.proceed(to: instant) { () throws(PartitionError) in try checkMany(applier) }
    }

    private mutating func take(_ applier: Applier) throws(PartitionError) {
        if isBehindRecorded || recorded.omitsNotices {
            return try check(applier.takeTransitions(), applier)
        }
        let batch = applier.takeBatch(spare.popLast() ?? TransitionBatch())
        recoveredTransitions += batch.rows.count
        batches.append(batch)
        let count = batches.reduce(missing.count) { $0 + $1.rows.count }
        if count >= PartitionOptions.stateCommitTransitionsMax { try record(applier) }
    }

    /// Derived transitions must be the next recorded ones, as long as there are any; those behind are recorded.
    private mutating func check(
        _ all: [Transition],
        _ applier: Applier
    ) throws(PartitionError) {
        let derived = recorded.omitsNotices ? all.filter { !recorded.omits($0) } : all
        var place = 0
        while isBehindRecorded, place < derived.count {
            let known = try PartitionError.wrap { () throws(StoreError) in try recorded.next() }
            if let known {
                guard known == derived[place] else {
                    throw Recovery.difference(known, derived[place])
                }
                place += 1
            } else {
                isBehindRecorded = false
            }
        }
        recoveredTransitions += derived.count - place
        if place == 0, missing.isEmpty { missing = derived } else { missing += derived[place...] }
        if missing.count >= PartitionOptions.stateCommitTransitionsMax { try record(applier) }
    }

    private mutating func finish(_ applier: Applier) throws(PartitionError) {
        try take(applier)
        if isBehindRecorded {
            let known = try PartitionError.wrap { () throws(StoreError) in try recorded.next() }
            if let known { throw Recovery.difference(known, nil) }
        }
        if !missing.isEmpty || !batches.isEmpty { try record(applier) }
    }

    private mutating func record(_ applier: Applier) throws(PartitionError) {
        let (state, applied) = (state, applied)
        // Taken out, so that emptying them keeps their memory.
        var (missing, batches): ([Transition], [TransitionBatch]) = ([], [])
        swap(&missing, &self.missing)
        swap(&batches, &self.batches)
        try PartitionError.wrap { () throws(StoreError) in
            var appender = try state.beginAppending()
            for transition in missing { try appender.append(transition) }
            for batch in batches {
                try appender.append(batch, segmentNames: applier.segmentNames)
            }
            try state.commit(appender, applied: applied)
        }
        for index in batches.indices { batches[index].removeAll() }
        spare += batches
    }

    private static func difference(
        _ recorded: Transition,
        _ derived: Transition?
    ) -> PartitionError {
        PartitionError(
            .damaged,
            "the recorded transitions do not follow from the log. First difference: recorded "
                + "\(words(recorded)), derived \(derived.map(words) ?? "nothing"). "
                + "The log is the truth: remove the folder state/ of the data directory and start "
                + "again, then it is rebuilt."
        )
    }

    static func words(_ transition: Transition) -> String {
        if transition.notice != nil {
            return "'\(transition.segment)' \(transition.direction.name) at \(transition.at)"
        }
        return
            "person \(transition.person) \(transition.direction.name) '\(transition.segment)' at "
            + "\(transition.at) (\(transition.cause.name), entry \(transition.sequence))"
    }
}

extension TransitionAppender {
    /// Adds what a stage has given.
    fileprivate mutating func append(
        _ batch: TransitionBatch,
        segmentNames: [String]
    ) throws(StoreError) {
        let (rows, identifiers) = (batch.rows, batch.identifiers)
        for index in rows.indices {
            let row = rows[index]
            guard row.person != .nobody else {
                // A notice, which has texts of its own.
                try append(batch.transition(index, segmentNames: segmentNames))
                continue
            }
            try append(
                TransitionFields(
                    at: row.at,
                    person: row.person,
                    direction: row.direction,
                    cause: row.cause,
                    sequence: row.sequence,
                    ruleHash: row.ruleHash,
                    isAnnounced: row.isAnnounced,
                    entryIsAnnounced: row.entryIsAnnounced
                ),
                segment: segmentNames[Int(row.segment)],
                identifiers: identifiers.span.extracting(row.identifiers)
            )
        }
    }
}
