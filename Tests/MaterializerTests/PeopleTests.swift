import EventModel
import EventStore
import Foundation
import Materializer
import RuleLanguage
import SegmentTesting
import Testing

/// What is known of a person: identity, attributes, segments since when, what time will change.
@Suite struct PeopleTests {
    private let folder: TemporaryDirectory
    private let clock = VirtualClock(at: Instant(milliseconds: 1_767_225_600_000))
    private static let rules = """
        segment carts when added_to_cart in last 2 hours
        segment everybody when any event
        segment pros when person.plan = "pro"
        segment twice when at least 2 added_to_cart in last 1 day
        """

    init() throws {
        folder = try TemporaryDirectory()
    }

    private func use(
        _ rules: String = PeopleTests.rules,
        _ body: (Partition) async throws -> Void
    ) async throws {
        var options = PartitionOptions(dataDirectory: folder.path)
        options.clock = ClockSource(
            wall: { [clock] in clock.wall },
            elapsed: { [clock] in clock.elapsed }
        )
        let source = RuleSource(path: "test.seg", text: rules)
        let ruleSet = try #require(compileRules([source]).ruleSet)
        let partition = try Partition.open(
            options,
            rules: ProposedRules(sources: [source], ruleSet: ruleSet)
        )
        do {
            try await body(partition)
            await partition.stop()
        } catch {
            await partition.stop()
            throw error
        }
    }

