import EventModel
import RuleLanguage
import SegmentEngine
import SegmentTesting
import Testing

/// What is declared of events and attributes: other names, types, shapes.
@Suite struct ContractTests {
    private static let order = """
        event order_completed
          also known as "Order Completed", purchase
          unique by order_id
          order_id text normalized trimmed upper also known as id
          total number also known as order_total, value
          paid boolean
          due time
          items list of (sku text normalized lower trimmed, qty number also known as quantity)
          tags list of text normalized lower
        event e

        """

    private static func orders(_ condition: String, _ steps: [Story.Step], _ turns: [String])
        -> Story
    {
        Story(order + "segment s when " + condition, steps, turns)
    }

    @Test(arguments: [
        orders("order_completed in last 1 hour", [did("1h", "purchase")], ["in 1h", "out 2h"]),
        orders(
            "at least 3 order_completed in last 9 hours",
            [did("1h", "order_completed"), did("2h", "Order Completed"), did("3h", "purchase")],
            ["in 3h", "out 10h"]
        ),
        orders("any event in last 1 hour", [did("1h", "purchase")], ["in 1h", "out 2h"]),
        orders("any event like \"order_*\"", [did("1h", "purchase")], ["in 1h"]),
        // Another name that fits a pattern which the event's own does not fit.
        orders("any event like \"pur*\"", [did("1h", "purchase")], []),
        orders("any event like \"pur*\"", [did("1h", "purse_lost")], ["in 1h"]),
        orders(
            "e then order_completed within 1 hour",
            [did("1h", "e"), did("90m", "purchase")],
            ["in 90m"]
        ),
    ])
    func otherNamesOfEvents(_ story: Story) { story.check() }

    @Test(arguments: [
        orders(
            "order_completed where total > 10",
            [did("1h", "purchase", ["order_total": "12.50"])],
            ["in 1h"]
        ),
        // The canonical name counts before others, these in the order of the declaration.
        orders(
            "order_completed where total > 10",
            [did("1h", "purchase", ["total": 1, "order_total": 20])],
            []
        ),
        orders(
            "order_completed where total > 10",
            [did("1h", "purchase", ["value": 1, "order_total": 20])],
            ["in 1h"]
        ),
        orders(
            "sum of order_completed.total in last 9 hours >= 10",
            [
                did("1h", "purchase", ["value": "4.5"]),
                did("2h", "order_completed", ["total": .number("5.5")]),
            ],
            ["in 2h", "out 10h"]
        ),
        orders(
            "average of order_completed.total in last 9 hours >= 5",
            [did("1h", "purchase", ["value": " 5 "])],
            ["in 1h", "out 10h"]
        ),
        orders(
            "sum of order_completed.items.qty >= 3",
            [did("1h", "purchase", ["items": [["quantity": "1"], ["qty": 2]]])],
            ["in 1h"]
        ),
        orders(
            "order_completed where any items (sku = \"a-1\" and qty >= 2)",
            [
                did(
                    "1h",
                    "purchase",
                    ["items": [["sku": "A-1", "qty": 1], ["sku": "b", "qty": 2]]]
                ),
                did("2h", "purchase", ["items": [["sku": " A-1 ", "quantity": "2"]]]),
            ],
            ["in 2h"]
        ),
        orders(
            "distinct order_completed.items.sku >= 2",
            [
                did("1h", "purchase", ["items": [["sku": "A"], ["sku": "a "]]]),
                did("2h", "purchase", ["items": [["sku": "B"]]]),
            ],
            ["in 2h"]
        ),
        orders(
            "order_completed where tags contains \"gift\"",
            [did("1h", "purchase", ["tags": ["GIFT", 5]])],
            ["in 1h"]
        ),
        orders(
            "last order_completed.order_id = \"A-1\"",
            [did("1h", "purchase", ["id": " a-1"])],
            ["in 1h"]
        ),
        orders(
            "order_completed where paid is true",
            [did("1h", "purchase", ["paid": "no"]), did("2h", "purchase", ["paid": "True"])],
            ["in 2h"]
        ),
        orders(
            "order_completed where paid is true",
            [did("1h", "purchase", ["paid": 2]), did("2h", "purchase", ["paid": 1])],
            ["in 2h"]
        ),
        // A value that is none of its type is missing.
        orders(
            "order_completed where total is set",
            [did("1h", "purchase", ["total": "12 EUR"]), did("2h", "purchase", ["total": true])],
            []
        ),
    ])
    func propertiesAsDeclared(_ story: Story) { story.check() }

