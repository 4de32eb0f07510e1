import EventModel
import RuleLanguage
import SegmentTesting
import Testing

private typealias World = NaiveWorld

/// The naive reference against facts worked out by hand from the meaning: windows.
@Suite struct NaiveWindowTests {
    private func turns(_ window: Window, _ entries: TestEntry...) -> [String] {
        World.turns(World.any("view", window), entries)
    }

    @Test func windowsThatSlide() {
        let view = World.track("2026-01-01 10:00", "view")
        #expect(turns(.last(.hours(2)), view) == ["2026-01-01 10:00 in", "2026-01-01 12:00 out"])
        let between = Window.betweenAgo(longest: .hours(3), shortest: .hours(1))
        #expect(turns(between, view) == ["2026-01-01 11:00 in", "2026-01-01 13:00 out"])
        #expect(turns(.longerAgo(.hours(1)), view) == ["2026-01-01 11:00 in"])
        #expect(turns(.ever, view) == ["2026-01-01 10:00 in"])
    }

    @Test func lateEventsCountAsIfOnTime() {
        let late = World.track("2026-01-01 11:00", "view", happened: "2026-01-01 10:00")
        #expect(
            turns(.last(.hours(2)), late) == ["2026-01-01 11:00 in", "2026-01-01 12:00 out"]
        )
        let tooLate = World.track("2026-01-01 12:00", "view", happened: "2026-01-01 10:00")
        #expect(turns(.last(.hours(2)), tooLate) == [])
        let ahead = World.track("2026-01-01 10:00", "view", happened: "2026-01-01 10:05")
        #expect(
            turns(.last(.hours(2)), ahead) == ["2026-01-01 10:00 in", "2026-01-01 12:05 out"]
        )
        let skewed = World.track("2026-01-01 10:00", "view", happened: "2026-01-01 10:05:00.001")
        #expect(
            turns(.last(.hours(2)), skewed) == ["2026-01-01 10:00 in", "2026-01-01 12:00 out"]
        )
    }

    @Test func dates() {
        let window = Window.dates(
            from: World.at("2026-01-02 00:00"),
            to: World.at("2026-01-03 00:00")
        )
        func isIn(_ time: String) -> Bool {
            turns(window, World.track("2026-01-05 00:00", "view", happened: time)).count == 1
        }
        #expect(!isIn("2026-01-01 23:59:59.999"))
        #expect(isIn("2026-01-02 00:00"))
        #expect(isIn("2026-01-02 23:59:59.999"))
        #expect(!isIn("2026-01-03 00:00"))
    }

    /// The night in which an hour is missing: the day has 23 hours.
    @Test func theDayInSpring() {
        let today = Window.calendar(.day, count: 1, World.berlin)
        let before = World.track("2026-03-28 22:59:59.999", "view")
        #expect(turns(today, before) == ["2026-03-28 22:59:59.999 in", "2026-03-28 23:00 out"])
        let first = World.track("2026-03-28 23:00", "view")
        #expect(turns(today, first) == ["2026-03-28 23:00 in", "2026-03-29 22:00 out"])
        let yesterday = Window.yesterday(World.berlin)
        #expect(turns(yesterday, first) == ["2026-03-29 22:00 in", "2026-03-30 22:00 out"])
    }

    /// The night in which an hour comes twice: the day has 25 hours.
    @Test func theDayInAutumn() {
        let today = Window.calendar(.day, count: 1, World.berlin)
        let first = World.track("2026-10-24 22:00", "view")
        #expect(turns(today, first) == ["2026-10-24 22:00 in", "2026-10-25 23:00 out"])
        let last = World.track("2026-10-25 22:59:59.999", "view")
        #expect(turns(today, last) == ["2026-10-25 22:59:59.999 in", "2026-10-25 23:00 out"])
        let days = Window.calendar(.day, count: 2, World.berlin)
        #expect(turns(days, last) == ["2026-10-25 22:59:59.999 in", "2026-10-26 23:00 out"])
    }

    @Test func weeksMonthsAndYears() {
        let sunday = World.track("2026-03-29 21:59:59.999", "view")
        #expect(
            turns(.calendar(.week, count: 1, World.berlin), sunday)
                == ["2026-03-29 21:59:59.999 in", "2026-03-29 22:00 out"]
        )
        let monday = World.track("2026-03-29 22:00", "view")
        #expect(
            turns(.calendar(.week, count: 1, World.berlin), monday)
                == ["2026-03-29 22:00 in", "2026-04-05 22:00 out"]
        )
        // Half past midnight of 1 February in Berlin.
        let february = World.track("2026-01-31 23:30", "view")
        #expect(
            turns(.calendar(.month, count: 2, World.berlin), february)
                == ["2026-01-31 23:30 in", "2026-03-31 22:00 out"]
        )
        #expect(
            turns(.calendar(.month, count: 1, .utc), february)
                == ["2026-01-31 23:30 in", "2026-02-01 00:00 out"]
        )
        let old = World.track("2025-12-31 22:00", "view")
        #expect(
            turns(.calendar(.year, count: 1, World.berlin), old)
                == ["2025-12-31 22:00 in", "2025-12-31 23:00 out"]
        )
    }

    @Test func sinceTheLastOfAnother() {
        let window = Window.sinceLast(World.some("order"))
        let view = World.track("2026-01-01 10:00", "view")
        #expect(turns(window, view) == ["2026-01-01 10:00 in"])
        #expect(
            turns(window, view, World.track("2026-01-01 10:00:00.001", "order"))
                == ["2026-01-01 10:00 in", "2026-01-01 10:00:00.001 out"]
        )
        #expect(turns(window, view, World.track("2026-01-01 10:00", "order")).count == 1)
        // The latest one itself does not count.
        #expect(
            World.turns(World.any("order", window), [World.track("2026-01-01 10:00", "order")])
                == []
        )
    }

    @Test func aMessageSentAgainIsNoEvent() {
        let twice = Condition.atLeast(2, World.some("view"), .ever)
        let first = World.track("2026-01-01 10:00", "view", id: "m")
        let soon = World.track("2026-01-08 09:59:59.999", "view", id: "m")
        let later = World.track("2026-01-08 10:00", "view", id: "m")
        #expect(World.turns(twice, [first, soon]) == [])
        #expect(World.turns(twice, [first, soon, later]) == ["2026-01-08 10:00 in"])
    }
}

