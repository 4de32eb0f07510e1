public import EventModel
internal import EventStore
internal import RuleLanguage
internal import SegmentEngine

extension Partition {
    /// How many explanations may be made at the same time.
    private static let explanationsMax = 2

    /// Why somebody is in a segment, or is not, when an instant is over.
    ///
    /// - Parameters:
    ///   - instant: Not behind `knownThrough`; nil for now.
    /// - Returns: nil where there is no such person at that instant.
    /// - Throws: Kind `unknown` where no segment of that name is in force then.
    public func explain(
        _ reference: PersonReference,
        in segment: String,
        at instant: Instant? = nil
    ) async throws(PartitionError) -> Explanation? {
        let (story, past, at) = try await past(of: reference, at: instant)
        guard let last = past.last, last.ruleSet.segments.contains(where: { $0.name == segment })
        else {
            let names = past.last?.ruleSet.segments.map(\.name) ?? []
            throw PartitionError(
                .unknown,
                "the segment '\(segment)' was not in force at \(at); there "
                    + (names.isEmpty
                        ? "were none" : "were: \(names.prefix(10).joined(separator: ", "))")
                    + (names.count > 10 ? " and \(names.count - 10) more" : "")
            )
        }
        guard let story else { return nil }
        return try await besides { isGivenUp throws(StoreError) in
            var explainer = Explainer(story, past, segment: segment, at: at)
            explainer?.isGivenUp = isGivenUp
            return try explainer?.explain()
        }
    }

    /// Where somebody was and had been when an instant was over, under the rules in force at each time.
    ///
    /// - Parameter instant: Not behind `knownThrough`; nil for now.
    /// - Returns: nil where there is no such person at that instant.
    public func person(
        _ reference: PersonReference,
        at instant: Instant?
    ) async throws(PartitionError) -> PastPerson? {
        let (story, past, at) = try await past(of: reference, at: instant)
        guard let story else { return nil }
        return try await besides { _ throws(StoreError) in
            let world = try story.play(CompiledRules(past.map(\.ruleSet)), through: at)
            guard let state = story.person(in: world) else { return nil }
            let own = Set([state.person] + state.merges.map(\.absorbed))
            var stays: [PastStay] = []
            for transition in world.transitions where own.contains(transition.person) {
                let person = story.id(transition.person)
                if transition.direction == .entered {
                    stays.append(
                        PastStay(
                            segment: transition.segment,
                            from: transition.at,
                            cause: transition.cause,
                            sequence: story.sequence(transition.sequence.rawValue),
                            person: person
                        )
                    )
                } else if let open = stays.lastIndex(where: {
                    $0.segment == transition.segment && $0.person == person && $0.to == nil
                }) {
                    stays[open].to = transition.at
                    stays[open].endCause = transition.cause
                }
            }
            return PastPerson(
                person: story.id(state.person),
                at: at,
                identifiers: world.identifiers(state),
                stays: stays
            )
        }
    }

    /// Somebody's story, and the rule sets, up to an instant of which everything is recorded.
    private func past(
        of reference: PersonReference,
        at instant: Instant?
    ) async throws(PartitionError) -> (PersonCase?, [PastRules], Instant) {
        // Now is the last instant that is over.
        let known = try knownThrough()
        let at = instant ?? known - TimeSpan(milliseconds: isServing ? 1 : 0)
        try await settle(at)
        let last = appliedThrough
        let rules = try rulesOfLog()
        let story = try await personCase(reference, through: last)
        var here: [PastRules] = []
        for past in rules {
            let receivedAt = try PartitionError.wrap { () throws(StoreError) in
                try log.read(past.sequence) { head, _ in head.receivedAt }
            }
            if let receivedAt, receivedAt <= at { here.append(past) }
        }
        return (story, here, at)
    }

    /// All rule sets of the log; compiled once.
    func rulesOfLog() throws(PartitionError) -> [PastRules] {
        let sequences = try PartitionError.wrap { () throws(StoreError) in try log.rulesSequences()
        }
        let known = pastRules.read { $0 }
        if known.count == sequences.count { return known }
        let names = try PartitionError.wrap { () throws(StoreError) in try log.allSymbols() }
        let symbols = Dictionary(names.map { ($0.text, $0.symbol) }, uniquingKeysWith: { $1 })
        let found = try Partition.ruleHistory(log) { symbols[$0] }
        pastRules.change { $0 = found }
        return found
    }

    /// Does work on a thread of its own, beside everything else; some at a time.
    ///
    /// - Parameter body: Told by a question whether its task was cancelled.
    func besides<Answer: Sendable>(
        _ body: @escaping @Sendable (@escaping @Sendable () -> Bool) throws(StoreError) -> Answer
    ) async throws(PartitionError) -> Answer {
        while !explanations.change({ count in
            guard count < Partition.explanationsMax else { return false }
            count += 1
            return true
        }) { try await pause() }
        defer { explanations.change { $0 -= 1 } }
        let isGivenUp = Monitor(false)
        let found: Result<Answer, StoreError> = await withTaskCancellationHandler {
            await withCheckedContinuation { waiting in
                startThread {
                    waiting.resume(
                        returning: Result { () throws(StoreError) in
                            try body { isGivenUp.read { $0 } }
                        }
                    )
                }
            }
        } onCancel: {
            isGivenUp.change { $0 = true }
        }
        if Task.isCancelled { throw PartitionError.givenUp }
        do throws(StoreError) { return try found.get() } catch { throw PartitionError(error) }
    }
}
