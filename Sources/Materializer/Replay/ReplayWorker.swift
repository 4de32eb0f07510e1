internal import EventModel
internal import EventStore
internal import SegmentEngine

/// Entries that a core has read for all.
private final class ReadEntries: @unchecked Sendable {
    var block = AppendedGroup()
    var keys: [HashedKey] = []
}

/// One core's people, and the entries that it has read for all; used by one thread at a time, but for what was
/// read and what was found, which all look at between two changes.
final class ReplayWorker: @unchecked Sendable {
    var stage: ReplayStage
    private let log: EventLog
    private let keying: KeyHashing
    private let quarantined: Set<SequenceNumber>
    /// Whether others hold a part of the keys.
    private let sharesKeys: Bool
    /// What was read in a round, and in the one after it: objects, since all read one while the other is
    /// written.
    private let read = (ReadEntries(), ReadEntries())
    private var table: ReplayKeyTable
    /// Whether `rules` entries of the log put theirs in force; where not, they say nothing.
    var takesRulesOfLog = true

    init(
        _ log: EventLog,
        _ stage: consuming ReplayStage,
        _ keying: KeyHashing,
        _ table: ReplayKeyTable,
        _ quarantined: Set<SequenceNumber>,
        sharesKeys: Bool
    ) {
        self.log = log
        self.stage = stage
        self.keying = keying
        self.table = table
        self.quarantined = quarantined
        self.sharesKeys = sharesKeys
    }

    /// Reads entries for all.
    func read(_ first: UInt64, through last: UInt64, round: Int) throws(StoreError) {
        let read = entries(of: round)
        try log.read(
            from: SequenceNumber(first),
            through: SequenceNumber(last),
            into: &read.block
        )
        if !takesRulesOfLog {
            for index in read.block.heads.indices where read.block.heads[index].kind == .rules {
                read.block.heads[index].kind = .tick
            }
        }
        let block = read.block
        keying.read(
            block.heads,
            block.bytes.span,
            block.recordStarts,
            quarantined: quarantined,
            into: &read.keys
        )
    }

    private func entries(of round: Int) -> ReadEntries { round & 1 == 0 ? read.0 : read.1 }

    /// Finds what repeats a key of this worker's part in all that was read.
    func findRepeats(in workers: [ReplayWorker], round: Int) {
        table.removeRepeats()
        for worker in workers {
            let read = worker.entries(of: round)
            let block = read.block
            table.find(block.heads, block.bytes.span, block.recordStarts, read.keys)
        }
    }

    /// Folds this worker's part of all that was read.
    func fold(_ workers: [ReplayWorker], round: Int) throws(StoreError) {
        let repeats = sharesKeys ? ReplayRepeats(workers.map(\.table)) : nil
        for worker in workers {
            let read = worker.entries(of: round)
            let block = read.block
            let (heads, starts) = (block.heads, block.recordStarts)
            stage.admit(heads, block.bytes.span, starts, read.keys, repeats: repeats)
            var place: Int? = 0
            while place != nil {
                guard
                    let request = stage.fold(heads, block.bytes.span, starts, from: &place)
                else {
                    continue
                }
                try refold(request)
            }
        }
    }

    /// Whether the instant of a change of rules is over for this worker's people.
    private(set) var hasChanged = false

    /// Evaluates some people under rules that were put in force.
    func change(peopleMax: Int) {
        if !hasChanged { hasChanged = stage.closeInstant(peopleMax: peopleMax) }
    }

    /// Puts the next rule set in force by an entry that the log does not hold.
    func putRulesInForce(at instant: Instant, _ sequence: SequenceNumber) throws(StoreError) {
        let heads = [EntryHead(sequence: sequence, receivedAt: instant, kind: .rules)]
        let (bytes, starts): ([UInt8], [Int]) = ([], [0, 0])
        var keys: [HashedKey] = []
        keying.read(heads, bytes.span, starts, quarantined: quarantined, into: &keys)
        table.find(heads, bytes.span, starts, keys)
        let repeats = sharesKeys ? ReplayRepeats([]) : nil
        stage.admit(heads, bytes.span, starts, keys, repeats: repeats)
        var place: Int? = 0
        while place != nil {
            let request = stage.fold(heads, bytes.span, starts, from: &place)
            if let request { try refold(request) }
        }
    }

    private func refold(_ request: HistoryRequest) throws(StoreError) {
        let sequences = try request.entries(in: log)
        stage.beginRefold(request)
        for sequence in sequences {
            _ = try log.read(sequence) { head, bytes in stage.refold(head, bytes, for: request) }
        }
    }
}
