import EventModel
import EventStore
import Foundation
import RuleLanguage
import SegmentEngine
import SegmentTesting
import Testing

/// The shop's workload fed live, in order of arrival with 1 % late, against the naive reference.
///
/// `SEGMENTD_WORKLOAD` names a folder with the reference workload (`events.bin`, `arrival.bin`) and the
/// members at the end by its own reference (`members.csv`); `Tests/reference-workload` makes it. Without
/// it a workload is generated here.
@Suite struct LiveWorkloadTests {
    private static let rules = """
        segment r0 when added_to_cart in last 2 hours and no order_completed in last 2 hours
        segment r1 when at least 3 order_completed in last 30 days
        segment r2 when sum of order_completed.total in last 90 days >= 200
        segment r3 when at least 5 product_viewed in last 24 hours and no added_to_cart in last 24 hours
        segment r4 when any event and no event in last 14 days
        segment r5 when order_completed in last 1 day
        """
    private static let names = ["product_viewed", "added_to_cart", "order_completed"]
    private static let folder = ProcessInfo.processInfo.environment["SEGMENTD_WORKLOAD"]

    /// Entries in order of arrival, and when the last event happened.
    private static func workload() throws -> (entries: [TestEntry], end: Instant) {
        var entries = try folder.map(read) ?? generated()
        let end = entries.compactMap(\.timestamp).max() ?? .distantPast
        // The reference's end is that of the last event; what arrives later is not looked at.
        entries.sort { $0.receivedAt < $1.receivedAt }
        return (entries, end)
    }

    private static func entry(
        _ at: Int64,
        _ arrival: Int64,
        _ person: Int,
        _ event: Int,
        _ cents: Int
    ) -> TestEntry {
        var entry = TestEntry(receivedAt: Instant(milliseconds: arrival), kind: .track)
        entry.timestamp = Instant(milliseconds: at)
        entry.user = "\(person)"
        entry.event = names[event]
        if event == 2 {
            let text = "\(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100)"
            entry.members = ["total": .number(text)]
        }
        return entry
    }

    private static func read(_ folder: String) throws -> [TestEntry] {
        let events = Array(try Data(contentsOf: URL(fileURLWithPath: folder + "/events.bin")))
        let arrivals = Array(try Data(contentsOf: URL(fileURLWithPath: folder + "/arrival.bin")))
        func number(_ bytes: [UInt8], _ start: Int, _ count: Int) -> Int {
            (0..<count).reduce(0) { $0 | Int(bytes[start + $1]) << (8 * $1) }
        }
        return (0..<arrivals.count / 8).map { row in
            entry(
                Int64(number(events, row * 24, 8)),
                Int64(number(arrivals, row * 8, 8)),
                number(events, row * 24 + 8, 4),
                number(events, row * 24 + 20, 1),
                number(events, row * 24 + 12, 4)
            )
        }
    }

    private static func generated() -> [TestEntry] {
        var random = SeededGenerator(seed: 20)
        var entries: [TestEntry] = []
        let start = EngineWorld.epoch.milliseconds
        while entries.count < 20_000 {
            let share = Double.random(in: 0..<1, using: &random)
            let person = Int(share * share * 2_000)
            var at = start + Int64.random(in: 0..<120 * 86_400_000, using: &random)
            for _ in 0..<Int.random(in: 1...7, using: &random) {
                let kind = [0, 0, 0, 0, 1, 2][Int.random(in: 0..<6, using: &random)]
                let isLate = Int.random(in: 0..<100, using: &random) == 0
                let delay = -log(Double.random(in: 0.001..<1, using: &random)) * 600_000
                entries.append(
                    entry(
                        at,
                        at + (isLate ? Int64(delay) : 0),
                        person,
                        kind,
                        Int.random(in: 100...12_000, using: &random)
                    )
                )
                // Some exactly at the end of a window of the one before.
                at +=
                    Int.random(in: 0..<50, using: &random) == 0
                    ? 7_200_000 : Int64.random(in: 1...180_000, using: &random)
            }
        }
        return entries
    }

    @Test func theEngineEqualsTheReferencePersonByPerson() throws {
        let (entries, end) = try Self.workload()
        let ruleSet = EngineWorld.rules(Self.rules)
        let world = EngineWorld(ruleSets: [ruleSet])
        let rulesAt = (entries.first?.receivedAt ?? EngineWorld.epoch) - .minutes(1)
        world.step(rulesAt, [EntryDraft(kind: .rules)])
        var index = 0
        while index < entries.count {
            let instant = entries[index].receivedAt
            let group = entries[index...].prefix { $0.receivedAt == instant }
            index += group.count
            world.step(instant, group.map(\.draft))
        }
        let last = max(end, entries.last?.receivedAt ?? end)
        world.proceed(to: last + TimeSpan(milliseconds: 1))
        var found: [String: [String]] = [:]
        for transition in world.transitions {
            let who = transition.identifiers.first.map { world.log.identifier($0).text } ?? ""
            found[who, default: []].append(
                "\(transition.at) \(transition.direction.name) \(transition.segment)"
            )
        }
        // Nobody has to do with anybody else, so each is judged alone.
        let people = Dictionary(grouping: entries) { $0.user ?? "" }
        var count = 0
        for (person, own) in people {
            var log = [TestEntry(receivedAt: rulesAt, kind: .rules)]
            log += own
            let expected = NaiveReference(log, ruleSets: [ruleSet]).transitions(through: last)
                .map { "\($0.at) \($0.isEntry ? "entered" : "exited") \($0.segment)" }
            count += expected.count
            guard expected == found[person] ?? [] else {
                Issue.record(
                    "person \(person): \((found[person] ?? []).difference(from: expected))"
                )
                return
            }
        }
        #expect(found.values.reduce(0) { $0 + $1.count } == count)
        print("live workload: \(entries.count) events, \(count) transitions: equal")
        try compareMembers(found, through: end)
    }

    /// The members at the last event's time, against those of the workload's own reference.
    private func compareMembers(_ found: [String: [String]], through end: Instant) throws {
        guard let folder = Self.folder else { return }
        var members: Set<String> = []
        for (person, lines) in found {
            for line in lines where line < "\(end)~" {
                let parts = line.split(separator: " ")
                if parts[1] == "entered" {
                    members.insert("\(person),\(parts[2].dropFirst())")
                } else {
                    members.remove("\(person),\(parts[2].dropFirst())")
                }
            }
        }
        let text = try String(contentsOfFile: folder + "/members.csv", encoding: .utf8)
        let expected = Set(text.split(separator: "\n").map(String.init))
        #expect(!expected.isEmpty)
        #expect(members.symmetricDifference(expected).isEmpty)
        if members == expected { print("members at the end: \(members.count): equal") }
    }
}