/// The naive reference: events in their order, figures, days.
@Suite struct NaiveEventTests {
    private func sequence(
        isNegated: Bool = false,
        within: TimeSpan? = .hours(1),
        same: [String]? = nil,
        second: String = "cart",
        window: Window = .ever
    ) -> Condition {
        .sequence(
            EventSequence(
                first: World.some("view"),
                second: World.some(second),
                isNegated: isNegated,
                within: within,
                same: same,
                window: window
            )
        )
    }

    @Test func oneThenAnother() {
        let view = World.track("2026-01-01 10:00", "view")
        let soon = World.track("2026-01-01 10:59:59.999", "cart")
        #expect(World.turns(sequence(), [view, soon]) == ["2026-01-01 10:59:59.999 in"])
        let late = World.track("2026-01-01 11:00", "cart")
        #expect(World.turns(sequence(), [view, late]) == [])
        #expect(World.turns(sequence(within: nil), [view, late]) == ["2026-01-01 11:00 in"])
        // At the same time, in either order of arrival; but nothing follows itself.
        let same = World.track("2026-01-01 10:30", "cart", happened: "2026-01-01 10:00")
        #expect(World.turns(sequence(), [view, same]) == ["2026-01-01 10:30 in"])
        #expect(World.turns(sequence(second: "view"), [view]) == [])
    }

