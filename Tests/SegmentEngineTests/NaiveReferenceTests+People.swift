import EventModel
import RuleLanguage
import SegmentTesting
import Testing

private typealias World = NaiveWorld

/// The naive reference: attributes, what has lasted, people and segments.
@Suite struct NaivePersonTests {
    private let trial = Condition.attribute(path: ["plan"], .equal(.text("trial")))

    private func plan(_ at: String, _ plan: TestValue, happened: String? = nil) -> TestEntry {
        World.identify(at, ["plan": plan], happened: happened)
    }

    // MARK: - What has lasted

    @Test func aRepeatedValueKeepsTheClock() {
        #expect(
            World.turns(
                .held(trial, .hours(3)),
                [plan("2026-01-01 10:00", "trial"), plan("2026-01-01 12:00", "trial")]
            ) == ["2026-01-01 13:00 in"]
        )
    }

    @Test func aLateOtherValueTakesTheClock() {
        let entries = [
            plan("2026-01-01 10:00", "trial"),
            plan("2026-01-01 14:00", "free", happened: "2026-01-01 11:30"),
            plan("2026-01-01 14:00", "trial", happened: "2026-01-01 12:00"),
        ]
        #expect(
            World.turns(.held(trial, .hours(3)), entries) == [
                "2026-01-01 13:00 in", "2026-01-01 14:00 out", "2026-01-01 15:00 in",
            ]
        )
    }

    @Test func bothEndsBelongToTheStretch() {
        let view = World.track("2026-01-01 10:00", "view")
        let inLast = World.any("view", .last(.hours(2)))
        #expect(World.turns(.held(inLast, .hours(2)), [view]) == [])
        #expect(
            World.turns(.held(inLast, TimeSpan(milliseconds: 7_199_999)), [view])
                == ["2026-01-01 11:59:59.999 in", "2026-01-01 12:00 out"]
        )
    }

    @Test func nothingHoldsBeforeAPersonBegins() {
        let entries = [World.identify("2026-01-01 10:00", happened: "2026-01-01 09:00")]
        let none = Condition.not(World.any("view"))
        #expect(World.turns(.held(none, .hours(2)), entries) == ["2026-01-01 11:00 in"])
        #expect(
            World.turns(.held(.held(none, .hours(2)), .hours(1)), entries)
                == ["2026-01-01 12:00 in"]
        )
        #expect(
            World.turns(.held(.not(.held(none, .hours(2))), .hours(1)), entries)
                == ["2026-01-01 10:00 in", "2026-01-01 11:00 out"]
        )
    }

    // MARK: - Attributes

    @Test func changes() {
        func turns(_ from: String?, _ to: String?, _ window: Window, _ rows: [TestEntry])
            -> [String]
        {
            let change = AttributeChange(
                path: ["plan"],
                from: from.map { .equal(.text($0)) },
                to: to.map { .equal(.text($0)) },
                window: window
            )
            return World.turns(.changed(change), rows)
        }
        let first = plan("2026-01-01 10:00", "trial")
        let pro = plan("2026-01-01 11:00", "pro")
        #expect(turns(nil, nil, .ever, [first]) == [])
        #expect(turns(nil, "trial", .ever, [first]) == ["2026-01-01 10:00 in"])
        #expect(turns(nil, nil, .ever, [first, plan("2026-01-01 11:00", "trial")]) == [])
        #expect(
            turns("trial", "pro", .last(.hours(1)), [first, pro])
                == ["2026-01-01 11:00 in", "2026-01-01 12:00 out"]
        )
        #expect(turns("free", "pro", .ever, [first, pro]) == [])
        // Unsetting is a change, and so is setting again.
        let unset = plan("2026-01-01 11:00", nil)
        #expect(turns(nil, nil, .ever, [first, unset]) == ["2026-01-01 11:00 in"])
        let again = plan("2026-01-01 12:00", "trial")
        #expect(turns(nil, "trial", .last(.minutes(30)), [first, unset, again]).count == 4)
        // A row heard of late comes between.
        let between = plan("2026-01-01 13:00", "free", happened: "2026-01-01 10:30")
        #expect(turns("free", "pro", .ever, [first, pro, between]) == ["2026-01-01 13:00 in"])
    }

    @Test func timesAhead() {
        func turns(_ test: ValueTest, _ value: TestValue, _ start: String = "2026-01-01 00:00")
            -> [String]
        {
            World.turns(
                .attribute(path: ["t"], test),
                [World.identify(start, ["t": value])],
                through: "2028-12-31 00:00"
            )
        }
        let due: TestValue = "2026-01-10T12:00:00Z"
        let day = TimeSpan.days(1)
        #expect(turns(.inNext(day), due) == ["2026-01-09 12:00 in", "2026-01-10 12:00 out"])
        #expect(turns(.inLast(day), due) == ["2026-01-10 12:00 in", "2026-01-11 12:00 out"])
        #expect(turns(.longerAgo(day), due) == ["2026-01-11 12:00 in"])
        #expect(
            turns(.betweenAgo(longest: .days(3), shortest: day), due)
                == ["2026-01-11 12:00 in", "2026-01-13 12:00 out"]
        )
        #expect(turns(.inNext(day), "soon") == [])
        // 29 February is kept on 1 March where there is none.
        let week = ValueTest.anniversaryInNext(.days(7), .utc)
        #expect(
            turns(week, "1996-02-29") == [
                "2026-02-22 00:00 in", "2026-03-01 00:00 out", "2027-02-22 00:00 in",
                "2027-03-01 00:00 out", "2028-02-22 00:00 in", "2028-02-29 00:00 out",
            ]
        )
        #expect(
            turns(week, "2026-02-01") == [
                "2027-01-25 00:00 in", "2027-02-01 00:00 out", "2028-01-25 00:00 in",
                "2028-02-01 00:00 out",
            ]
        )
    }

    /// Half past two, which that night lacks, or has twice.
    @Test func anniversariesInTheNightsOfTheClocks() {
        func out(_ value: TestValue, _ start: String) -> String? {
            World.turns(
                .attribute(path: ["t"], .anniversaryInNext(.hours(6), World.berlin)),
                [World.identify(start, ["t": value])]
            ).last
        }
        #expect(out("2021-03-29T01:30:00Z", "2026-03-01 00:00") == "2026-03-29 01:00 out")
        #expect(out("2021-10-25T01:30:00Z", "2026-10-01 00:00") == "2026-10-25 00:30 out")
    }

    @Test func timesOfEvents() {
        let due = World.some("bill", .property(path: ["due"], .inNext(.hours(1))))
        #expect(
            World.turns(
                .atLeast(1, due, .ever),
                [World.track("2026-01-01 10:00", "bill", ["due": "2026-01-02T00:00:00Z"])]
            ) == ["2026-01-01 23:00 in", "2026-01-02 00:00 out"]
        )
    }

    @Test func itemsOfAnAttribute() {
        let cars = PropertyFilter.all([
            .property(path: ["key"], .equal(.text("cars"))),
            .property(path: ["value"], .greater(.number(ExactDecimal(45)))),
        ])
        let condition = Condition.attributeItems(path: ["interests"], .any, cars)
        func interests(_ at: String, _ items: [[String: TestValue]]) -> TestEntry {
            World.identify(at, ["interests": .list(items.map { .object($0) })])
        }
        let entries = [
            interests("2026-01-01 10:00", [["key": "cars", "value": 45], ["value": 46]]),
            interests("2026-01-01 11:00", [["key": "cars", "value": 46]]),
            interests("2026-01-01 12:00", []),
        ]
        #expect(
            World.turns(condition, entries) == ["2026-01-01 11:00 in", "2026-01-01 12:00 out"]
        )
        // As it was at each instant, in hindsight.
        #expect(
            World.turns(.held(condition, .minutes(30)), entries)
                == ["2026-01-01 11:30 in", "2026-01-01 12:00 out"]
        )
    }

    // MARK: - People and segments

    @Test func knownPeople() {
        let late = World.track(
            "2026-01-01 10:00",
            "view",
            happened: "2026-01-01 09:00",
            device: "a"
        )
        let link = World.identify("2026-01-01 12:00", device: "a", links: true)
        #expect(World.turns(.isKnown, [late, link]) == ["2026-01-01 12:00 in"])
        #expect(World.turns(.knownFor(.hours(2)), [late, link]) == ["2026-01-01 11:00 in"])
        #expect(World.turns(.held(.isKnown, .hours(1)), [late, link]) == ["2026-01-01 13:00 in"])
    }

    @Test func turnsOfSegments() {
        let rules: [(String, Condition)] = [
            ("a", World.any("view", .last(.hours(2)))),
            ("b", entered("a", .last(.hours(1)))),
            ("c", .turned(SegmentTurn(isEntry: false, segment: "a", window: .last(.hours(1))))),
            ("d", .inSegment("b")),
        ]
        #expect(
            World.turns(rules, [World.track("2026-01-01 10:00", "view")]) == [
                "a 2026-01-01 10:00 in", "b 2026-01-01 10:00 in", "d 2026-01-01 10:00 in",
                "b 2026-01-01 11:00 out", "d 2026-01-01 11:00 out", "a 2026-01-01 12:00 out",
                "c 2026-01-01 12:00 in", "c 2026-01-01 13:00 out",
            ]
        )
    }

    private func entered(_ segment: String, _ window: Window) -> Condition {
        .turned(SegmentTurn(isEntry: true, segment: segment, window: window))
    }

    /// The device was in, and its entry stays its own; the person was in at the same time.
    @Test func turnsStayWithTheAbsorbed() {
        let rules: [(String, Condition)] = [
            ("a", World.any("view", .last(.hours(2)))), ("b", entered("a", .ever)),
        ]
        let entries = [
            World.track("2026-01-01 09:00", "cart"),
            World.track("2026-01-01 10:00", "view", device: "x"),
            World.identify("2026-01-01 13:00", device: "x", links: true),
        ]
        #expect(World.turns(rules, entries) == [])
        #expect(
            World.turns(rules, entries, person: 3) == [
                "a 2026-01-01 10:00 in", "b 2026-01-01 10:00 in", "a 2026-01-01 12:00 out",
                "b 2026-01-01 13:00 out",
            ]
        )
    }

    @Test func segmentsInsideWhatHasLasted() {
        let rules: [(String, Condition)] = [
            ("a", World.any("view", .last(.hours(2)))),
            ("b", .held(.inSegment("a"), .hours(1))),
            ("c", .held(.not(entered("a", .last(.hours(1)))), .minutes(30))),
        ]
        let entries = [
            World.track("2026-01-01 09:00", "cart"), World.track("2026-01-01 10:00", "view"),
        ]
        #expect(
            World.turns(rules, entries) == [
                "c 2026-01-01 09:30 in", "a 2026-01-01 10:00 in", "c 2026-01-01 10:00 out",
                "b 2026-01-01 11:00 in", "c 2026-01-01 11:30 in", "a 2026-01-01 12:00 out",
                "b 2026-01-01 12:00 out",
            ]
        )
    }

    @Test func someOfSeveral() {
        let parts = [World.any("a"), World.any("b"), World.any("c")]
        let entries = [
            World.track("2026-01-01 10:00", "a"), World.track("2026-01-01 11:00", "a"),
            World.track("2026-01-01 12:00", "c"),
        ]
        #expect(World.turns(.some(atLeast: 2, of: parts), entries) == ["2026-01-01 12:00 in"])
    }

    /// FNV-1a of `salt`, 0 and `u`, mixed: 0xbb061fef98a13267 is 73.06 % of all there are.
    @Test func shares() {
        func isIn(_ percent: String, _ salt: String) -> Bool {
            let sample = Sample(percent: ExactDecimal(percent) ?? ExactDecimal(0), salt: salt)
            let entries = [World.track("2026-01-01 10:00", "view")]
            return !World.turns(.sample(sample), entries).isEmpty
        }
        #expect(!isIn("0", "salt"))
        #expect(isIn("100", "salt"))
        #expect(!isIn("73.056220626370275142", "salt"))
        #expect(isIn("73.056220626370275143", "salt"))
    }
}
