import EventModel
import EventStore
import RuleLanguage
import SegmentEngine
import SegmentTesting

/// A random history under random rules: late, repeated, future and merged entries, rule changes.
struct RandomCase: CustomStringConvertible {
    /// When it begins.
    let start: Instant
    var sources: [String]
    var entries: [TestEntry]

    init(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let start = RandomCase.start(&random)
        self.start = start
        sources = (0..<Int.random(in: 1...3, using: &random)).map { _ in
            RandomRules.text(&random, start: start)
        }
        var history = RandomHistory(random: random, start: start)
        entries = history.entries(ruleSets: sources.count)
    }

    /// Mostly New Year; also shortly before the clocks change, before 29 February, and on a Sunday
    /// that ends a month.
    private static func start(_ random: inout SeededGenerator) -> Instant {
        guard Int.random(in: 0..<5, using: &random) < 2 else { return EngineWorld.epoch }
        let times = [
            "2026-03-28T20:00:00Z", "2026-03-29T00:30:00Z", "2026-10-24T20:00:00Z",
            "2026-10-25T00:00:00Z", "2026-03-08T05:00:00Z", "2028-02-28T10:00:00Z",
            "2026-05-31T12:00:00Z",
        ]
        let time = times.randomElement(using: &random) ?? ""
        return Instant(rfc3339: time) ?? EngineWorld.epoch
    }

    // MARK: - Both sides

    var ruleSets: [RuleSet] { sources.map(EngineWorld.rules) }

    /// The last instant that is looked at.
    var end: Instant { start + .days(9) }
    /// Whether the same at another time would give the same: no rule looks at a calendar, a date or a
    /// time that an entry names.
    var isMovable: Bool {
        let fixed = [
            "202", "today", "yesterday", "this ", "calendar", "days with", "weeks with",
            "months with", "anniversary", "due", "born", "trial_ends",
        ]
        return !sources.contains { text in fixed.contains { text.contains($0) } }
    }

    /// Low, so that links are refused for it.
    static let identifiersMax = 6

    /// What the engine makes of it.
    ///
    /// - Parameters:
    ///   - groups: Of so many entries of one instant, how many to apply before the next.
    ///   - shownBack: How much later than planned everything happens, and is not shown to.
    func engine(
        alwaysRefolds: Bool = false,
        end: Instant? = nil,
        shownBack shift: TimeSpan = TimeSpan(milliseconds: 0),
        groups: ((Int) -> Int)? = nil,
        setting: ((EngineWorld) -> Void)? = nil,
        coverage: ((EngineWorld) -> Void)? = nil,
        transitions: ((EngineWorld) throws -> [Transition])? = nil
    ) rethrows -> [String] {
        let world = EngineWorld(ruleSets: ruleSets, identifiersMax: RandomCase.identifiersMax)
        world.alwaysRefolds = alwaysRefolds
        setting?(world)
        var index = 0
        while index < entries.count {
            let instant = entries[index].receivedAt
            var group = entries[index...].prefix { $0.receivedAt == instant }
            if let groups { group = group.prefix(groups(group.count)) }
            index += group.count
            let isLast = index == entries.count || entries[index].receivedAt != instant
            world.step(instant, group.map(\.draft), closes: isLast)
        }
        world.proceed(to: (end ?? self.end) + TimeSpan(milliseconds: 1))
        coverage?(world)
        return try (transitions?(world) ?? world.transitions).map { transition in
            if let notice = transition.notice {
                return RandomCase.line(
                    transition.at - shift,
                    notice.key,
                    transition.direction,
                    notice.since - shift
                )
            }
            return RandomCase.line(
                transition.at - shift,
                transition.person.rawValue,
                transition.segment,
                transition.direction == .entered,
                transition.cause,
                transition.sequence.rawValue,
                transition.isAnnounced,
                transition.identifiers.map(world.log.identifier)
            )
        }
    }

    /// What the reference makes of it.
    ///
    /// - Parameter others: Further instants at which it looks, where nothing should come of it.
    func reference(lookingAt others: [Instant] = []) -> [String] {
        let reference = NaiveReference(
            entries,
            ruleSets: ruleSets,
            identifiersMax: RandomCase.identifiersMax
        )
        let transitions = reference.transitions(through: end, lookingAt: others)
        let notices = NaiveExpectations(reference, transitions).notices(through: end)
        let noticeLines = notices.map {
            (at: $0.at, text: RandomCase.line($0.at, $0.key, $0.direction, $0.since))
        }
        let lines = transitions.map {
            let text = RandomCase.line(
                $0.at,
                $0.person,
                $0.segment,
                $0.isEntry,
                $0.cause,
                $0.sequence,
                $0.isAnnounced,
                $0.identifiers
            )
            return (at: $0.at, text: text)
        }
        // Of one instant notices come first.
        return (noticeLines + lines).enumerated()
            .sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
            .map(\.element.text)
    }

    private static func line(
        _ at: Instant,
        _ key: String,
        _ direction: TransitionDirection,
        _ since: Instant
    ) -> String {
        "\(at) 0 \(direction.name) \(key) since \(since)"
    }

    private static func line(
        _ at: Instant,
        _ person: UInt64,
        _ segment: String,
        _ isEntry: Bool,
        _ cause: TransitionCause,
        _ sequence: UInt64,
        _ isAnnounced: Bool,
        _ identifiers: [Identifier]
    ) -> String {
        // The order of names of one rank is nobody's business.
        let names = identifiers.map { "\($0.namespace):\($0.text)" }.sorted()
        return "\(at) \(person) \(isEntry ? "enters" : "leaves") \(segment) \(cause.name) "
            + "#\(sequence)\(isAnnounced ? "" : " quiet") \(names.joined(separator: ","))"
    }

    /// How often the engine came across what is rare.
    static func count(_ world: EngineWorld, into coverage: inout [String: Int]) {
        let found = world.irregularities
        coverage["duplicates", default: 0] += found.duplicates
        coverage["conflicts", default: 0] += found.conflicts
        coverage["suppressed", default: 0] += found.suppressed
        coverage["refused links", default: 0] += found.refusedLinks
        coverage["refolds", default: 0] += world.refolds
    }

    var description: String {
        sources.joined(separator: "--- then\n")
            + entries.enumerated().map { index, entry in
                "#\(index + 1) \(entry.receivedAt) \(entry.kind.name) \(entry.event) "
                    + "\(entry.others) \(entry.primary as Any) \(entry.secondary as Any) "
                    + "\(entry.previousID ?? "-") \(entry.isOn) \(entry.source) "
                    + "user \(entry.user ?? "-") anonymous \(entry.anonymous ?? "-") "
                    + "at \(entry.timestamp?.description ?? "-") \(entry.messageID) "
                    + "\(entry.isBackfill ? "backfill " : "")\(entry.members)"
            }.joined(separator: "\n")
    }
}
