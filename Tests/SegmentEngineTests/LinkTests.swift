import EventModel
import RuleLanguage
import SegmentEngine
import SegmentTesting
import Testing

/// Links of all namespaces: e-mail before account, refused links, aliases, merges, suppression.
@Suite struct LinkTests {
    private static let rules = """
        segment two when at least 2 cart in last 1 day
        segment spent when sum of order.total >= 10
        """

    private static func entry(_ kind: EntryKind, _ identifiers: Identifier...) -> EntryDraft {
        var draft = EntryDraft(kind: kind)
        draft.identifiers = identifiers
        return draft
    }

    private static func cart(_ identifiers: Identifier...) -> EntryDraft {
        var draft = EntryDraft.track("cart")
        draft.identifiers = identifiers
        return draft
    }

    private static func alias(_ previous: String, of user: String) -> EntryDraft {
        var draft = entry(.merge, .user(user), .user(previous), .anonymous(previous))
        draft.isAlias = true
        return draft
    }

    private static func world(_ steps: (String, [EntryDraft])...) -> EngineWorld {
        let world = EngineWorld(rules)
        world.putRulesInForce("0")
        for (at, drafts) in steps { world.step(at, drafts) }
        return world
    }

    @Test func theMailComesBeforeTheAccount() {
        let world = Self.world(
            ("1h", [Self.cart(.anonymous("a"))]),
            ("2h", [Self.entry(.identify, .email(" Ann@Example.com "), .anonymous("a"))]),
            ("3h", [Self.cart(.email("ann@example.COM"))]),
            ("4h", [Self.entry(.identify, .user("1"), .email("ann@example.com"))])
        )
        #expect(world.lines == ["3h entered two email:ann@example.com,anonymous:a event #4"])
        #expect(world.state(of: PersonID(2))?.claims.count == 3)
    }

    @Test func anEmailOfAnotherUserStaysThereAndTheRestIsApplied() {
        let world = Self.world(
            ("1h", [Self.entry(.identify, .user("1"), .email("a@b"))]),
            ("2h", [Self.cart(.user("2"), .email("a@b"))]),
            ("3h", [Self.cart(.user("2"))])
        )
        #expect(world.lines == ["3h entered two user:2 event #4"])
        let refusals = world.state(of: PersonID(3))?.refusals ?? []
        #expect(refusals.map(\.sequence) == [SequenceNumber(3)])
        #expect(refusals.first?.holder == PersonID(2))
    }

    @Test func theHighestRankingNamespaceOfAKnownOneSaysWho() {
        let world = Self.world(
            ("1h", [Self.entry(.identify, .user("1"), .anonymous("a"))]),
            ("2h", [Self.entry(.identify, .user("2"), .email("b@c"))]),
            // Of the two known ones the e-mail says who; the device moves.
            ("3h", [Self.cart(.anonymous("a"), .email("b@c"))]),
            ("4h", [Self.cart(.anonymous("a"))])
        )
        #expect(world.lines == ["4h entered two user:2,email:b@c,anonymous:a event #5"])
    }

    @Test func anAliasMeansAUserIfOneIsCalledSoElseADevice() {
        let device = Self.world(
            ("1h", [Self.cart(.anonymous("x"))]),
            ("2h", [Self.alias("x", of: "1")]),
            ("3h", [Self.cart(.user("1"))])
        )
        #expect(device.lines == ["3h entered two user:1,anonymous:x event #4"])
        let user = Self.world(
            ("1h", [Self.cart(.user("x")), Self.cart(.anonymous("x"))]),
            ("2h", [Self.alias("x", of: "1")]),
            ("3h", [Self.cart(.user("1"))])
        )
        #expect(user.lines == ["3h entered two user:x,user:1 event #5"])
    }

