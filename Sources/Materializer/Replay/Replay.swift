public import EventModel
public import EventStore
internal import RuleLanguage
internal import SegmentEngine

/// Folds a whole log again, on as many cores as wanted, and hands out its transitions in order: the same on
/// one core and on many.
///
/// Nothing is kept of it. Nobody waits for single transitions, so people are looked at when their next entry
/// comes (`ReplayStage`); and since people whom no entry ever names together never meet, each core folds
/// its own.
public struct Replay {
    /// Entries between two points at which the cores wait for each other.
    private static let stretchEntries: UInt64 = 1 << 17

    private let log: EventLog
    private let cores: Int
    private let ruleSets: [RuleSet]
    private let quarantined: Set<SequenceNumber>
    private let names: [(symbol: SymbolID, text: String)]
    private let last: SequenceNumber

    /// - Parameter cores: How many threads fold, 1 to 64.
    public init(_ log: EventLog, cores: Int) throws(PartitionError) {
        // First: what is appended meanwhile may bring names and rules that are not among those read here.
        last = try PartitionError.wrap { () throws(StoreError) in try log.lastSequence() }
        let names = try PartitionError.wrap { () throws(StoreError) in try log.allSymbols() }
        let symbols = Dictionary(names.map { ($0.text, $0.symbol) }, uniquingKeysWith: { $1 })
        ruleSets = try Partition.ruleHistory(log) { symbols[$0] }.map(\.ruleSet)
        quarantined = try Quarantine.recorded(log) { symbols[$0] }
        self.log = log
        self.cores = max(1, min(cores, 64))
        self.names = names
    }

    /// How many entries there are to fold.
    public var entries: UInt64 { last.rawValue }

    /// Folds everything.
    ///
    /// - Parameters:
    ///   - progress: Called now and then with entries done.
    ///   - emit: Called with each transition in order.
    public func run(
        progress: (UInt64) -> Void = { _ in },
        _ emit: (Transition) throws(PartitionError) -> Void
    ) throws(PartitionError) {
        try run(progress: progress) {
            (stage: borrowing ReplayStage, index) throws(PartitionError) in
            try emit(stage.transition(index))
        }
    }

    /// Folds everything and counts the transitions; each of them costs next to nothing.
    ///
    /// - Parameter look: Sees each transition's instant, person, place of the segment's name in
    ///   `segmentNames` and direction, in order.
    public func count(
        _ look: (Instant, PersonID, Int, TransitionDirection) -> Void
    ) throws(PartitionError) -> Int {
        var count = 0
        try run(progress: { _ in }) {
            (stage: borrowing ReplayStage, index) throws(PartitionError) in
            count += 1
            let row = stage.row(index)
            look(row.at, row.person, Int(row.segment), row.direction)
        }
        return count
    }

    private func run(
        progress: (UInt64) -> Void,
        _ take: (borrowing ReplayStage, Int) throws(PartitionError) -> Void
    ) throws(PartitionError) {
        let shares = try divide()
        let workers = (0..<(shares?.parts ?? 1)).map { part in
            let worker = ReplayWorker(log, ruleSets, quarantined, shares, part: part)
            for (symbol, text) in names { worker.stage.define(symbol, text) }
            return worker
        }
        var first = SequenceNumber(1)
        while first <= last {
            let end = SequenceNumber(
                min(last.rawValue, first.rawValue + Replay.stretchEntries - 1)
            )
            let endsLog = end == last
            let at = try PartitionError.wrap { () throws(StoreError) in
                try log.read(end) { head, _ in head.receivedAt } ?? .distantFuture
            }
            // A live group is one instant and closes at once, so the last one is closed.
            let instant = endsLog ? at + TimeSpan(milliseconds: 1) : at
            let range = first...end
            try Replay.inParallel(workers.count) { index throws(StoreError) in
                try workers[index].fold(range, catchUpBefore: instant)
            }
            try Replay.merge(workers, take)
            progress(end.rawValue)
            first = end.next
        }
    }

    /// Finds out who can be folded apart; nil where one core is to fold everything.
    private func divide() throws(PartitionError) -> ReplayShares? {
        guard cores > 1 else { return nil }
        let division = ReplayScout.Division(parts: cores)
        let (settings, quarantined, log, last) = (EngineSettings(), quarantined, log, last)
        let scouts = Monitor<[ReplayScout?]>(Array(repeating: nil, count: cores))
        try Replay.inParallel(cores) { part throws(StoreError) in
            var scout = ReplayScout(
                part: part,
                of: division,
                settings: settings,
                quarantined: quarantined
            )
            try log.scan(from: SequenceNumber(1)) { head, bytes in
                guard head.sequence <= last, !scout.needsOneCore else { return false }
                scout.look(head, bytes)
                return true
            }
            let found = scout
            scouts.change { $0[part] = found }
        }
        let found = scouts.read { $0.compactMap { $0 } }
        guard !found.contains(where: \.needsOneCore) else { return nil }
        return ReplayShares(found, parts: cores)
    }