    private func find(_ partition: Partition, _ id: String) async throws -> PersonProfile {
        try #require(
            try await partition.person(PersonReference(id), before: nil, limit: 100),
            "\(id) is unknown"
        )
    }

    private func send(_ partition: Partition, _ drafts: EntryDraft...) async throws {
        for draft in drafts { _ = try await partition.submit([draft], wait: .fully) }
    }

    private func entries(_ profile: PersonProfile) -> [UInt64] {
        profile.activity.map(\.sequence.rawValue)
    }

    private func attributes(_ profile: PersonProfile) -> [String] {
        profile.attributes.map { attribute in
            var reader = ValueReader(at: 0)
            let text =
                switch reader.value(attribute.value.span) {
                case .text(let range): String(decoding: attribute.value[range], as: UTF8.self)
                case .number(let number?): number.description
                default: "?"
                }
            return "\(attribute.name)=\(text)"
        }
    }

    @Test func aMergedPersonHasBothPastsAndTheAbsorbedIDSaysWhoItBecame() async throws {
        try await use { partition in
            try await send(
                partition,
                .track("added_to_cart", user: "c-1"),
                .track("added_to_cart", anonymous: "web-7"),
                .identify(anonymous: "web-7", ["plan": "pro"]),
                .track("product_viewed", user: "c-1", anonymous: "web-7")
            )
            for id in ["c-1", "user:c-1", "web-7", "anonymous:web-7", "#2", "personID:2"] {
                let profile = try await find(partition, id)
                #expect(profile.person == PersonID(2))
                #expect(
                    profile.identifiers.map(\.identifier) == [.user("c-1"), .anonymous("web-7")]
                )
                #expect(profile.identifiers.map(\.sequence.rawValue) == [2, 3])
                #expect(entries(profile) == [5, 4, 3, 2])
                #expect(profile.next == nil)
                #expect(attributes(profile) == ["plan=pro"])
            }
            let profile = try await find(partition, "c-1")
            let entered = try partition.transitions(after: nil, limit: 100).map(\.transition)
                .filter { $0.person == PersonID(2) && $0.direction == .entered }
            #expect(profile.segments.map(\.segment) == ["carts", "everybody", "pros", "twice"])
            for stay in profile.segments {
                #expect(entered.last { $0.segment == stay.segment }?.at == stay.since)
            }
            let absorbed = try await find(partition, "#3")
            #expect(absorbed.mergedInto == PersonID(2))
            #expect(absorbed.identifiers.isEmpty && absorbed.activity.isEmpty)
            let nobody = try await partition.person(PersonReference("#9"), before: nil, limit: 1)
            #expect(nobody == nil)
        }
    }

    @Test func aMovedDeviceLeavesItsPastBehind() async throws {
        try await use { partition in
            try await send(
                partition,
                .track("a", user: "1", anonymous: "tablet"),
                .track("b", anonymous: "tablet"),
                .track("c", user: "2", anonymous: "tablet"),
                .track("d", anonymous: "tablet")
            )
            let first = try await find(partition, "user:1")
            #expect(entries(first) == [3, 2])
            #expect(first.identifiers.map(\.identifier) == [.user("1")])
            let second = try await find(partition, "tablet")
            #expect(second.person == PersonID(4))
            #expect(entries(second) == [5, 4])
            #expect(second.identifiers.map(\.sequence.rawValue) == [4, 4])
            // And back again: the first one's two stretches of the chain are both its own.
            try await send(partition, .track("e", user: "1", anonymous: "tablet"))
            #expect(entries(try await find(partition, "1")) == [6, 3, 2])
            #expect(entries(try await find(partition, "2")) == [5, 4])
        }
    }

    @Test func theLatestAttributeWinsUnsetOnesAreGoneAndDuplicatesSetNothing() async throws {
        try await use { partition in
            let early = clock.wall - .hours(5)
            try await send(
                partition,
                .identify(user: "1", ["plan": "pro", "city": "Bonn", "age": 41]),
                .identify(user: "1", at: early, ["plan": "free", "since": "2024"]),
                .identify(user: "1", id: "m", ["city": nil]),
                .identify(user: "1", id: "m", ["city": "Köln"])
            )
            let profile = try await find(partition, "1")
            #expect(attributes(profile) == ["age=41", "plan=pro", "since=2024"])
            #expect(profile.activity.map(\.duplicateOf) == [SequenceNumber(4), nil, nil, nil])
            #expect(profile.activity[2].occurredAt == early)
        }
    }

    @Test func aMergeThatKeepsThePrimarysAttributesShowsThem() async throws {
        try await use { partition in
            var merge = EntryDraft(kind: .merge)
            merge.identifiers = [.user("1"), .user("2")]
            merge.isOn = true
            try await send(
                partition,
                .identify(user: "1", ["plan": "pro", "age": 41, "street": ""]),
                .identify(
                    user: "2",
                    ["plan": "free", "age": nil, "street": "Am Hof", "city": "Bonn"]
                ),
                merge,
                .identify(user: "3", ["city": "Rom", "age": 30])
            )
            #expect(
                attributes(try await find(partition, "2"))
                    == ["age=41", "city=Bonn", "plan=pro", "street=Am Hof"]
            )
            // What the first has by then counts for the next one, too.
            merge.identifiers = [.user("3"), .user("2")]
            try await send(partition, merge)
            #expect(
                attributes(try await find(partition, "1"))
                    == ["age=30", "city=Rom", "plan=pro", "street=Am Hof"]
            )
            // What comes later counts as ever.
            try await send(partition, .identify(user: "2", ["plan": "free", "city": nil]))
            let profile = try await find(partition, "3")
            #expect(attributes(profile) == ["age=30", "plan=free", "street=Am Hof"])
            #expect(!profile.segments.contains { $0.segment == "pros" })
        }
    }

    /// Whether there is a value is decided as the engine does, by all names of an attribute and its type.
    @Test func whatAMergeKeepsIsReadByTheContract() async throws {
        let contract = """
            attribute age number also known as years
            attribute plan text also known as tier
            segment free when person.plan = "free"
            segment old when person.age >= 40
            """
        try await use(contract) { partition in
            var merge = EntryDraft(kind: .merge)
            merge.identifiers = [.user("1"), .user("2")]
            merge.isOn = true
            try await send(
                partition,
                .identify(user: "1", ["age": "abc", "tier": "pro"]),
                .identify(user: "1", ["plan": nil]),
                .identify(user: "2", ["age": 50, "plan": "free"]),
                merge
            )
            let profile = try await find(partition, "1")
            #expect(profile.segments.map(\.segment) == ["free", "old"])
            #expect(attributes(profile) == ["age=50", "plan=free", "tier=pro"])
        }
    }

    /// Many merges into one person take no more time and room than their number.
    @Test func manyMergesThatKeepAttributes() async throws {
        try await use { partition in
            try await send(partition, .identify(user: "guest", ["plan": "pro"]))
            for number in 0..<300 {
                var merge = EntryDraft(kind: .merge)
                merge.identifiers = [.user("guest"), .user("\(number)")]
                merge.isOn = true
                let other = EntryDraft.identify(
                    user: "\(number)",
                    ["plan": "free", "last": .text("\(number)")]
                )
                _ = try await partition.submit([other, merge], wait: .fully)
            }
            let profile = try await find(partition, "299")
            #expect(attributes(profile) == ["last=0", "plan=pro"])
            #expect(profile.segments.contains { $0.segment == "pros" })
            #expect(profile.merges.count == 300)
        }
    }

    @Test func activityIsPagedNewestFirst() async throws {
        try await use { partition in
            for _ in 0..<7 { try await send(partition, .track("e", user: "1", anonymous: "a")) }
            var seen: [UInt64] = []
            var before: SequenceNumber?
            repeat {
                let page = try #require(
                    try await partition.person(PersonReference("1"), before: before, limit: 3)
                )
                seen += entries(page)
                before = page.next
            } while before != nil
            #expect(seen == [8, 7, 6, 5, 4, 3, 2])
        }
    }

    @Test func nextChangeIsExactAndMovesOn() async throws {
        try await use { partition in
            try await send(partition, .track("added_to_cart", user: "1"))
            let first = try await find(partition, "1")
            let entered = try #require(first.activity.first?.receivedAt)
            #expect(first.segments.first?.since == entered)
            #expect(first.nextChange == entered + .hours(2))
            clock.advance(by: .minutes(90))
            try await send(partition, .track("added_to_cart", user: "1"))
            let second = try #require(try await find(partition, "1").activity.first?.receivedAt)
            // The armed deadline is still the first one's.
            #expect(try await find(partition, "1").nextChange == second + .hours(2))
            clock.advance(by: .hours(2))
            try await send(partition, .track("other", user: "2"))
            let later = try await find(partition, "1")
            #expect(later.nextChange == entered + .days(1))
            #expect(later.segments.map(\.segment) == ["everybody", "twice"])
            #expect(try await find(partition, "2").nextChange == nil)
        }
    }

    @Test func anIDMayLookLikeAnything() async throws {
        try await use { partition in
            let ids = ["a:b", "x/y z", "#7", "user:c", "ü", "anonymous:9"]
            for id in ids { try await send(partition, .track("e", user: id)) }
            for (index, id) in ids.enumerated() where id != "#7" {
                #expect(try await find(partition, id).person.rawValue == UInt64(index + 2))
                #expect(
                    try await find(partition, "user:" + id).person.rawValue == UInt64(index + 2)
                )
            }
            #expect(try await find(partition, "user:#7").person == PersonID(4))
            #expect(try await find(partition, "#7").person == PersonID(7))
        }
    }

    @Test func theLogIsReadByRangeKindAndPerson() async throws {
        try await use { partition in
            try await send(
                partition,
                .track("a", user: "1"),
                .identify(user: "2"),
                .track("b", user: "1", anonymous: "x"),
                .track("c", anonymous: "x")
            )
            var question = LogQuestion(limit: 2)
            var page = try await partition.entries(question)
            #expect(page.entries.map(\.sequence.rawValue) == [1, 2])
            #expect(page.next == SequenceNumber(3))
            question.from = SequenceNumber(3)
            question.to = SequenceNumber(4)
            page = try await partition.entries(question)
            #expect(page.entries.map(\.draft.event) == ["", "b"])
            #expect(page.next == nil)
            question = LogQuestion(limit: 10)
            question.kind = .rules
            #expect(try await partition.entries(question).entries.map(\.sequence.rawValue) == [1])
            question.kind = .identify
            #expect(try await partition.entries(question).entries.map(\.sequence.rawValue) == [3])
            question = LogQuestion(limit: 2)
            let own = try await partition.entries(of: PersonReference("x"), question)
            #expect(own?.entries.map(\.draft.event) == ["a", "b"])
            #expect(own?.next == SequenceNumber(5))
        }
    }

    @Test func aStoppedPartitionRefuses() async throws {
        var stopped: Partition?
        try await use { stopped = $0 }
        let partition = try #require(stopped)
        for id in ["1", "#1"] {
            await #expect(throws: PartitionError.self) {
                _ = try await partition.person(PersonReference(id), before: nil, limit: 1)
            }
        }
    }
}