    @Test func twoKnownOnesJoinByAnExplicitMergeOnlyAndThePrimaryStays() {
        let world = Self.world(
            ("1h", [Self.cart(.user("old"))]),
            ("2h", [Self.cart(.user("new"))]),
            ("3h", [Self.entry(.merge, .user("new"), .user("old"))]),
            ("4h", [Self.entry(.merge, .user("new"), .user("old"))]),
            ("5h", [Self.entry(.merge, .user("old"), .user("new"))])
        )
        #expect(world.lines == ["3h entered two user:new,user:old merge #4"])
        #expect(world.state(of: PersonID(2))?.mergedInto == PersonID(3))
        #expect(world.state(of: PersonID(3))?.merges.map(\.absorbed) == [PersonID(2)])
    }

    @Test func knownBeatsAnonymousWhicheverTheMergeNamesFirst() {
        let world = Self.world(
            ("1h", [Self.cart(.anonymous("a"))]),
            ("2h", [Self.cart(.user("1"))]),
            ("3h", [Self.entry(.merge, .anonymous("a"), .user("1"))])
        )
        #expect(world.lines == ["3h entered two user:1,anonymous:a merge #4"])
        #expect(world.state(of: PersonID(2))?.mergedInto == PersonID(3))
    }

    @Test func aMergeOfALinkedDeviceMergesItsHolder() {
        let world = Self.world(
            ("1h", [Self.cart(.user("1"), .anonymous("a"))]),
            ("2h", [Self.cart(.user("2"))]),
            ("3h", [Self.entry(.merge, .user("2"), .anonymous("a"))])
        )
        #expect(world.lines == ["3h entered two user:2,user:1,anonymous:a merge #4"])
    }

    @Test func mergesInAChainAndACircleEndInOnePerson() {
        let world = Self.world(
            ("1h", [Self.cart(.user("1")), Self.cart(.user("2")), Self.cart(.user("3"))]),
            ("2h", [Self.entry(.merge, .user("2"), .user("1"))]),
            ("3h", [Self.entry(.merge, .user("3"), .user("2"))]),
            ("4h", [Self.entry(.merge, .user("1"), .user("3"))]),
            ("5h", [Self.entry(.merge, .user("1"), .user("1"))])
        )
        #expect(
            world.lines
                == [
                    "2h entered two user:2,user:1 merge #5",
                    "3h exited two user:2,user:1 merge #6",
                    "3h entered two user:3,user:2,user:1 merge #6",
                ]
        )
        #expect(world.state(of: PersonID(2))?.mergedInto == PersonID(4))
        #expect(world.state(of: PersonID(3))?.mergedInto == PersonID(4))
    }

    @Test func theHundredAndFirstIdentifierIsRefused() {
        let world = EngineWorld(Self.rules)
        world.putRulesInForce("0")
        for number in 1...100 {
            world.step(
                "\(number)m",
                [Self.entry(.identify, .user("1"), .anonymous("a\(number)"))]
            )
        }
        // The user and 99 devices fit.
        #expect(world.state(of: PersonID(2))?.claims.count == 100)
        #expect(world.state(of: PersonID(2))?.refusals.map(\.sequence) == [SequenceNumber(101)])
        #expect(world.state(of: PersonID(2))?.refusals.first?.holder == nil)
    }

    @Test func undeclaredNamespacesIdentifyNobody() {
        let card = Identifier(namespace: "card", text: "7")
        func rules(_ namespaces: [String]) -> RuleSet {
            RuleSet(segments: EngineWorld.rules(Self.rules).segments, namespaces: namespaces)
        }
        let world = EngineWorld(ruleSets: [rules([]), rules(["card"])])
        world.putRulesInForce("0")
        world.step("1h", [Self.cart(card), Self.cart(.anonymous("a"), card)])
        world.putRulesInForce("2h")
        world.step("3h", [Self.entry(.identify, .anonymous("a"), card)])
        world.step("4h", [Self.cart(card)])
        #expect(world.lines == ["4h entered two card:7,anonymous:a event #6"])
    }

    @Test func whatNamesASuppressedIdentifierHasNoEffect() {
        var on = Self.entry(.suppress, .email("a@b"))
        on.isOn = true
        let world = Self.world(
            ("1h", [Self.cart(.user("1"), .email("a@b"))]),
            ("2h", [on]),
            ("3h", [Self.cart(.user("1"), .email("A@B"))]),
            ("4h", [Self.entry(.suppress, .email("a@b"))]),
            ("5h", [Self.cart(.user("1"), .email("a@b"))])
        )
        #expect(world.lines == ["5h entered two user:1,email:a@b event #6"])
        #expect(world.suppressed == [SequenceNumber(4)])
    }
}