    /// Hands out what the workers have put in order, in the order of all.
    private static func merge(
        _ workers: [ReplayWorker],
        _ take: (borrowing ReplayStage, Int) throws(PartitionError) -> Void
    ) throws(PartitionError) {
        var places = Array(repeating: 0, count: workers.count)
        while true {
            var first = -1
            for index in workers.indices where places[index] < workers[index].stage.count {
                if first < 0
                    || workers[index].stage.isBefore(
                        places[index],
                        workers[first].stage,
                        places[first]
                    )
                {
                    first = index
                }
            }
            guard first >= 0 else { break }
            try take(workers[first].stage, places[first])
            places[first] += 1
        }
        for worker in workers { worker.stage.removeTransitions() }
    }

    /// Runs a body for each number below `count` at the same time; the first of them on this thread.
    private static func inParallel(
        _ count: Int,
        _ body: @escaping @Sendable (Int) throws(StoreError) -> Void
    ) throws(PartitionError) {
        let outcomes = Monitor<(done: Int, error: StoreError?)>((0, nil))
        let run: @Sendable (Int) -> Void = { index in
            var failure: StoreError?
            do throws(StoreError) { try body(index) } catch { failure = error }
            let found = failure
            outcomes.change { state in
                state.done += 1
                state.error = state.error ?? found
            }
        }
        for index in 1..<max(1, count) { startThread { run(index) } }
        run(0)
        let error = outcomes.wait {
            state -> Monitor<(done: Int, error: StoreError?)>.Finding<StoreError?> in
            state.done == count ? .ready(state.error) : .wait(milliseconds: nil)
        }
        if let error { throw PartitionError(error) }
    }
}

/// One core's people; used by one thread at a time.
private final class ReplayWorker: @unchecked Sendable {
    var stage: ReplayStage
    private let log: EventLog
    /// Whether there is no other.
    private let hasAll: Bool
    private let members: ReplayMembers

    init(
        _ log: EventLog,
        _ ruleSets: [RuleSet],
        _ quarantined: Set<SequenceNumber>,
        _ shares: ReplayShares?,
        part: Int
    ) {
        self.log = log
        hasAll = shares == nil
        members = shares?.members(of: part) ?? ReplayMembers()
        stage = ReplayStage(
            ruleSets: ruleSets,
            settings: EngineSettings(),
            quarantined: quarantined,
            shares: shares
        )
    }

    /// Folds the worker's part of some entries; then its transitions before an instant are complete.
    func fold(
        _ range: ClosedRange<SequenceNumber>,
        catchUpBefore instant: Instant
    ) throws(StoreError) {
        var failure: StoreError?
        try log.scanBlocks(
            from: range.lowerBound,
            through: range.upperBound,
            where: hasAll
                ? nil : { [self] id in stage.awaitsNextEntry || !members.excludes(id) },
            endsBlock: { [self] head in head.kind == .job || isForeign(head) }
        ) { block in
            do throws(StoreError) {
                try fold(block)
                return true
            } catch {
                failure = error
                return false
            }
        }
        if let failure { throw failure }
        stage.catchUp(before: instant)
    }

    private func fold(_ block: AppendedGroup) throws(StoreError) {
        let (bytes, starts) = (block.bytes.span, block.recordStarts)
        // One that is another's ends its block.
        let foreign = block.heads.last.flatMap { isForeign($0) ? $0 : nil }
        let count = block.heads.count - (foreign == nil ? 0 : 1)
        var place = 0
        stage.admit(block.heads, bytes, starts, count: count)
        while place < count {
            if let request = stage.fold(block.heads, bytes, starts, from: &place) {
                try refold(request)
            }
        }
        if let foreign { stage.witness(foreign) }
    }

    private func isForeign(_ head: EntryHead) -> Bool {
        !hasAll && head.identifiers.count > 0 && members.excludes(head.identifiers[0].id)
    }

    private func refold(_ request: HistoryRequest) throws(StoreError) {
        let sequences = try request.entries(in: log)
        stage.beginRefold(request)
        for sequence in sequences {
            _ = try log.read(sequence) { head, bytes in stage.refold(head, bytes, for: request) }
        }
    }
}
