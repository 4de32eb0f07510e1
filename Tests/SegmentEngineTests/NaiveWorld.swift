import EventModel
import RuleLanguage
import SegmentTesting

/// The naive reference on a few entries, for facts that were worked out by hand.
enum NaiveWorld {
    /// Central European time, as far as it is asked for.
    static let berlin = Zone(
        name: "Europe/Berlin",
        offsets: [
            Zone.Offset(from: .distantPast, seconds: 3_600),
            Zone.Offset(from: at("2026-03-29 01:00"), seconds: 7_200),
            Zone.Offset(from: at("2026-10-25 01:00"), seconds: 3_600),
        ]
    )

    /// `2026-01-31 10:00`, with seconds and their fraction if need be; UTC.
    static func at(_ text: String) -> Instant {
        let seconds = text.count == 16 ? ":00Z" : "Z"
        return Instant(rfc3339: text + seconds) ?? .distantPast
    }

    /// An event of `u`, unless a device is named; late where it says when it happened.
    static func track(
        _ receivedAt: String,
        _ event: String,
        _ members: [String: TestValue] = [:],
        happened: String? = nil,
        device: String? = nil,
        id: String = ""
    ) -> TestEntry {
        var entry = TestEntry(receivedAt: at(receivedAt), kind: .track)
        entry.event = event
        entry.members = members
        entry.timestamp = happened.map(at)
        entry.user = device == nil ? "u" : nil
        entry.anonymous = device
        entry.messageID = id
        return entry
    }

    /// Attributes of `u`, unless a device is named; of both where `links`.
    static func identify(
        _ receivedAt: String,
        _ members: [String: TestValue] = [:],
        happened: String? = nil,
        device: String? = nil,
        links: Bool = false
    ) -> TestEntry {
        var entry = track(receivedAt, "", members, happened: happened, device: device)
        entry.kind = .identify
        if links { entry.user = "u" }
        return entry
    }

    /// What becomes of the first person, with a segment of that condition, by the end of the year:
    /// `2026-01-31 10:00 in`.
    static func turns(
        _ condition: Condition,
        _ entries: [TestEntry],
        through end: String = "2026-12-31 00:00"
    ) -> [String] {
        turns([("s", condition)], entries, through: end).map { $0.replacing("s ", with: "") }
    }

    /// The same of several segments: `s 2026-01-31 10:00 in`.
    static func turns(
        _ conditions: [(name: String, condition: Condition)],
        _ entries: [TestEntry],
        through end: String = "2026-12-31 00:00",
        person: UInt64 = 2
    ) -> [String] {
        let rules = conditions.map {
            SegmentRule(name: $0.name, title: "", note: "", condition: $0.condition)
        }
        let first = entries.map(\.receivedAt).min() ?? at(end)
        let opening = TestEntry(receivedAt: first - TimeSpan(milliseconds: 1), kind: .rules)
        let reference = NaiveReference(
            [opening] + entries,
            ruleSets: [RuleSet(segments: rules)]
        )
        return reference.transitions(through: at(end)).filter { $0.person == person }.map {
            var time = $0.at.rfc3339.replacing("T", with: " ").replacing("Z", with: "")
            if time.hasSuffix(".000") { time.removeLast(4) }
            if time.hasSuffix(":00"), time.count == 19 { time.removeLast(3) }
            return "\($0.segment) \(time) \($0.isEntry ? "in" : "out")"
        }
    }

    /// Whether a person with one event of these properties has ever been in.
    static func passes(_ filter: PropertyFilter, _ members: [String: TestValue]) -> Bool {
        let condition = Condition.atLeast(1, some("e", filter), .ever)
        return !turns(condition, [track("2026-01-01 10:00", "e", members)]).isEmpty
    }

    /// Events of that name.
    static func some(_ name: String, _ filter: PropertyFilter? = nil) -> EventSelection {
        EventSelection(names: [name], filter: filter)
    }

    /// One event at least.
    static func any(_ name: String, _ window: Window = .ever) -> Condition {
        .atLeast(1, some(name), window)
    }
}