    /// Times come as text, as seconds and as milliseconds.
    @Test(arguments: [
        TestValue.text("2026-01-01T03:00:00Z"), .text(" 2026-01-01T04:00:00+01:00"),
        .number("1767236400"), .number("1767236400000"), .text("1767236400"),
        .number("1767236400.000"),
    ])
    func times(_ value: TestValue) {
        Self.orders(
            "last order_completed has due in next 1 hour",
            [did("1h", "purchase", ["due": value])],
            ["in 2h", "out 3h"]
        ).check()
    }

    @Test(arguments: [
        TestValue.text("tomorrow"), .number("1767236400.0001"), .number("1e20"), true, nil,
    ])
    func whatIsNoTime(_ value: TestValue) {
        Self.orders(
            "order_completed where due is set",
            [did("1h", "purchase", ["due": value])],
            []
        ).check()
    }

    @Test func keysAreReadToo() {
        Self.orders(
            "at least 2 order_completed",
            [
                did("1h", "order_completed", ["order_id": "a-1"]),
                did("2h", "purchase", ["id": " A-1"]), did("3h", "purchase", ["id": "A-2"]),
            ],
            ["in 3h"]
        ).check()
    }

    private static let attributes = """
        attribute plan text normalized lower also known as tier
        attribute value number also known as lifetime_value
        attribute trial_ends time
        attribute interests list of (key text normalized lower, value number)

        """

    @Test(arguments: [
        Story(
            attributes + "segment s when person.plan = \"pro\"",
            [set("1h", ["tier": "PRO"])],
            ["in 1h"]
        ),
        Story(
            attributes + "segment s when person.plan = \"pro\"",
            [set("1h", ["tier": "PRO"]), set("2h", ["plan": "free"]), set("3h", ["tier": "Pro"])],
            ["in 1h", "out 2h", "in 3h"]
        ),
        Story(
            attributes + "segment s when person.plan changed in last 1 hour",
            [set("1h", ["tier": "PRO"]), set("2h", ["plan": "pro"]), set("3h", ["plan": "free"])],
            ["in 3h", "out 4h"]
        ),
        Story(
            attributes + "segment s when person.plan = \"pro\" for 2 hours",
            [set("1h", ["tier": "PRO"]), set("2h", ["plan": "pro"])],
            ["in 3h"]
        ),
        Story(
            attributes + "segment s when person.value >= 10",
            [set("1h", ["lifetime_value": "12"]), set("2h", ["value": "a lot"])],
            ["in 1h", "out 2h"]
        ),
        Story(
            attributes + "segment s when person.trial_ends in next 1 hour",
            [set("1h", ["trial_ends": .number("1767236400")])],
            ["in 2h", "out 3h"]
        ),
        Story(
            attributes + "segment s when any person.interests (key = \"cars\" and value > 45)",
            [set("1h", ["interests": [["key": "CARS", "value": "50"]]])],
            ["in 1h"]
        ),
    ])
    func attributesAsDeclared(_ story: Story) { story.check() }

    /// What rules compare with is brought into the declared shape, too.
    @Test(arguments: [
        "person.plan = \"PRO\"", "person.plan one of (\"x\", \"Pro\")", "person.plan like \"P*O\"",
        "person.plan changed to \"PRO\"", "any person.interests (key = \"Cars\")",
    ])
    func valuesInRulesAreShaped(condition: String) {
        Story(
            Self.attributes + "segment s when \(condition)",
            [set("1h", ["tier": "pro", "interests": [["key": "cars"]]])],
            ["in 1h"]
        ).check()
    }

