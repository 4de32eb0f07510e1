public import EventModel
internal import EventStore
internal import RuleLanguage

extension Partition {
    /// Finds out what a change to these rules would bring about; changes nothing.
    ///
    /// Folds the log in an engine of its own, beside the work of the partition, and takes memory for it meanwhile: so
    /// one at a time. Ends without a plan when its task is cancelled.
    ///
    /// - Parameters:
    ///   - instant: When the change would be made; nil for now.
    ///   - days: For how many days back sizes are given, 0 for none.
    ///   - cores: How many threads fold.
    ///   - progress: Called now and then with the part that is done, from 0 to 1.
    public func plan(
        _ proposed: ProposedRules,
        at instant: Instant? = nil,
        days: Int,
        cores: Int,
        progress: @escaping @Sendable (Double) -> Void
    ) async throws(PartitionError) -> RulePlan {
        let (log, at) = (log, instant ?? now)
        var plan = try await alone("a plan") { [self] isGivenUp throws(PartitionError) in
            let planner = try Planner(log, proposed, cores: cores, isGivenUp: isGivenUp)
            return try planner.plan(at: at, days: days) { done in
                tell(done)
                progress(done)
            }
        }
        try await explain(&plan, proposed)
        return plan
    }

    /// So many people at most are explained for a plan.
    private static let explainedMax = 100

    /// Adds which parts of the new conditions hold of the people who are named.
    private func explain(
        _ plan: inout RulePlan,
        _ proposed: ProposedRules
    ) async throws(PartitionError) {
        let last = SequenceNumber(plan.entries)
        let sequence = last.next
        let past =
            try rulesOfLog().filter { $0.sequence <= last } + [
                PastRules(
                    sequence: sequence,
                    entry: RulesEntry(proposed),
                    ruleSet: proposed.ruleSet
                )
            ]
        var left = Partition.explainedMax
        var entriesLeft = Partition.storyMax
        let at = plan.at
        for place in plan.segments.indices where plan.segments[place].kind != .removed {
            let name = plan.segments[place].name
            for index in plan.segments[place].samples.indices where left > 0 {
                left -= 1
                let person = plan.segments[place].samples[index].person
                guard
                    var story = try await shortStory(
                        PersonReference("#\(person)"),
                        through: last,
                        max: min(entriesLeft, Partition.storyMax / 10)
                    )
                else { continue }
                entriesLeft -= story.entries.count
                story.entries.append(
                    PersonCase.Entry(
                        sequence: sequence,
                        receivedAt: at,
                        draft: EntryDraft(kind: .rules)
                    )
                )
                let told = story
                let found = try await besides { _ throws(StoreError) in
                    var explainer = Explainer(told, past, segment: name, at: at)
                    return try explainer?.explain(isBrief: true)
                }
                let parts = found?.parts.filter(\.isInnermost) ?? []
                plan.segments[place].samples[index].parts = parts.map { ($0.text, $0.holds) }
            }
        }
    }

    /// A story; nil where it is too long, or there is no such person.
    private func shortStory(
        _ reference: PersonReference,
        through last: SequenceNumber,
        max: Int
    ) async throws(PartitionError) -> PersonCase? {
        do throws(PartitionError) {
            return try await personCase(reference, through: last, max: max)
        } catch {
            if error.kind == .tooMuch { return nil }
            throw error
        }
    }
}