/// `unique by`: an event of a type counts once per key and person, whatever its message id.
@Suite struct UniqueKeyTests {
    private static let key = UniqueKey(event: "order", paths: [["id"]])

    private static func world() -> EngineWorld {
        let events = EventSelection(names: ["order"], filter: nil, uniqueKeys: [key])
        let condition = Condition.sum(
            of: SummedProperty(events: events, path: ["total"]),
            window: .ever,
            reaches: SumBound(number: ExactDecimal(10), isStrict: false)
        )
        let rule = SegmentRule(name: "spent", title: "", note: "", condition: condition)
        let world = EngineWorld(ruleSets: [RuleSet(segments: [rule], uniqueKeys: [key])])
        world.putRulesInForce("0")
        return world
    }

    private static func order(
        _ id: TestValue,
        _ total: Int,
        user: String? = nil,
        anonymous: String? = nil
    ) -> EntryDraft {
        .track(
            "order",
            user: user,
            anonymous: anonymous,
            ["id": id, "total": .number("\(total)")]
        )
    }

    @Test func aSecondOrderOfTheSameNumberCountsNotEvenYearsLater() {
        let world = Self.world()
        world.step("1h", [Self.order("o-1", 6, user: "1")])
        world.step("900d", [Self.order("o-1", 6, user: "1"), Self.order("o-1", 7, user: "1")])
        #expect(world.lines.isEmpty)
        #expect(world.duplicates.values.sorted() == [SequenceNumber(2), SequenceNumber(2)])
        #expect(world.conflicts == [SequenceNumber(4)])
        world.step("901d", [Self.order("o-2", 6, user: "1")])
        #expect(world.lines.count == 1)
    }

    @Test func anotherPersonsOrderOfThatNumberCounts() {
        let world = Self.world()
        world.step("1h", [Self.order("o-1", 10, user: "1"), Self.order("o-1", 10, user: "2")])
        #expect(world.lines.count == 2)
    }

    @Test func aMergeDecidesAnewAndTheFirstOfBothCounts() {
        let world = Self.world()
        world.step("1h", [Self.order("o-1", 4, anonymous: "a")])
        world.step("2h", [Self.order("o-1", 30, user: "1"), Self.order("o-2", 5, user: "1")])
        world.step("3h", [.track("view", user: "1", anonymous: "a")])
        // 4 + 5: the second o-1 is a duplicate now.
        #expect(
            world.lines == [
                "2h entered spent user:1 event #4",
                "3h exited spent user:1,anonymous:a merge #5",
            ]
        )
    }

    @Test(
        arguments: [
            ("o-1", "o-1", true), ("5", 5, true), (5, .number("5.0"), true),
            ("05", 5, false), (nil, nil, false), ("", "", false), (true, true, true),
            (true, "true", false), (.list(["x"]), .list(["x"]), false),
        ] as [(TestValue, TestValue, Bool)]
    )
    func keysAreEqualAsValuesAre(_ first: TestValue, _ second: TestValue, _ isSame: Bool) {
        let world = Self.world()
        world.step("1h", [Self.order(first, 5, user: "1"), Self.order(second, 5, user: "1")])
        #expect(world.lines.isEmpty == isSame)
    }
}
