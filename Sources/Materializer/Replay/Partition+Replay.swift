internal import EventModel
internal import EventStore
internal import SegmentEngine

extension Partition {
    /// Folds the log again, under its own rules or others, and tells what that gives.
    ///
    /// In an engine of its own, which takes memory: so one at a time, beside no plan or change of the rules.
    ///
    /// - Parameter cores: How many threads fold; the transitions are the same on any number.
    public func replay(
        _ question: ReplayQuestion,
        cores: Int
    ) async throws(PartitionError) -> ReplayLines {
        let pipe = ReplayPipe()
        let teller = try PartitionError.wrap { () throws(StoreError) in
            try ReplayTeller(self, question, pipe)
        }
        // First, so that one that cannot begin fails at once.
        let replay = try Replay(
            log,
            cores: cores,
            rules: question.rules.map { .always($0.ruleSet, through: nil) } ?? .recorded
        )
        while isServing, appliedThrough.rawValue < replay.entries {
            if let failure { throw failure }
            try await pause()
        }
        try beginAlone("a replay")
        startThread { [self] in
            let outcome = Result { () throws(PartitionError) in try teller.run(replay) }
            endAlone()
            pipe.finish(outcome)
        }
        return ReplayLines(pipe)
    }
}

/// Turns what a replay gives into lines.
private final class ReplayTeller: @unchecked Sendable {
    // Used by the thread of the replay alone.
    private static let chunkLines = 256

    private let partition: Partition
    private let question: ReplayQuestion
    private let lines: ReplayPipe
    private var chunk: [ReplayLine] = []
    private var counts: [String: ReplaySummary.Segment] = [:]
    private var difference = (added: 0, missing: 0)
    private var recorded: RecordedTransitions
    /// Behind this, what is recorded is of entries that came later.
    private var end = Instant.distantFuture
    private var nextRecorded: Transition?
    private var isBehindRecorded = false

    init(
        _ partition: Partition,
        _ question: ReplayQuestion,
        _ lines: ReplayPipe
    ) throws(StoreError) {
        self.partition = partition
        self.question = question
        self.lines = lines
        recorded = try RecordedTransitions(
            partition.state,
            partition.log,
            after: AppliedMark(sequence: .zero, instant: .distantPast)
        )
    }

    func run(_ replay: Replay) throws(PartitionError) {
        var replay = replay
        replay.isGivenUp = { [lines] in lines.isGivenUp }
        let began = ContinuousClock.now
        var failure: PartitionError?
        let total = replay.entries
        end = try replay.lastInstant
        func progress(_ entries: UInt64) {
            partition.tell(Double(entries) / Double(max(1, total)))
            do throws(PartitionError) {
                try flush()
                try lines.put([.progress(entries, of: total)])
            } catch { failure = error }
        }
        if question.isCount, !question.isDifference {
            let names = replay.segmentNames
            _ = try replay.count(progress: progress) { at, _, name, direction in
                count(names[name], direction, at: at)
            }
        } else {
            try replay.run(progress: progress) { (transition) throws(PartitionError) in
                if let failure { throw failure }
                guard transition.notice == nil else { return }
                count(transition.segment, transition.direction, at: transition.at)
                if question.isDifference {
                    try compare(transition)
                } else if question.wants(transition) {
                    try tell(transition, .replayed)
                }
            }
            if question.isDifference { try compareRest() }
        }
        try flush()
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        try lines.put([.summary(summary(replay, seconds))])
    }

    private func summary(_ replay: Replay, _ seconds: Double) -> ReplaySummary {
        // Those in which nobody ever was are told of too.
        for name in replay.segmentNames where counts[name] == nil {
            counts[name] = ReplaySummary.Segment(name: name)
        }
        let wanted = counts.values.filter { question.segments?.contains($0.name) ?? true }
        return ReplaySummary(
            entries: replay.entries,
            seconds: seconds,
            segments: wanted.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) },
            difference: question.isDifference ? difference : nil
        )
    }

    private func count(_ segment: String, _ direction: TransitionDirection, at instant: Instant) {
        guard instant <= question.through else { return }
        let isWanted = instant >= question.from
        let isEntry = direction == .entered
        var one = counts[segment] ?? ReplaySummary.Segment(name: segment)
        one.members += isEntry ? 1 : -1
        if isWanted {
            one.entered += isEntry ? 1 : 0
            one.exited += isEntry ? 0 : 1
        }
        counts[segment] = one
    }

    // MARK: - Comparing

    /// Whether two transitions say the same of a membership; why, and by which rule, does not count.
    private static func isSame(_ one: Transition, _ other: Transition) -> Bool {
        one.cursor == other.cursor && one.direction == other.direction
    }

    private func compare(_ transition: Transition) throws(PartitionError) {
        while let known = try peek(), known.cursor < transition.cursor {
            nextRecorded = nil
            try differ(known, .missing)
        }
        if let known = try peek(), ReplayTeller.isSame(known, transition) {
            nextRecorded = nil
        } else {
            try differ(transition, .added)
        }
    }

    private func compareRest() throws(PartitionError) {
        while let known = try peek() {
            nextRecorded = nil
            try differ(known, .missing)
        }
    }

    private func peek() throws(PartitionError) -> Transition? {
        while nextRecorded == nil, !isBehindRecorded {
            let next = try PartitionError.wrap { () throws(StoreError) in try recorded.next() }
            isBehindRecorded = next.map { $0.at > end } ?? true
            if isBehindRecorded { return nil }
            nextRecorded = next?.notice == nil ? next : nil
        }
        return nextRecorded
    }

    private func differ(_ transition: Transition, _ mark: ReplayMark) throws(PartitionError) {
        guard question.wants(transition) else { return }
        if mark == .added { difference.added += 1 } else { difference.missing += 1 }
        if !question.isCount { try tell(transition, mark) }
    }

    // MARK: - Telling

    private func tell(_ transition: Transition, _ mark: ReplayMark) throws(PartitionError) {
        let described = DescribedTransition(
            transition: transition,
            id: transition.id(log: partition.logID),
            identifiers: try partition.texts(transition.identifiers)
        )
        chunk.append(.transition(described, mark))
        if chunk.count >= ReplayTeller.chunkLines { try flush() }
    }

    private func flush() throws(PartitionError) {
        guard !chunk.isEmpty else { return }
        let full = chunk
        chunk = []
        try lines.put(full)
    }
}
