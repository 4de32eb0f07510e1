import EventModel
import Materializer
import SegmentTesting
import Testing

/// The view of how good the data is.
@Suite struct HealthTests {
    private static let rules = """
        event order also known as purchase
          unique by id
          id text required
          total number also known as value
          items list of (sku text, qty number)
        event cart also known as add_to_cart
        attribute plan text also known as tier
        attribute ok boolean
        identifier user blocks "null"
        segment s when order in last 1 day

        """

    private static let begin = Instant(milliseconds: 1_767_225_600_000)

    private func health(
        _ rules: String,
        in bench: PartitionFolder,
        _ drafts: [EntryDraft]
    ) async throws -> DataHealth {
        let partition = try bench.open(rules)
        for draft in drafts {
            _ = try await partition.submit([draft], wait: .fully)
            bench.clock.advance(by: .seconds(1))
        }
        let health = try await partition.dataHealth()
        await partition.stop()
        return health
    }

    private static var drafts: [EntryDraft] {
        var late = EntryDraft.track("order", user: "1", ["id": "o-3", "total": "x"])
        late.timestamp = begin - .hours(2)
        var ahead = EntryDraft.track("cart", user: "1")
        ahead.timestamp = begin + .days(3)
        return [
            .track("order", user: "1", ["id": "o-1", "total": 5]),
            .track("purchase", user: "1", ["id": 2, "value": "7.5"]),
            .track("purchase", user: "1", ["id": "o-1", "total": 6]),
            late, ahead,
            .track(
                "order",
                user: "1",
                ["totl": 5, "items": .list([.object(["sku": "a", "qty": "two", "x": 1])])]
            ),
            .track("add_to_crt", user: "null", anonymous: "w"),
            .identify(user: "1", ["tier": "pro", "ok": "maybe", "other": 1]),
        ]
    }

    @Test func everythingIsCounted() async throws {
        let bench = try PartitionFolder()
        let health = try await health(Self.rules, in: bench, Self.drafts)
        #expect(health.events.map(\.name) == ["add_to_crt", "cart", "order"])
        let order = try #require(health.events.last)
        #expect(order.seen == 5)
        #expect(order.lastWeek == 5)
        #expect(order.otherNames == ["purchase": 2])
        #expect((order.duplicates, order.conflicts) == (1, 1))
        let late = try #require(order.lateness)
        #expect(late.nearlyAll >= .hours(2))
        #expect(late.nearlyAll.milliseconds <= TimeSpan.hours(2).milliseconds * 9 / 8 + 4_000)
        let properties = order.properties.map { property in
            "\(property.name) \(property.seen) \(property.coerced) \(property.violated) "
                + "\(property.missing)\(property.violation.map { " \($0.value)" } ?? "")"
                + "\(property.nearest.map { " near \($0)" } ?? "")"
        }
        #expect(
            properties == [
                "id 3 1 0 1", "total 3 1 1 0 \"x\"", "items 1 0 0 0", "items.sku 1 0 0 0",
                "items.qty 1 0 1 0 \"two\"", "items.x 1 0 0 0", "totl 1 0 0 0 near total",
            ]
        )
        let total = try #require(order.properties.first { $0.name == "total" })
        #expect(total.sample?.value == "5" && total.coercion?.value == "\"7.5\"")
        #expect(try #require(total.firstSeen) < (try #require(total.lastSeen)))
        #expect(order.properties.first { $0.name == "totl" }?.sample?.value == "5")
        #expect(order.properties.first { $0.name == "id" }?.missingIn != nil)
        #expect(health.events[1].skewedIn != nil)
        #expect(health.events[0].nearest == "add_to_cart")
        #expect(!health.events[0].isDeclared)
        #expect(health.events[1].skewed == 1)
        #expect(
            health.attributes.map { "\($0.name) \($0.seen) \($0.violated) \($0.otherNames)" } == [
                "ok 1 1 [:]", "plan 1 0 [\"tier\": 1]", "other 1 0 [:]",
            ]
        )
        #expect(health.refusedLinks.map(\.namespace) == ["user"])
        #expect(health.refusedLinks.first?.sample?.value == "null")
    }

    /// A corrected contract sees the past with other eyes.
    @Test func anotherContractRepairsTheView() async throws {
        let bench = try PartitionFolder()
        _ = try await health(Self.rules, in: bench, Self.drafts)
        let better = Self.rules.replacing("also known as value", with: "also known as value, totl")
            .replacing("also known as add_to_cart", with: "also known as add_to_cart, add_to_crt")
        let health = try await health(better, in: bench, [])
        #expect(health.events.map(\.name) == ["cart", "order"])
        #expect(health.events[0].seen == 2)
        let total = health.events[1].properties.first { $0.name == "total" }
        #expect(total?.seen == 4)
        #expect(total?.otherNames == ["value": 1, "totl": 1])
    }

    /// What came since the last question is added, and nothing is counted twice.
    @Test func theViewGoesOn() async throws {
        let bench = try PartitionFolder()
        let partition = try bench.open(Self.rules)
        for count in 1...3 {
            _ = try await partition.submit([.track("cart", user: "1")], wait: .fully)
            async let first = partition.dataHealth()
            async let second = partition.dataHealth()
            #expect(try await first.events[0].seen == count)
            #expect(try await second.events[0].seen == count)
        }
        await partition.stop()
    }
}
