internal import EventModel
internal import EventStore
internal import Glibc
internal import RuleLanguage
internal import SegmentEngine

/// Folds a log from its first entry in an engine of its own, and holds what is recorded against it.
///
/// Reads only. What is compared: every recorded transition, byte for byte; and everything that the
/// checkpoint knows of every person.
struct Verifier {
    private let log: EventLog
    private let state: StateStore
    private let through: AppliedMark
    /// Up to this instant every transition must be recorded.
    private let recordedThrough: Instant
    /// What is recorded after this instant came while this was at work.
    private let looksThrough: Instant
    private let stages: Stages
    private var admit: AdmitStage
    private var recorded: RecordedTransitions
    private var checkpoint: CheckpointReader?
    private var verification = Verification()
    private let rests: Bool

    /// - Parameters:
    ///   - mark: The last entry to fold; nil for the last one of the log.
    ///   - rests: Whether it works half of the time only, since a daemon works beside it.
    init(
        _ log: EventLog,
        _ state: StateStore,
        folder: String,
        through mark: AppliedMark?,
        rests: Bool
    ) throws(PartitionError) {
        let names = try PartitionError.wrap { () throws(StoreError) in try log.allSymbols() }
        let symbols = Dictionary(names.map { ($0.text, $0.symbol) }, uniquingKeysWith: { $1 })
        let history = try Partition.ruleHistory(log) { symbols[$0] }
        let quarantined = try Quarantine.recorded(log) { symbols[$0] }
        self.log = log
        self.state = state
        self.rests = rests
        looksThrough = mark?.instant ?? .distantFuture
        stages = Stages(log, history.map(\.ruleSet), quarantined, names)
        admit = stages.admit
        recorded = try PartitionError.wrap { () throws(StoreError) in
            try RecordedTransitions(
                state,
                log,
                after: AppliedMark(sequence: .zero, instant: .distantPast)
            )
        }
        (through, recordedThrough) = try PartitionError.wrap { () throws(StoreError) in
            let applied = try state.applied()
            if let mark { return (mark, mark.instant) }
            let last = try log.lastSequence()
            let at = try log.read(last) { head, _ in head.receivedAt } ?? .distantPast
            return (
                AppliedMark(sequence: last, instant: at), applied?.instant ?? .distantPast
            )
        }
        openCheckpoint(folder)
    }

    private mutating func openCheckpoint(_ folder: String) {
        do throws(StoreError) {
            guard let reader = try CheckpointReader(folder: folder),
                reader.header.logID == log.id,
                reader.header.layoutHash == stages.applier.stage.layoutHash,
                reader.header.mark.sequence <= through.sequence
            else { return }
            checkpoint = reader
        } catch {
            verification.difference =
                "the checkpoint in \(folder) cannot be read: \(error.description) It is derived from "
                + "the log: stop the daemon and remove it"
        }
    }

    /// Folds and compares.
    ///
    /// - Parameter progress: Called now and then with entries done and entries in all.
    mutating func run(
        _ progress: (UInt64, UInt64) -> Void
    ) throws(PartitionError) -> Verification {
        var failure: PartitionError?
        var stretch = ContinuousClock.now
        try PartitionError.wrap { () throws(StoreError) in
            try log.scan(from: SequenceNumber(1)) { head, bytes in
                guard head.sequence <= through.sequence, verification.difference == nil else {
                    return false
                }
                do throws(PartitionError) {
                    try fold(head, bytes)
                } catch {
                    failure = error
                    return false
                }
                guard verification.entries.isMultiple(of: 10_000) else { return true }
                progress(verification.entries, through.sequence.rawValue)
                if rests {
                    let worked = (ContinuousClock.now - stretch) / .microseconds(1)
                    usleep(UInt32(clamping: Int(min(worked, 1_000_000))))
                    stretch = ContinuousClock.now
                }
                return true
            }
        }
        if let failure { throw failure }
        if verification.difference == nil, verification.entries > 0 {
            try proceed(to: through.instant + TimeSpan(milliseconds: 1))
        }
        if verification.difference == nil, let next = try nextRecorded(), next.at <= looksThrough {
            explain(next, nil)
        }
        return verification
    }

    private mutating func fold(
        _ head: EntryHead,
        _ bytes: Span<UInt8>
    ) throws(PartitionError) {
        try proceed(to: head.receivedAt)
        let admitted = admit.admit(head, bytes)
        try PartitionError.wrap { () throws(StoreError) in
            try stages.applier.apply(head, admitted, bytes)
        }
        verification.entries += 1
        guard let mark = checkpoint?.header.mark, mark.sequence == head.sequence else { return }
        try proceed(to: head.receivedAt + TimeSpan(milliseconds: 1))
        try compareCheckpoint()
    }

    // MARK: - Transitions

    private mutating func proceed(to instant: Instant) throws(PartitionError) {
        let applier = stages.applier
        try applier.proceed(to: instant) { () throws(PartitionError) in
            guard !applier.batch.rows.isEmpty else { return }
            for transition in applier.takeTransitions() { try check(transition) }
        }
    }

    private mutating func check(_ derived: Transition) throws(PartitionError) {
        guard verification.difference == nil, !recorded.omits(derived) else { return }
        if let known = try nextRecorded() {
            if known == derived { verification.transitions += 1 } else { explain(known, derived) }
        } else if derived.at <= recordedThrough {
            explain(nil, derived)
        } else {
            verification.unrecorded += 1
        }
    }