    /// A list that is looked at as a whole is told apart by all that is in it.
    @Test func listsChangeWithAnyPartOfThem() {
        Story(
            "attribute interests list of (key text, value number)\n"
                + "segment s when person.interests changed in last 1 hour",
            [
                set("1h", ["interests": [["key": "cars", "other": 1]]]),
                set("2h", ["interests": [["key": "boats", "other": 1]]]),
                set("4h", ["interests": [["key": "boats", "other": 2]]]),
            ],
            ["in 2h", "out 3h", "in 4h", "out 5h"]
        ).check()
    }

    // MARK: - Repair

    /// The wrong names are sent for a while; then they are declared as other names.
    @Test func anAliasPutsThePastRight() {
        let world = EngineWorld(
            "event order_completed\n  total number\n"
                + "segment s when sum of order_completed.total in last 9 days >= 30",
            "event order_completed\n  also known as purchase\n"
                + "  total number also known as order_total\n"
                + "segment s when sum of order_completed.total in last 9 days >= 30"
        )
        world.putRulesInForce("0h")
        world.step("1h", [.track("purchase", user: "1", ["total": 10])])
        world.step("2h", [.track("order_completed", user: "1", ["order_total": "20"])])
        #expect(world.memberCount("s") == 0)
        world.putRulesInForce("3h")
        world.step("4h", [.track("x", user: "2")])
        #expect(world.memberCount("s") == 1)
        #expect(world.transitions.map(\.cause) == [.rules])
        #expect(world.transitions.map(\.isAnnounced) == [false])
    }

    /// What is declared of other properties, layout and comments are no change of a segment.
    @Test func unusedDeclarationsChangeNothing() {
        let before = EngineWorld.rules(
            "event e\n  total number\nsegment s when e where total > 5"
        )
        let after = EngineWorld.rules(
            "event e\n  total number\n  other text also known as o\nevent f also known as g\n"
                + "attribute a text\nsegment s when e where total > 5"
        )
        let other = EngineWorld.rules(
            "event e\n  total number also known as t\nsegment s when e where total > 5"
        )
        #expect(before.ruleHashes == after.ruleHashes)
        #expect(before.ruleHashes != other.ruleHashes)
    }

    // MARK: - Identifiers

    @Test func blockedValuesIdentifyNobody() {
        let world = EngineWorld(
            """
            identifier user blocks "null", "-1", like "00000*"
            segment s when person is known
            segment all when everyone
            """
        )
        world.putRulesInForce("0h")
        for (index, value) in ["null", "-1", "000001"].enumerated() {
            world.step("\(index + 1)h", [.track("e", user: value, anonymous: "a\(index)")])
        }
        #expect(world.memberCount("s") == 0)
        #expect(world.memberCount("all") == 3)
        #expect(world.irregularities.refusedLinks == 3)
        // One that names nobody else is kept, and is about nobody.
        world.step("5h", [.track("e", user: "null")])
        world.step("6h", [.track("e", user: "nullable")])
        #expect(world.memberCount("s") == 1)
        #expect(world.memberCount("all") == 4)
    }

    /// What is no longer blocked identifies again.
    @Test func blocksEndWithTheirRules() {
        let world = EngineWorld(
            "identifier user blocks \"x\"\nsegment s when person is known",
            "segment s when person is known"
        )
        world.putRulesInForce("0h")
        world.step("1h", [.track("e", user: "x", anonymous: "a")])
        world.putRulesInForce("2h")
        world.step("3h", [.track("e", user: "x", anonymous: "a")])
        #expect(world.memberCount("s") == 1)
    }

