internal import EventModel
internal import EventStore
internal import RuleLanguage
internal import SegmentEngine

/// Both stages and what they go on from: a checkpoint, or the beginning of the log.
struct Stages {
    var admit: AdmitStage
    let applier: Applier
    /// What they know already.
    var mark = AppliedMark(sequence: .zero, instant: .distantPast)
    /// Why there is a checkpoint that they do not come from; nil for reasons that nobody needs to know.
    var complaint: String?

    /// Stages before the first entry.
    init(
        _ log: EventLog,
        _ ruleSets: [RuleSet],
        _ quarantined: Set<SequenceNumber>,
        _ names: [(symbol: SymbolID, text: String)]
    ) {
        let settings = EngineSettings()
        admit = AdmitStage(ruleSets: ruleSets, settings: settings, quarantined: quarantined)
        admit.identifier = { log.knownIdentifier($0) }
        applier = Applier(
            history: log,
            ruleSets: ruleSets,
            settings: settings,
            quarantined: quarantined
        )
        for (symbol, text) in names {
            admit.define(symbol, text)
            applier.stage.define(symbol, text)
        }
    }

    /// Stages from the checkpoint of a directory, where it has one that can be used; else before the first
    /// entry.
    ///
    /// - Parameter rules: All `rules` entries of the log.
    static func load(
        _ log: EventLog,
        _ ruleSets: [RuleSet],
        _ quarantined: Set<SequenceNumber>,
        _ writer: LogWriter,
        state: StateStore,
        folder: String,
        rules: [SequenceNumber]
    ) throws(StoreError) -> Stages {
        var stages = Stages(log, ruleSets, quarantined, writer.allSymbols)
        do throws(StoreError) {
            guard let reader = try stages.reader(of: folder, log, writer, state) else {
                try writer.loadIdentifiers()
                return stages
            }
            try stages.restore(
                reader,
                writer,
                rules.filter { $0 <= reader.header.mark.sequence }
            )
            try writer.restore(
                chainHeads: stages.applier.stage.identifierChainHeads,
                lastReceivedAt: reader.header.mark.instant
            )
            stages.mark = reader.header.mark
            stages.applier.restored(through: stages.mark)
            return stages
        } catch {
            guard case .damaged(_, let key, let what) = error else { throw error }
            // What was restored so far may be wrong: everything is derived again.
            if !writer.hasIdentifiers { try writer.loadIdentifiers() }
            var fresh = Stages(log, ruleSets, quarantined, writer.allSymbols)
            fresh.complaint =
                "the checkpoint in \(folder) is damaged (\(key): \(what)), and is not used: the whole "
                + "log is folded. Nothing is lost; look at the disk"
            return fresh
        }
    }

    /// The checkpoint of a directory that can be used: where a process died right behind a change of the rules, that
    /// is the one that was to be the next.
    private func reader(
        of folder: String,
        _ log: EventLog,
        _ writer: LogWriter,
        _ state: StateStore
    ) throws(StoreError) -> CheckpointReader? {
        let next = DataDirectory.nextCheckpoint(of: folder)
        if let reader = try CheckpointReader(folder: folder),
            try fits(reader.header, log, writer, state)
        {
            CheckpointWriter.remove(folder: next)
            return reader
        }
        guard let reader = try CheckpointReader(folder: next),
            try fits(reader.header, log, writer, state)
        else { return nil }
        return reader
    }

    /// Whether a checkpoint is one of this log, under these rules, of what was recorded.
    private func fits(
        _ header: CheckpointHeader,
        _ log: EventLog,
        _ writer: LogWriter,
        _ state: StateStore
    ) throws(StoreError) -> Bool {
        guard header.logID == log.id, header.layoutHash == applier.stage.layoutHash,
            header.mark.sequence <= writer.lastSequence,
            let applied = try state.applied(), applied.sequence >= header.mark.sequence
        else { return false }
        let receivedAt = try log.read(header.mark.sequence) { head, _ in head.receivedAt }
        return receivedAt == header.mark.instant
    }

    /// Reads keys on a thread of their own, beside people, lists and the log's identifiers.
    private mutating func restore(
        _ reader: CheckpointReader,
        _ writer: LogWriter,
        _ rules: [SequenceNumber]
    ) throws(StoreError) {
        let keys = Parallel(admit) { (admit) throws(StoreError) in
            unsafe try reader.blocks(where: Stages.isOfAdmitStage) {
                (kind, words) throws(StoreError) in
                try Stages.wrap(kind) { (kind) throws(CheckpointError) in
                    try unsafe admit.restore(kind, words)
                }
            }
            admit.finishRestoringKeys()
        }
        let read = Result { () throws(StoreError) in
            try writer.loadIdentifiers()
            unsafe try reader.blocks(where: { !Stages.isOfAdmitStage($0) }) {
                (kind, words) throws(StoreError) in
                try Stages.wrap(kind) { (kind) throws(CheckpointError) in
                    try unsafe applier.stage.restore(kind, words)
                }
            }
            try Stages.wrap(CheckpointBlock.Kind.people.rawValue) { (_) throws(CheckpointError) in
                try applier.stage.finishRestoring(rules: rules)
            }
        }
        admit = try keys.finish()
        try read.get()
        admit.finishRestoring(applier.stage, rules: rules)
    }

    private static func isOfAdmitStage(_ kind: UInt8) -> Bool {
        switch CheckpointBlock.Kind(rawValue: kind) {
        case .suppressedIdentifiers, .messageIDs, .uniqueKeys: true
        default: false
        }
    }

    private static func wrap(
        _ kind: UInt8,
        _ body: (CheckpointBlock.Kind) throws(CheckpointError) -> Void
    ) throws(StoreError) {
        guard let kind = CheckpointBlock.Kind(rawValue: kind) else {
            throw .damaged(table: "checkpoint", key: "kind \(kind)", what: "it is unknown")
        }
        do throws(CheckpointError) { try body(kind) } catch {
            throw .damaged(table: "checkpoint", key: "kind \(kind)", what: error.what)
        }
    }
}

/// Work on a value on a thread of its own.
private final class Parallel<Value: Sendable>: Sendable {
    private let shared: Monitor<Result<Value, StoreError>?> = Monitor(nil)

    init(_ value: Value, _ body: @escaping @Sendable (inout Value) throws(StoreError) -> Void) {
        startThread { [shared] in
            var value = value
            let result = Result { () throws(StoreError) in
                try body(&value)
                return value
            }
            shared.change { $0 = result }
        }
    }

    func finish() throws(StoreError) -> Value {
        try shared.wait { $0.map { .ready($0) } ?? .wait(milliseconds: nil) }.get()
    }
}
