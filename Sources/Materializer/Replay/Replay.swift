public import EventModel
public import EventStore
internal import RuleLanguage
public import SegmentEngine

/// Folds a whole log again, on as many cores as wanted, and hands out its transitions in order: the same on
/// one core and on many.
///
/// Nothing is kept of it. Nobody waits for single transitions, so people are looked at when their next entry
/// comes (`ReplayStage`); and since people whom no entry ever names together never meet, each core folds
/// its own.
public struct Replay: Sendable {
    /// Entries between two points at which transitions are handed out.
    package var stretchEntries: UInt64 = 1 << 17
    /// People whom a change of the rules is carried out for between two points at which transitions are handed out.
    private static let slicePeople = 1 << 16
    private let log: EventLog
    private let cores: Int
    private let settings: EngineSettings
    private let ruleSets: [RuleSet]
    private let quarantined: Set<SequenceNumber>
    private let names: [(symbol: SymbolID, text: String)]
    private let last: SequenceNumber
    private let rules: ReplayRules
    /// Asked now and then whether to end without a result.
    package var isGivenUp: @Sendable () -> Bool = { false }
    /// Of rules that a log is to be changed to, the instant of the change; else nil.
    let changesAt: Instant?

    /// - Parameters:
    ///   - cores: How many threads fold, 1 to 64.
    ///   - rules: Under which rules.
    ///   - settings: What the log is folded with; by default what every log is.
    public init(
        _ log: EventLog,
        cores: Int,
        rules: ReplayRules = .recorded,
        settings: EngineSettings = EngineSettings()
    ) throws(PartitionError) {
        // First: what is appended meanwhile may bring names and rules that are not among those read here.
        last = try PartitionError.wrap { () throws(StoreError) in try log.lastSequence() }
        let names = try PartitionError.wrap { () throws(StoreError) in try log.allSymbols() }
        let symbols = Dictionary(names.map { ($0.text, $0.symbol) }, uniquingKeysWith: { $1 })
        switch rules {
        case .recorded:
            ruleSets = try Partition.ruleHistory(log) { symbols[$0] }.map(\.ruleSet)
            changesAt = nil
        case .changing(let proposed, let instant):
            ruleSets = try Partition.ruleHistory(log) { symbols[$0] }.map(\.ruleSet) + [proposed]
            let end = try Replay.receivedAt(last, log) ?? .distantPast
            changesAt = max(instant, end + TimeSpan(milliseconds: 1))
        case .always(let proposed, _):
            ruleSets = [proposed]
            changesAt = nil
        }
        self.rules = rules
        quarantined = try Quarantine.recorded(log) { symbols[$0] }
        self.log = log
        self.cores = max(1, min(cores, 64))
        self.settings = settings
        self.names = names
    }

    private static func receivedAt(
        _ sequence: SequenceNumber,
        _ log: EventLog
    ) throws(PartitionError) -> Instant? {
        try PartitionError.wrap { () throws(StoreError) in
            try log.read(sequence) { head, _ in head.receivedAt }
        }
    }

    /// Log time of the last of them.
    var lastInstant: Instant {
        get throws(PartitionError) { try Replay.receivedAt(last, log) ?? .distantPast }
    }

    /// How many entries there are to fold.
    public var entries: UInt64 { last.rawValue }

    /// The names of all segments of all rule sets, in order of their bytes.
    var segmentNames: [String] {
        Set(ruleSets.flatMap { $0.segments.map(\.name) }).sorted {
            $0.utf8.lexicographicallyPrecedes($1.utf8)
        }
    }

    /// Folds everything.
    ///
    /// - Parameters:
    ///   - progress: Called now and then with entries done.
    ///   - emit: Called with each transition in order.
    public func run(
        progress: (UInt64) -> Void = { _ in },
        _ emit: (Transition) throws(PartitionError) -> Void
    ) throws(PartitionError) {
        var notices = ReplayNotices(ruleSets, names)
        try run(
            progress: progress,
            gather: { notices?.add($0) },
            { (found, places) throws(PartitionError) in
                for place in places {
                    try notices?.show(found.rows[place], emit)
                    try emit(found.transition(place))
                }
            },
            finish: { instant throws(PartitionError) in try notices?.pass(to: instant, emit) }
        )
    }

