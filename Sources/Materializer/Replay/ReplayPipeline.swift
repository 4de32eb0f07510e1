internal import EventModel
internal import EventStore
internal import SegmentEngine

/// Folds a log by one apply stage, whoever it is about: one thread reads and admits entries, and hands transitions out,
/// while another one folds what was admitted; or one thread does all of that.
final class ReplayPipeline: @unchecked Sendable {
    /// Entries that are read at a time: few enough for a core's own cache.
    private static let chunkEntries: UInt64 = 512
    /// How many times so many may wait for the thread that folds: enough to go on while the other one hands out a
    /// stretch, or completes it.
    private static let chunksMax = 32
    /// A thread that had to wait goes on when so many chunks are there, or free: to wake it costs as much as a chunk.
    private static let chunksAtOnce = 8

    /// Entries that were admitted: written by one thread, then read by the other.
    private final class Chunk: @unchecked Sendable {
        var block = AppendedGroup()
        var admitted: [Admitted] = []
        /// Where a stretch ends with it, before when all transitions are to be complete.
        var completeBefore: Instant?
    }

    /// What was folded of the log between two points at which transitions are handed out.
    struct Stretch: Sendable {
        var transitions = ReplayTransitions()
        fileprivate var isInOrder = false
        var facts: [ExpectationFact] = []
        /// The last entry, and log time there.
        var last = SequenceNumber.zero
        var at = Instant.distantPast

        fileprivate mutating func putInOrder() {
            if !isInOrder { transitions.putInOrder() }
            isInOrder = true
        }
    }

    private struct State {
        var admitted = 0
        var folded = 0
        /// Stretches that wait to be handed out, and those whose memory is used again.
        var stretches: [Stretch] = []
        var spare: [Stretch] = []
        var failure: StoreError?
        /// Whether no more is admitted; whether nobody waits for the thread that folds; whether it has ended.
        var isComplete = false
        var isOver = false
        var hasEnded = false
    }

    private let log: EventLog
    private let worker: ReplayWorker
    private let takesRulesOfLog: Bool
    private let stretchEntries: UInt64
    private let chunks: [Chunk]
    private let state = Monitor(State())

    /// - Parameter stretchEntries: After how many entries transitions are handed out.
    init(
        _ log: EventLog,
        _ worker: ReplayWorker,
        stretchEntries: UInt64,
        takesRulesOfLog: Bool
    ) {
        self.log = log
        self.worker = worker
        self.takesRulesOfLog = takesRulesOfLog
        self.stretchEntries = stretchEntries
        chunks = (0..<ReplayPipeline.chunksMax).map { _ in Chunk() }
    }

    /// Folds all entries.
    ///
    /// - Parameters:
    ///   - threads: One or two.
    ///   - deliver: Given each stretch, its transitions in order.
    func fold(
        through last: SequenceNumber,
        threads: Int,
        _ deliver: (Stretch) throws(PartitionError) -> Void
    ) throws(PartitionError) {
        guard threads > 1 else { return try foldAlone(through: last, deliver) }
        startThread { [self] in work() }
        // Nobody uses the stages afterwards while the thread still does.
        defer {
            state.change { $0.isOver = true }
            state.wait { $0.hasEnded ? .ready(()) : .wait(milliseconds: nil) }
        }
        var count = 0
        var first = SequenceNumber(1)
        while first <= last {
            try deliverAll(until: count + 1 - chunks.count, deliver)
            let chunk = chunks[count % chunks.count]
            try PartitionError.wrap { () throws(StoreError) in
                first = try admit(first, through: last, into: chunk)
            }
            count += 1
            state.note {
                $0.admitted = count
                return count - $0.folded >= ReplayPipeline.chunksAtOnce
            }
        }
        state.change { $0.isComplete = true }
        try deliverAll(until: count, deliver)
    }

    /// Hands stretches out until so many chunks are folded, and none waits.
    private func deliverAll(
        until folded: Int,
        _ deliver: (Stretch) throws(PartitionError) -> Void
    ) throws(PartitionError) {
        while true {
            var wanted = folded
            let found = state.wait {
                state -> Monitor<State>.Finding<Result<Stretch?, StoreError>> in
                if let failure = state.failure { return .ready(.failure(failure)) }
                if !state.stretches.isEmpty {
                    return .ready(.success(state.stretches.removeFirst()))
                }
                if state.folded >= wanted { return .ready(.success(nil)) }
                if !state.isComplete { wanted = folded + ReplayPipeline.chunksAtOnce - 1 }
                return .wait(milliseconds: nil)
            }
            let stretch = try PartitionError.wrap { () throws(StoreError) in try found.get() }
            guard var stretch else { return }
            stretch.putInOrder()
            try deliver(stretch)
            state.change { $0.spare.append(stretch) }
        }
    }