    /// Who was linked as another namespace's before it became a name of `user` is not known for it, also
    /// after a restart.
    @Test func aRestartKnowsWhoWasKnown() throws {
        let world = EngineWorld(
            "identifier crm\nsegment k when person is known",
            "identifier user also known as crm\nsegment k when person is known"
        )
        func track(_ names: Identifier...) -> EntryDraft {
            var draft = EntryDraft.track("e", user: nil)
            draft.identifiers = names
            return draft
        }
        let crm = Identifier(namespace: "crm", text: "7")
        world.checkpointAfter = 4
        world.putRulesInForce("0h")
        world.step("1h", [track(crm, .anonymous("a"))])
        world.putRulesInForce("2h")
        world.step("3h", [.track("e", user: "z")])
        world.step("4h", [track(.user("u9"), crm)])
        world.step("5h", [.track("e", user: "z")])
        let end = EngineWorld.instant("6h")
        world.proceed(to: end)
        if let (again, before) = try world.restarted(through: end) {
            #expect(again.transitions == Array(world.transitions.dropFirst(before)))
        }
    }

    @Test func aNamespaceHasOtherNames() {
        let world = EngineWorld(
            """
            identifier phone also known as phone_number
            identifier user also known as customer
            segment s when at least 2 e
            segment k when person is known
            """
        )
        world.putRulesInForce("0h")
        func track(_ namespace: String, _ text: String) -> EntryDraft {
            var draft = EntryDraft.track("e", user: nil)
            draft.identifiers = [Identifier(namespace: namespace, text: text)]
            return draft
        }
        world.step("1h", [track("phone", "+1")])
        world.step("2h", [track("phone_number", "+1")])
        #expect(world.memberCount("s") == 1)
        world.step("3h", [track("phone_number", "+2")])
        world.step("4h", [track("phone", "+2")])
        #expect(world.memberCount("s") == 2)
        #expect(world.memberCount("k") == 0)
        world.step("5h", [track("customer", "c-1")])
        world.step("6h", [track("user", "c-1")])
        #expect(world.memberCount("k") == 1)
        #expect(world.memberCount("s") == 3)
    }

    @Test func settingsHoldFromTheirRulesOn() {
        let world = EngineWorld(
            "segment s when at least 2 e",
            "settings duplicate horizon 1 hour skew tolerance 1 second\nsegment s when at least 2 e"
        )
        world.putRulesInForce("0h")
        func message(_ at: Instant? = nil) -> EntryDraft {
            var draft = EntryDraft.track("e", user: "1", at: at)
            draft.messageID = "m"
            return draft
        }
        world.step("1h", [message()])
        world.step("2h", [message()])
        #expect(world.memberCount("s") == 0)
        world.putRulesInForce("3h")
        world.step("4h", [message()])
        #expect(world.memberCount("s") == 1)
        // Two seconds ahead are taken as now, so nothing is left of it at 5h and 1 hour.
        let early = EngineWorld(
            "settings skew tolerance 1 second\nsegment t when e in last 1 hour"
        )
        early.putRulesInForce("0h")
        early.step("5h", [.track("e", user: "1", at: EngineWorld.instant("5h") + .seconds(2))])
        early.proceed(to: EngineWorld.instant("6h") + TimeSpan(milliseconds: 1))
        #expect(early.memberCount("t") == 0)
    }

    @Test(arguments: [false, true]) func settingsOfThePastHoldForWhatIsFoldedAgain(refolds: Bool) {
        let world = EngineWorld(
            "segment t when e in last 1 hour",
            "settings skew tolerance 1 second\nsegment t when e in last 1 hour"
        )
        world.alwaysRefolds = refolds
        world.putRulesInForce("0h")
        // Two seconds ahead: as said by the settings of its time, now by those that came later.
        world.step("1h", [.track("e", user: "1", at: EngineWorld.instant("1h") + .seconds(2))])
        world.putRulesInForce("90m")
        world.step("100m", [.track("f", user: "1")])
        world.proceed(to: EngineWorld.instant("2h") + .seconds(1))
        #expect(world.memberCount("t") == 1)
        world.proceed(to: EngineWorld.instant("2h") + .seconds(3))
        #expect(world.memberCount("t") == 0)
    }
}