    /// Folds everything and counts people's transitions; each of them costs next to nothing.
    ///
    /// - Parameter progress: Called now and then with entries done.
    /// - Parameter look: Sees each transition's instant, person, place of the segment's name among all names of all
    ///   rule sets in order of their bytes, and direction, in order.
    public func count(
        progress: (UInt64) -> Void = { _ in },
        _ look: (Instant, PersonID, Int, TransitionDirection) -> Void
    ) throws(PartitionError) -> Int {
        var count = 0
        try run(
            progress: progress,
            { found, places in
                count += places.count
                for place in places {
                    let row = found.rows[place]
                    look(row.at, row.person, Int(row.segment), row.direction)
                }
            }
        )
        return count
    }

    /// - Parameters:
    ///   - gather: Given what expectations are to see of the entries of a stretch, before its transitions.
    ///   - take: Given the transitions, in order.
    ///   - finish: Told up to which instant all of them were given.
    ///   - end: Given the workers when all is folded.
    func run(
        progress: (UInt64) -> Void,
        gather: ([ExpectationFact]) -> Void = { _ in },
        _ take: (ReplayTransitions, Range<Int>) throws(PartitionError) -> Void,
        finish: (Instant) throws(PartitionError) -> Void = { _ in },
        end: ([ReplayWorker]) -> Void = { _ in }
    ) throws(PartitionError) {
        let crew = ReplayCrew(cores > 2 ? cores : 1)
        defer { crew.dismiss() }
        let shares = try divide(crew)
        let parts = shares?.parts ?? 1
        let hashing = KeyHashing(settings: settings, parts: parts)
        let workers = (0..<parts).map { worker($0, hashing) }
        try putRulesInForceBefore(workers)
        if let shares {
            try fold(crew, shares, hashing, workers) {
                (at, last, facts) throws(PartitionError) in
                gather(facts)
                try Replay.merge(workers, take)
                try finish(at)
                progress(last.rawValue)
                if isGivenUp() { throw PartitionError.givenUp }
            }
        } else {
            let pipeline = ReplayPipeline(
                log,
                workers[0],
                stretchEntries: stretchEntries,
                takesRulesOfLog: takesRulesOfLog
            )
            try pipeline.fold(through: last, threads: min(cores, 2)) {
                (stretch) throws(PartitionError) in
                gather(stretch.facts)
                try take(stretch.transitions, stretch.transitions.rows.indices)
                try finish(stretch.at)
                progress(stretch.last.rawValue)
                if isGivenUp() { throw PartitionError.givenUp }
            }
        }
        if case .always(_, let through?) = rules {
            try crew.run(parts) { index throws(StoreError) in
                workers[index].catchUp(before: through + TimeSpan(milliseconds: 1))
            }
            try Replay.merge(workers, take)
            try finish(through)
        }
        if let changesAt {
            let sequence = last.next
            try crew.run(parts) { index throws(StoreError) in
                try workers[index].putRulesInForce(at: changesAt, sequence)
                workers[index].catchUp(before: changesAt)
            }
            gather(workers.flatMap { $0.stage.takeFacts() })
            try Replay.merge(workers, take)
            // In slices, since a change may move everybody; they are in order each, not one behind the other.
            while !workers.allSatisfy(\.hasChanged) {
                try crew.run(parts) { index throws(StoreError) in
                    workers[index].change(peopleMax: Replay.slicePeople)
                }
                try Replay.merge(workers, take)
                if isGivenUp() { throw PartitionError.givenUp }
            }
            try finish(changesAt)
        }
        end(workers)
    }

    private var takesRulesOfLog: Bool {
        if case .always = rules { return false }
        return true
    }

    private func worker(_ part: Int, _ hashing: KeyHashing) -> ReplayWorker {
        var admit = AdmitStage(
            ruleSets: ruleSets,
            settings: settings,
            quarantined: quarantined,
            hashing: hashing
        )
        var stage = ReplayStage(
            ruleSets: ruleSets,
            settings: settings,
            quarantined: quarantined,
            part: part
        )
        for (symbol, text) in names {
            admit.define(symbol, text)
            stage.define(symbol, text)
        }
        admit.identifier = { [log] in log.knownIdentifier($0) }
        stage.identifier = { [log] in log.knownIdentifier($0) }
        return ReplayWorker(log, admit, stage)
    }

