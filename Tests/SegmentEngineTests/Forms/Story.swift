import EventModel
import RuleLanguage
public import SegmentTesting
import Testing

/// What happens to one person, and when it then enters and leaves a segment.
struct Story: CustomTestStringConvertible {
    let rule: String
    let steps: [Step]
    let turns: [String]
    let zone: String

    /// - Parameters:
    ///   - rule: The condition of a segment `s`, or a file with such a segment.
    ///   - turns: `in 1h`, `out 3h`: all that happens, in order.
    init(_ rule: String, _ steps: [Step], _ turns: [String], zone: String = "UTC") {
        self.rule = rule
        self.steps = steps
        self.turns = turns
        self.zone = zone
    }

    /// The same in a file with that timezone.
    func inZone(_ name: String) -> Story { Story(rule, steps, turns, zone: name) }

    /// An entry, and when it is received.
    struct Step {
        let at: Instant
        let draft: EntryDraft
    }

    var testDescription: String { rule }

    private var source: String {
        "timezone \"\(zone)\"\n"
            + (rule.contains("segment s when") ? rule : "segment s when \(rule)")
    }

    /// `2h`, `1d-1` (a millisecond before) from the epoch of the tests on, or a time of RFC 3339.
    static func instant(_ text: some StringProtocol) -> Instant {
        Instant(rfc3339: String(text)) ?? EngineWorld.instant(String(text))
    }

    private static let millisecond = TimeSpan(milliseconds: 1)
    private static let longAfter = TimeSpan.days(4_000)

    /// Plays the story; again from a checkpoint, and again from its log.
    ///
    /// Then, a millisecond before each turn, at it and one after, another engine is given the segment as a
    /// new one: whom it holds then is judged from the past, without any deadline.
    func check(at location: SourceLocation = #_sourceLocation) {
        guard let begin = steps.map(\.at).min() else { return }
        let world = EngineWorld(ruleSets: [Story.rules(source)])
        world.step(begin - .days(1), [EntryDraft(kind: .rules)])
        // Before the last step; the rules have an instant too.
        world.checkpointAfter = Set(steps.map(\.at)).count
        play(world, before: .distantFuture)
        let end = (steps.map(\.at).max() ?? begin) + Story.longAfter
        world.proceed(to: end)
        let found = world.transitions.filter { $0.segment == "s" }.map {
            Turn(isEntry: $0.direction == .entered, at: $0.at)
        }
        let expected = turns.map(Turn.init)
        #expect(found == expected, "\(Comment(rawValue: rule))", sourceLocation: location)
        startAgain(world, end, location)
        guard !rule.contains("entered segment"), !rule.contains("exited segment") else { return }
        for turn in expected {
            for probe in [turn.at - Story.millisecond, turn.at, turn.at + Story.millisecond] {
                look(at: probe, expected, begin, location)
            }
        }
    }