    private mutating func nextRecorded() throws(PartitionError) -> Transition? {
        try PartitionError.wrap { () throws(StoreError) in try recorded.next() }
    }

    private mutating func explain(_ recorded: Transition?, _ derived: Transition?) {
        let first = min(recorded?.at ?? .distantFuture, derived?.at ?? .distantFuture)
        let person = (recorded ?? derived)?.person.description ?? ""
        verification.difference =
            "transition \(verification.transitions + 1) is not what the log gives. Recorded: "
            + "\(recorded.map(Recovery.words) ?? "nothing"). The log gives: "
            + "\(derived.map(Recovery.words) ?? "nothing"). The \(verification.transitions) before "
            + "it, up to \(first), are right. What led to it: segmentd person '#\(person)'. The log "
            + "is the truth: stop the daemon and remove the folder state/, then it is rebuilt; "
            + "subscribers were told what is recorded"
    }

    // MARK: - The checkpoint

    private mutating func compareCheckpoint() throws(PartitionError) {
        guard let checkpoint, verification.difference == nil else { return }
        verification.checkpoint = checkpoint.header.mark.sequence
        var people = 0
        var difference: PersonDifference?
        var numbers: String?
        let kinds = [CheckpointBlock.Kind.numbers, .people].map(\.rawValue)
        do throws(StoreError) {
            unsafe try checkpoint.blocks(where: { kinds.contains($0) }) {
                (kind, words) throws(StoreError) in
                guard difference == nil else { return }
                if kind == CheckpointBlock.Kind.numbers.rawValue {
                    numbers = unsafe stages.applier.stage.compare(
                        numbers: words,
                        looksAtExpectations: !recorded.omitsNotices
                    )
                    return
                }
                do throws(CheckpointError) {
                    difference = unsafe try stages.applier.stage.compare(words, &people)
                } catch {
                    throw .damaged(table: "checkpoint", key: "people", what: error.what)
                }
            }
        } catch {
            verification.difference = "the checkpoint is damaged: \(error.description)"
            return
        }
        verification.people = people
        if let difference {
            verification.difference =
                "of person \(difference.person) the checkpoint behind entry "
                + "\(checkpoint.header.mark.sequence) knows something else than the log gives: "
                + "\(difference.what). See segmentd person '#\(difference.person)'. Stop the daemon "
                + "and remove state/checkpoint: it is derived from the log"
        } else if let numbers {
            verification.difference =
                "the checkpoint behind entry \(checkpoint.header.mark.sequence) is not what the log gives "
                + "in \(numbers). Stop the daemon and remove state/checkpoint: it is derived from the log"
        } else if people != stages.applier.stage.personCount {
            verification.difference =
                "the checkpoint knows \(people) people, the log gives "
                + "\(stages.applier.stage.personCount). Stop the daemon and remove state/checkpoint: it "
                + "is derived from the log"
        }
    }
}

extension Partition {
    /// Verifies a directory that no daemon has.
    ///
    /// - Parameter progress: Called now and then with entries done and entries in all.
    public static func verify(
        dataDirectory: String,
        progress: (UInt64, UInt64) -> Void
    ) throws(PartitionError) -> Verification {
        let (directory, log, state) = try PartitionError.wrap {
            () throws(StoreError) -> (DataDirectory, EventLog, StateStore) in
            let directory = try DataDirectory(path: dataDirectory)
            let log = try EventLog(directory: directory.log, newID: newLogID())
            return (directory, log, try StateStore(directory: directory.state, logID: log.id))
        }
        var verifier = try Verifier(
            log,
            state,
            folder: directory.state,
            through: nil,
            rests: false
        )
        return try verifier.run(progress)
    }

    /// How far the verification has got that was asked for last.
    public var verification: VerificationState { verifications.read { $0 } }

    /// Begins to verify everything up to now, beside the work of the partition and at half speed.
    ///
    /// Takes memory for a second engine while it runs. Where one is under way already, that one goes on.
    public func beginVerification() throws(PartitionError) {
        let applied = appliedThrough
        let at = try PartitionError.wrap { () throws(StoreError) in
            try log.read(applied) { head, _ in head.receivedAt }
        }
        let mark = AppliedMark(sequence: applied, instant: at ?? .distantPast)
        let begins = verifications.change { state in
            if case .running = state { return false }
            state = .running(done: 0, of: mark.sequence.rawValue)
            return true
        }
        guard begins else { return }
        // Behind what a scrubbing asks for: one of the two sees the other.
        if workUnderWay?.name == Scrubbing.name {
            verifications.change { $0 = .none }
            throw PartitionError(
                .busy,
                "what was erased is being scrubbed from the log; ask again when that is done"
            )
        }
        startThread { [log, state, directory, verifications] in
            let log = log.pinned()
            let result: VerificationState
            do throws(PartitionError) {
                var verifier = try Verifier(
                    log,
                    state,
                    folder: directory.state,
                    through: mark,
                    rests: true
                )
                result = .done(
                    try verifier.run { done, total in
                        verifications.change { $0 = .running(done: done, of: total) }
                    }
                )
            } catch {
                result = .failed(error.message)
            }
            verifications.change { $0 = result }
        }
    }
}