    private func work() {
        defer { state.change { $0.hasEnded = true } }
        var count = 0
        while true {
            var wanted = count + 1
            let isThere = state.wait { state -> Monitor<State>.Finding<Bool> in
                if state.isOver { return .ready(false) }
                if state.admitted >= wanted || state.isComplete && state.admitted > count {
                    return .ready(true)
                }
                wanted = count + ReplayPipeline.chunksAtOnce
                return .wait(milliseconds: nil)
            }
            guard isThere else { return }
            do throws(StoreError) {
                let chunk = chunks[count % chunks.count]
                try fold(chunk)
                if let instant = chunk.completeBefore {
                    let spare = state.change { $0.spare.popLast() }
                    var stretch = complete(before: instant, chunk, spare)
                    // Who has less to do.
                    let isAhead = state.read {
                        $0.admitted - count < ReplayPipeline.chunksAtOnce
                    }
                    if isAhead { stretch.putInOrder() }
                    state.change { [stretch] in $0.stretches.append(stretch) }
                }
            } catch {
                return state.change { $0.failure = error }
            }
            count += 1
            state.note {
                $0.folded = count
                let isFree = $0.admitted - count <= chunks.count - ReplayPipeline.chunksAtOnce
                return isFree || $0.isComplete && $0.admitted == count
            }
        }
    }

    private func foldAlone(
        through last: SequenceNumber,
        _ deliver: (Stretch) throws(PartitionError) -> Void
    ) throws(PartitionError) {
        var first = SequenceNumber(1)
        var stretch: Stretch?
        while first <= last {
            try PartitionError.wrap { () throws(StoreError) in
                first = try admit(first, through: last, into: chunks[0])
                try fold(chunks[0])
            }
            guard let instant = chunks[0].completeBefore else { continue }
            var next = complete(before: instant, chunks[0], stretch.take())
            next.putInOrder()
            try deliver(next)
            stretch = next
        }
    }

    /// Reads and admits the next entries; gives the first behind them.
    private func admit(
        _ first: SequenceNumber,
        through last: SequenceNumber,
        into chunk: Chunk
    ) throws(StoreError) -> SequenceNumber {
        let count = min(
            ReplayPipeline.chunkEntries,
            stretchEntries - (first.rawValue - 1) % stretchEntries,
            last.rawValue - first.rawValue + 1
        )
        let end = SequenceNumber(first.rawValue + count - 1)
        try log.read(from: first, through: end, into: &chunk.block)
        if !takesRulesOfLog {
            for index in chunk.block.heads.indices where chunk.block.heads[index].kind == .rules {
                chunk.block.heads[index].kind = .tick
            }
        }
        let block = chunk.block
        worker.admit.admit(
            block.heads,
            block.bytes.span,
            block.recordStarts,
            into: &chunk.admitted
        )
        chunk.completeBefore = nil
        if let head = block.heads.last, end == last || end.rawValue % stretchEntries == 0 {
            // A live group is one instant and closes at once, so the last one is closed.
            let beyond = TimeSpan(milliseconds: end == last ? 1 : 0)
            chunk.completeBefore = head.receivedAt + beyond
        }
        return end.next
    }

    private func fold(_ chunk: Chunk) throws(StoreError) {
        let block = chunk.block
        try worker.fold(block.heads, chunk.admitted, block.bytes, block.recordStarts)
    }

    /// What was folded since the last time.
    private func complete(before instant: Instant, _ chunk: Chunk, _ spare: Stretch?) -> Stretch {
        var stretch = spare ?? Stretch()
        worker.stage.catchUp(before: instant)
        worker.stage.takeTransitions(into: &stretch.transitions)
        stretch.isInOrder = false
        stretch.facts = worker.stage.takeFacts()
        if let head = chunk.block.heads.last {
            (stretch.last, stretch.at) = (head.sequence, head.receivedAt)
        }
        return stretch
    }
}