    /// From a checkpoint before the last step, and from the log alone, the same comes out.
    private func startAgain(_ world: EngineWorld, _ end: Instant, _ location: SourceLocation) {
        let comment = Comment(rawValue: rule)
        do {
            if let (again, before) = try world.restarted(through: end) {
                let rest = Array(world.transitions.dropFirst(before))
                #expect(again.transitions == rest, "\(comment)", sourceLocation: location)
                #expect(
                    world.firstDifference(again) == nil,
                    "\(comment)",
                    sourceLocation: location
                )
            }
            let replayed = try world.replayed(parts: 1, stretch: 3, before: end)
            #expect(replayed == world.transitions, "\(comment)", sourceLocation: location)
        } catch {
            Issue.record("\(comment): \(error)", sourceLocation: location)
        }
    }

    private func look(
        at probe: Instant,
        _ expected: [Turn],
        _ begin: Instant,
        _ location: SourceLocation
    ) {
        guard !steps.contains(where: { $0.at == probe }) else { return }
        let none = Story.rules("segment other when everyone")
        let world = EngineWorld(ruleSets: [none, Story.rules(source)])
        world.step(begin - .days(1), [EntryDraft(kind: .rules)])
        play(world, before: probe)
        world.step(probe, [EntryDraft(kind: .rules)])
        let members = expected.reduce(0) { count, turn in
            turn.at > probe ? count : count + (turn.isEntry ? 1 : -1)
        }
        #expect(
            world.memberCount("s") == members,
            "\(Comment(rawValue: rule)), looked at from \(Turn(isEntry: true, at: probe))",
            sourceLocation: location
        )
    }

    private func play(_ world: EngineWorld, before end: Instant) {
        var index = 0
        let steps = steps.filter { $0.at < end }
        while index < steps.count {
            let together = steps[index...].prefix { $0.at == steps[index].at }
            world.step(steps[index].at, together.map(\.draft))
            index = together.endIndex
        }
    }

    private static func rules(_ text: String) -> RuleSet {
        let source = RuleSource(path: "test.seg", text: text)
        let compiled = compileRules([source], zones: { FormZones.zone($0) })
        if compiled.ruleSet == nil { Issue.record("\(Comment(rawValue: compiled.rendered))") }
        return compiled.ruleSet ?? RuleSet(segments: [])
    }

    /// An entry or an exit.
    struct Turn: Equatable, CustomStringConvertible {
        let isEntry: Bool
        let at: Instant

        init(isEntry: Bool, at: Instant) {
            self.isEntry = isEntry
            self.at = at
        }

        init(_ text: String) {
            isEntry = text.hasPrefix("in ")
            at = Story.instant(text.drop { $0 != " " }.dropFirst())
        }

        var description: String { "\(isEntry ? "in" : "out") \(at.rfc3339)" }
    }
}

/// The zones of the tests, and some whose clocks change at midnight.
enum FormZones {
    static func zone(_ name: String) -> Zone? {
        switch name {
        // Forward at midnight: 8 March 2026 begins at one. Back at one: midnight of 1 November is twice.
        case "America/Havana":
            zone(name, -18_000, summer: ("2026-03-08T05:00:00Z", "2026-11-01T05:00:00Z"))
        // Back at midnight: the last hour of 16 February 2019 is twice.
        case "America/Sao_Paulo":
            zone(name, -10_800, summer: ("2018-11-04T03:00:00Z", "2019-02-17T02:00:00Z"))
        // Back a minute after midnight: the last hour of 6 November 2010 is twice, after its end too.
        case "America/St_Johns":
            zone(name, -12_600, summer: ("2010-03-14T03:31:00Z", "2010-11-07T02:31:00Z"))
        default: TestZones.zone(name)
        }
    }

    private static func zone(_ name: String, _ winter: Int, summer: (String, String)) -> Zone {
        Zone(
            name: name,
            offsets: [
                Zone.Offset(from: .distantPast, seconds: winter),
                Zone.Offset(from: Story.instant(summer.0), seconds: winter + 3_600),
                Zone.Offset(from: Story.instant(summer.1), seconds: winter),
            ]
        )
    }
}

// MARK: - Steps

private func step(_ when: String, _ make: (Instant?) -> EntryDraft) -> Story.Step {
    let parts = when.split(separator: "@")
    let occurredAt = parts.count > 1 ? Story.instant(parts[1]) : nil
    return Story.Step(at: Story.instant(parts[0]), draft: make(occurredAt))
}

/// An event of user 1; `3h@2h` is received at 3h and happened at 2h.
func did(
    _ when: String,
    _ event: String = "e",
    user: String? = "1",
    anonymous: String? = nil,
    _ properties: [String: TestValue] = [:]
) -> Story.Step {
    step(when) { .track(event, user: user, anonymous: anonymous, at: $0, properties) }
}

/// An event `e` of user 1 with those properties.
func did(_ when: String, _ properties: [String: TestValue]) -> Story.Step {
    did(when, "e", properties)
}

/// Attributes of user 1.
func set(
    _ when: String,
    user: String? = "1",
    anonymous: String? = nil,
    _ traits: [String: TestValue] = [:]
) -> Story.Step {
    step(when) { .identify(user: user, anonymous: anonymous, at: $0, traits) }
}

extension TestValue: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    /// A list.
    public init(arrayLiteral elements: TestValue...) { self = .list(elements) }
    /// An object; of a member that is there twice the last one counts.
    public init(dictionaryLiteral members: (String, TestValue)...) {
        self = .object(Dictionary(members, uniquingKeysWith: { $1 }))
    }
}
