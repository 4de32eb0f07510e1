internal import EventModel
internal import EventStore
internal import RuleLanguage
internal import SegmentEngine

/// The apply stage with what it needs of the disk: used by one thread at a time.
final class Applier: @unchecked Sendable {
    // Handed from the opening thread to the applier's own, never used by two at once.
    var stage: ApplyStage
    var batch = TransitionBatch()
    private let history: any EntryHistory
    let segmentNames: [String]
    private let quarantined: Set<SequenceNumber>
    var hooks = StepHooks()
    /// The last entry that was applied.
    private(set) var applied = SequenceNumber.zero
    /// How often a person was folded again from the log.
    private(set) var refolds = 0

    convenience init(
        history: any EntryHistory,
        ruleSets: [RuleSet],
        settings: EngineSettings,
        quarantined: Set<SequenceNumber>
    ) {
        self.init(
            history: history,
            CompiledRules(ruleSets),
            settings: settings,
            quarantined: quarantined
        )
    }

    init(
        history: any EntryHistory,
        _ rules: CompiledRules,
        settings: EngineSettings,
        quarantined: Set<SequenceNumber> = []
    ) {
        self.history = history
        stage = ApplyStage(rules, settings: settings, quarantined: quarantined)
        self.quarantined = quarantined
        segmentNames = stage.segmentNames
        stage.identifier = { history.knownIdentifier($0) }
    }

    /// Says how far a checkpoint has brought the stage.
    func restored(through mark: AppliedMark) {
        applied = mark.sequence
    }

    /// Lets time pass up to an instant, with a look at `pause` after every slice of people.
    func proceed<Failure: Error>(
        to instant: Instant,
        _ pause: () throws(Failure) -> Void
    ) throws(Failure) {
        while !stage.proceed(
            to: instant,
            peopleMax: PartitionOptions.slicePeopleMax,
            into: &batch
        ) {
            try pause()
        }
        try pause()
    }

    /// Applies an entry, and folds a person again where the stage asks for that.
    func apply(
        _ head: EntryHead,
        _ admitted: Admitted,
        _ bytes: Span<UInt8>
    ) throws(StoreError) {
        applied = head.sequence
        hooks.reached?(.apply)
        try CrashNote.working(on: head.sequence) { () throws(StoreError) in
            if let applies = hooks.applies, !quarantined.contains(head.sequence) {
                applies(String(decoding: head.messageID.map { bytes[$0] }, as: UTF8.self))
            }
            try applyWorking(head, admitted, bytes)
        }
    }

    private func applyWorking(
        _ head: EntryHead,
        _ admitted: Admitted,
        _ bytes: Span<UInt8>
    ) throws(StoreError) {
        if let request = stage.apply(head, admitted, bytes) { try refold(request) }
    }

    /// Applies entries of a block, each once time has passed to its instant, until many transitions wait, a slice of
    /// people was looked at, or all are applied.
    ///
    /// - Parameter place: The first that is not applied yet, here and afterwards.
    func apply(
        _ block: AppendedGroup,
        _ admitted: [Admitted],
        from place: inout Int,
        transitionsMax: Int
    ) throws(StoreError) {
        let (heads, bytes, starts) = (block.heads, block.bytes, block.recordStarts)
        let (hooks, quarantined) = (hooks, quarantined)
        while place < heads.count, batch.rows.count < transitionsMax {
            var request: HistoryRequest?
            let first = place
            CrashNote.working { next in
                request = stage.apply(
                    heads,
                    admitted,
                    bytes.span,
                    starts,
                    from: &place,
                    peopleMax: PartitionOptions.slicePeopleMax,
                    transitionsMax: transitionsMax,
                    into: &batch
                ) { sequence in
                    if sequence != .zero { hooks.reached?(.apply) }
                    next(sequence)
                    guard let applies = hooks.applies, sequence != .zero,
                        !quarantined.contains(sequence)
                    else { return }
                    let index = Int(sequence.rawValue - heads[0].sequence.rawValue)
                    let key = heads[index].messageID.map { bytes[starts[index] + $0] }
                    applies(String(decoding: key, as: UTF8.self))
                }
            }
            if place > first { applied = heads[place - 1].sequence }
            guard let request else { return }
            try refold(request)
        }
    }

    private func refold(_ request: HistoryRequest) throws(StoreError) {
        let sequences = try request.entries(in: history)
        refolds += 1
        stage.beginRefold(request)
        for sequence in sequences {
            _ = try history.read(sequence) { head, bytes in stage.refold(head, bytes, for: request)
            }
        }
    }

    /// The transitions that wait to be recorded, as the stage gives them; none are left waiting.
    ///
    /// - Parameter spare: A batch without transitions, whose memory is used again.
    func takeBatch(_ spare: consuming TransitionBatch) -> TransitionBatch {
        swap(&spare, &batch)
        return spare
    }

    /// The transitions that wait to be recorded, in order; none are left waiting.
    func takeTransitions() -> [Transition] {
        let taken = batch.rows.indices.map {
            batch.transition($0, segmentNames: segmentNames)
        }
        batch.removeAll()
        return taken
    }
}

extension HistoryRequest {
    /// The entries of all chains, in order, each once.
    func entries(in history: some EntryHistory) throws(StoreError) -> [SequenceNumber] {
        var sequences: [SequenceNumber] = []
        for chain in chains {
            sequences += try history.chain(
                of: chain.identifier,
                from: chain.last,
                downTo: chain.from
            ).filter { $0 < chain.to }
        }
        sequences.sort()
        var last = SequenceNumber.zero
        return sequences.filter { sequence in
            defer { last = sequence }
            return sequence != last
        }
    }
}