    @Test func bothLieInTheWindow() {
        let view = World.track("2026-01-01 10:00", "view")
        let cart = World.track("2026-01-01 10:30", "cart")
        #expect(
            World.turns(sequence(window: .last(.hours(2))), [view, cart])
                == ["2026-01-01 10:30 in", "2026-01-01 12:00 out"]
        )
    }

    @Test func oneThenNoOther() {
        let view = World.track("2026-01-01 10:00", "view")
        #expect(World.turns(sequence(isNegated: true), [view]) == ["2026-01-01 11:00 in"])
        let inTime = World.track("2026-01-01 10:59:59.999", "cart")
        #expect(World.turns(sequence(isNegated: true), [view, inTime]) == [])
        let tooLate = World.track("2026-01-01 11:00", "cart")
        #expect(World.turns(sequence(isNegated: true), [view, tooLate]) == ["2026-01-01 11:00 in"])
        // The other one, heard of late, ends it.
        let late = World.track("2026-01-01 12:00", "cart", happened: "2026-01-01 10:30")
        #expect(
            World.turns(sequence(isNegated: true), [view, late])
                == ["2026-01-01 11:00 in", "2026-01-01 12:00 out"]
        )
        #expect(
            World.turns(sequence(isNegated: true, window: .last(.hours(3))), [view])
                == ["2026-01-01 11:00 in", "2026-01-01 13:00 out"]
        )
    }

    @Test func theSameProperty() {
        let view = World.track("2026-01-01 10:00", "view", ["sku": 1])
        let other = World.track("2026-01-01 10:10", "cart", ["sku": 2])
        let spelt = World.track("2026-01-01 10:20", "cart", ["sku": "1"])
        let without = World.track("2026-01-01 10:30", "cart")
        #expect(World.turns(sequence(same: ["sku"]), [view, other, without]) == [])
        #expect(World.turns(sequence(same: ["sku"]), [view, spelt]) == ["2026-01-01 10:20 in"])
        #expect(
            World.turns(sequence(isNegated: true, same: ["sku"]), [view, other])
                == ["2026-01-01 11:00 in"]
        )
        let list = World.track("2026-01-01 10:00", "view", ["sku": .list([1])])
        let again = World.track("2026-01-01 10:10", "cart", ["sku": .list([1])])
        #expect(World.turns(sequence(same: ["sku"]), [list, again]) == [])
    }

    @Test func twoDevicesOfOnePerson() {
        let entries = [
            World.track("2026-01-01 10:00", "view", device: "a1"),
            World.track("2026-01-01 10:10", "cart", device: "a2"),
            World.identify("2026-01-01 12:00", device: "a1", links: true),
            World.identify("2026-01-01 13:00", device: "a2", links: true),
        ]
        #expect(World.turns(sequence(), entries) == ["2026-01-01 13:00 in"])
        #expect(
            World.turns(sequence(isNegated: true), entries)
                == ["2026-01-01 11:00 in", "2026-01-01 13:00 out"]
        )
    }

    @Test func theFirstAndTheLast() {
        func extreme(_ isLast: Bool, _ filter: PropertyFilter?, _ window: Window) -> Condition {
            .extreme(
                ExtremeEvent(
                    isLast: isLast,
                    events: World.some("order"),
                    filter: filter,
                    window: window
                )
            )
        }
        let orders = [
            World.track("2026-01-01 10:00", "order", ["total": 5]),
            World.track("2026-01-01 10:30", "order", ["total": 7]),
        ]
        #expect(
            World.turns(extreme(true, nil, .longerAgo(.hours(1))), orders)
                == ["2026-01-01 11:30 in"]
        )
        #expect(
            World.turns(extreme(false, nil, .last(.hours(1))), orders)
                == ["2026-01-01 10:00 in", "2026-01-01 11:00 out"]
        )
        let seven = PropertyFilter.property(path: ["total"], .equal(.number(ExactDecimal(7))))
        #expect(World.turns(extreme(true, seven, .ever), orders) == ["2026-01-01 10:30 in"])
        #expect(World.turns(extreme(false, seven, .ever), orders) == [])
        // Where there is no event, not even what is not so.
        let view = [World.track("2026-01-01 10:00", "view")]
        #expect(World.turns(extreme(true, .not(seven), .ever), view) == [])
    }

    @Test func figures() {
        func isIn(_ aggregate: Aggregate, _ test: NumberTest, _ values: [TestValue]) -> Bool {
            let property = SummedProperty(events: World.some("e"), path: ["items", "n"])
            let items = TestValue.list(values.map { .object(["n": $0]) })
            let condition = Condition.aggregate(aggregate, of: property, window: .ever, test)
            let entry = World.track("2026-01-01 10:00", "e", ["items": items])
            return World.turns(condition, [entry]).count == 1
        }
        let third = ExactDecimal(units: 1_333_333_333_333_333_333)
        #expect(isIn(.average, .greater(third), [1, 1, 2]))
        #expect(!isIn(.average, .equal(third), [1, 1, 2]))
        #expect(isIn(.average, .equal(ExactDecimal(2)), [1, 3, "9", nil]))
        #expect(!isIn(.average, .less(ExactDecimal(5)), []))
        #expect(isIn(.minimum, .equal(ExactDecimal(-1)), [3, -1]))
        #expect(isIn(.maximum, .lessOrEqual(ExactDecimal(3)), [3, -1, "7"]))
        #expect(!isIn(.maximum, .lessOrEqual(ExactDecimal(3)), ["7"]))
        let three = NumberTest.equal(ExactDecimal(3))
        #expect(isIn(.distinct, three, [5, "5", .number("5.0"), true, "x", "", nil, "x"]))
        #expect(isIn(.distinct, .equal(ExactDecimal(0)), []))
        #expect(isIn(.distinct, three, [.list([1, .list([2, 3])]), .list([1])]))
    }

    @Test func onHowManyDays() {
        let condition = Condition.periods(
            EventfulPeriods(
                unit: .day,
                zone: World.berlin,
                atLeast: 2,
                events: World.some("view"),
                low: 1,
                high: nil,
                window: .last(.hours(24))
            )
        )
        let early = World.track("2026-01-01 22:59:59.999", "view")
        let late = World.track("2026-01-01 23:00", "view")
        #expect(
            World.turns(condition, [early, late])
                == ["2026-01-01 23:00 in", "2026-01-02 22:59:59.999 out"]
        )
        #expect(
            World.turns(condition, [late, World.track("2026-01-02 22:59:59.999", "view")]) == []
        )
    }
}
