internal import EventModel
internal import EventStore
public import RuleLanguage
internal import SegmentEngine

/// What became of a test.
public struct RuleTestResult: Sendable {
    /// The test.
    public var test: RuleTest
    /// What was not as expected, in order.
    public var failures: [RuleTestFailure]
}

/// An expectation that was not met.
public struct RuleTestFailure: Sendable {
    /// A part of the segment's condition, and whether it held of the person.
    public struct Part: Sendable {
        /// How it is written.
        public var text: String
        /// In how many brackets it stands.
        public var depth: Int
        /// Whether it held.
        public var holds: Bool
    }

    /// The step.
    public var step: RuleTest.Step
    /// What was the case instead.
    public var found: String
    /// The parts of the segment's condition for the person that was looked at; empty where there is none.
    public var parts: [Part]
    /// The steps that were about the person by then.
    public var history: [RuleTest.Step]
}

/// Runs rule tests on the engine, each in a world of its own, with virtual time.
public struct RuleTestRunner: Sendable {
    private let ruleSet: RuleSet
    private let sources: [RuleSource]
    private let zones: [Zone]
    private let rules: CompiledRules

    /// - Parameter rules: Checked rules.
    public init(_ rules: ProposedRules) {
        ruleSet = rules.ruleSet
        sources = rules.sources
        zones = rules.zones
        self.rules = CompiledRules([rules.ruleSet])
    }

    /// Runs a test.
    public func run(_ test: RuleTest) throws(PartitionError) -> RuleTestResult {
        var failures: [RuleTestFailure] = []
        try PartitionError.wrap { () throws(StoreError) in
            var world = try RuleTestRunner.world(rules, test)
            try play(test, in: &world) { step, world throws(StoreError) in
                if let found = difference(step, in: &world) {
                    failures.append(
                        RuleTestFailure(step: step, found: found, parts: [], history: [])
                    )
                }
            }
            for place in failures.indices { try explain(&failures[place], in: test) }
        }
        return RuleTestResult(test: test, failures: failures)
    }

    /// A world in which the rules are in force from just before a test on.
    private static func world(
        _ rules: CompiledRules,
        _ test: RuleTest
    ) throws(StoreError) -> SmallWorld {
        var world = SmallWorld(rules)
        try world.step([EntryDraft(kind: .rules)], at: test.start - TimeSpan(milliseconds: 1))
        return world
    }

    /// Lets happen what happens, and looks at what is looked at behind everything of its time.
    private func play(
        _ test: RuleTest,
        in world: inout SmallWorld,
        _ look: (RuleTest.Step, inout SmallWorld) throws(StoreError) -> Void
    ) throws(StoreError) {
        var place = 0
        while place < test.steps.count {
            let instant = test.steps[place].at
            let together = test.steps[place...].prefix { $0.at == instant }
            place = together.endIndex
            var drafts: [EntryDraft] = []
            for step in together {
                if case .entry(let draft) = step.action { drafts.append(draft) }
            }
            try world.step(drafts, at: instant)
            for step in together {
                if case .entry = step.action { continue }
                try look(step, &world)
            }
        }
    }

    /// What is the case instead of what a step expects; nil where that is the case.
    private func difference(_ step: RuleTest.Step, in world: inout SmallWorld) -> String? {
        switch step.action {
        case .entry: return nil
        case .membership(let segment, let isMember):
            let state = world.person(step.identifiers)
            let isThere = state?.memberships.contains { $0.segment == segment } ?? false
            guard isThere != isMember else { return nil }
            guard state != nil else {
                if world.wasErased(step.identifiers) { return "the person was erased" }
                return world.hasSeen(step.identifiers)
                    ? "what this person is called identifies nobody: the contract blocks it"
                    : "nothing has happened to this person by then"
            }
            return isThere
                ? "the person is in \(segment)" : "the person is not in \(segment)"
        case .members(let count, let segment):
            let found = world.memberCount(segment)
            return found == count
                ? nil : "\(segment) has \(found) \(found == 1 ? "member" : "members")"
        case .turns(let count, let segment, let isEntry):
            var turns = world.transitions.filter {
                $0.segment == segment && ($0.direction == .entered) == isEntry
            }
            if step.namesSubject {
                let person = world.person(step.identifiers)?.person
                turns.removeAll { $0.person != person }
            }
            guard turns.count != count else { return nil }
            let noun =
                isEntry
                ? (turns.count == 1 ? "entry into" : "entries into")
                : (turns.count == 1 ? "exit from" : "exits from")
            let times = turns.map { $0.at.rfc3339 }.prefix(5).joined(separator: ", ")
            return "there were \(turns.count) \(noun) \(segment)"
                + (times.isEmpty ? "" : " (\(times)\(turns.count > 5 ? ", …" : ""))")
        }
    }

    // MARK: - Why

    /// Adds the truth of each part of the segment's condition, found by running the test again with each part
    /// as a segment of its own; and what has happened to the person.
    private func explain(
        _ failure: inout RuleTestFailure,
        in test: RuleTest
    ) throws(StoreError) {
        guard case .membership(let segment, _) = failure.step.action else { return }
        let step = failure.step
        let all = conditionParts(of: segment, in: sources) { name in
            zones.first { $0.name == name }
        }
        let parts = all.count > 1 || all.first?.depth == 0 ? all : []
        let whole = RuleSet(
            segments: ruleSet.segments + parts.map(\.rule),
            uniqueKeys: ruleSet.uniqueKeys,
            namespaces: ruleSet.namespaces,
            contract: ruleSet.contract
        )
        var world = try RuleTestRunner.world(CompiledRules([whole]), test)
        var found: [RuleTestFailure.Part] = []
        var history: [RuleTest.Step] = []
        var isDone = false
        try play(test, in: &world) { other, world throws(StoreError) in
            guard other.line == step.line, other.text == step.text, !isDone else { return }
            isDone = true
            guard let state = world.person(step.identifiers) else { return }
            found = parts.map { part in
                RuleTestFailure.Part(
                    text: part.text,
                    depth: part.depth,
                    holds: state.memberships.contains { $0.segment == part.rule.name }
                )
            }
            history = self.history(of: state, test, through: step.at, world)
        }
        failure.history = history
        failure.parts = found
    }

    /// The steps that were about a person, or about those who became one with it.
    private func history(
        of state: PersonState,
        _ test: RuleTest,
        through instant: Instant,
        _ world: borrowing SmallWorld
    ) -> [RuleTest.Step] {
        let own = Set([state.person] + state.merges.map(\.absorbed))
        var history: [RuleTest.Step] = []
        // The first entry is that of the rules.
        var place = 1
        for step in test.steps where step.at <= instant {
            guard case .entry = step.action else { continue }
            if place < world.owners.count, let owner = world.owners[place], own.contains(owner) {
                history.append(step)
            }
            place += 1
        }
        return history
    }
}