    /// Of a log that is to have begun with the rules, puts them in force before its first entry, which may be an
    /// import's.
    private func putRulesInForceBefore(_ workers: [ReplayWorker]) throws(PartitionError) {
        guard case .always = rules, let start = try Replay.receivedAt(SequenceNumber(1), log)
        else { return }
        let before = start - TimeSpan(milliseconds: 1)
        try PartitionError.wrap { () throws(StoreError) in
            for worker in workers { try worker.putRulesInForce(at: before, .zero) }
        }
    }

    /// Folds everything on several cores, each its people.
    ///
    /// - Parameter deliver: Called when a stretch was folded, and the workers have its transitions: with log time at its
    ///   end, its last entry, and what expectations are to see of it.
    private func fold(
        _ crew: ReplayCrew,
        _ shares: ReplayShares,
        _ hashing: KeyHashing,
        _ workers: [ReplayWorker],
        _ deliver: (Instant, SequenceNumber, [ExpectationFact]) throws(PartitionError) -> Void
    ) throws(PartitionError) {
        let division = ReplayDivision(
            log,
            crew,
            shares,
            hashing,
            workers,
            ruleSets: ruleSets,
            settings: settings,
            quarantined: quarantined,
            takesRulesOfLog: takesRulesOfLog
        )
        var first = SequenceNumber(1)
        while first <= last {
            let end = SequenceNumber(
                min(last.rawValue, first.rawValue + stretchEntries - 1)
            )
            let at = try Replay.receivedAt(end, log) ?? .distantFuture
            // A live group is one instant and closes at once, so the last one is closed.
            let instant = end == last ? at + TimeSpan(milliseconds: 1) : at
            try division.fold(first, through: end, before: instant)
            try deliver(at, end, workers.flatMap { $0.stage.takeFacts() })
            first = end.next
        }
    }

    /// Finds out who can be folded apart; nil where one core is to fold everything.
    private func divide(_ crew: ReplayCrew) throws(PartitionError) -> ReplayShares? {
        // Two do better by dividing the work.
        guard cores > 2, ReplayShares.canDivide(ruleSets) else { return nil }
        let (log, last, cores) = (log, last.rawValue, UInt64(cores))
        let identifiers = try PartitionError.wrap { () throws(StoreError) in
            try log.identifierCount()
        }
        let scouts = Monitor<[ReplayScout]>([])
        let each = last / cores + 1
        try crew.run(Int(cores)) { index throws(StoreError) in
            var scout = ReplayScout(identifiers: identifiers)
            let from = 1 + UInt64(index) * each
            try log.sketch(
                from: SequenceNumber(from),
                through: SequenceNumber(min(last, from + each - 1))
            ) { scout.look($0.kind, $0.identifiers, count: $0.count) }
            let found = scout
            scouts.change { $0.append(found) }
        }
        let found = scouts.read { $0 }
        guard !found.contains(where: \.needsOneCore) else { return nil }
        return ReplayShares(found, parts: Int(cores))
    }

    /// Hands out what the workers have put in order, in the order of all.
    private static func merge(
        _ workers: [ReplayWorker],
        _ take: (ReplayTransitions, Range<Int>) throws(PartitionError) -> Void
    ) throws(PartitionError) {
        let all = workers.map { $0.transitions.rows }
        var places = Array(repeating: 0, count: workers.count)
        while true {
            var first = -1
            var second = -1
            for index in workers.indices where places[index] < all[index].count {
                let row = all[index][places[index]]
                if first < 0 || row.precedes(all[first][places[first]]) {
                    (first, second) = (index, first)
                } else if second < 0 || row.precedes(all[second][places[second]]) {
                    second = index
                }
            }
            guard first >= 0 else { break }
            // All that come before anybody else's.
            var end = second < 0 ? all[first].count : places[first] + 1
            while end < all[first].count, second >= 0,
                all[first][end].precedes(all[second][places[second]])
            {
                end += 1
            }
            try take(workers[first].transitions, places[first]..<end)
            places[first] = end
        }
    }
}
