import EventModel
import EventStore
import SegmentTesting
import Testing

/// What is expected of segments and events: broken and met exactly in time, also when nothing arrives.
@Suite struct ExpectationTests {
    private static let tick = [EntryDraft(kind: .tick)]

    private static func view(_ user: String, at: String? = nil, backfill: Bool = false)
        -> EntryDraft
    {
        .track("view", user: user, at: at.map(EngineWorld.instant), backfill: backfill)
    }

    private static func notices(_ world: EngineWorld) -> [String] {
        world.lines.filter { $0.contains(" broken ") || $0.contains(" met ") }
    }

    // MARK: - In time

    @Test func anEventThatStaysAwayIsNoticedThoughNothingArrives() {
        let world = EngineWorld("event view expect at least 1 in 1 hour")
        world.putRulesInForce("0")
        // Armed one period after it came into force.
        #expect(world.nextDeadline == EngineWorld.instant("1h1m"))
        world.step("50m", [Self.view("1")])
        #expect(world.nextDeadline == EngineWorld.instant("1h51m"))
        #expect(
            world.standings(at: "55m") == [
                "event view: at least 1 in 1 hour: waits until 1h, 1"
            ]
        )
        // What falls due later than it is looked at has its own instant all the same.
        world.step("2h", Self.tick)
        #expect(
            Self.notices(world) == [
                "1h51m broken event view: at least 1 in 1 hour, 0 since 1h50m"
            ]
        )
        #expect(world.nextDeadline == nil)
        world.step("3h", [Self.view("1")])
        #expect(
            world.standings(at: "3h") == [
                "event view: at least 1 in 1 hour: met since 3h, 1, not noticed"
            ]
        )
        #expect(world.nextDeadline == EngineWorld.instant("3h1m"))
        world.step("3h1m", Self.tick)
        #expect(Self.notices(world).last == "3h1m met event view: at least 1 in 1 hour, 1 since 3h")
        world.step("4h", Self.tick)
        #expect(Self.notices(world).count == 2)
    }

    @Test func aChangeMustHoldForAMinute() {
        let world = EngineWorld("event view expect at least 1 in 1 hour")
        world.putRulesInForce("0")
        world.step("30m", [Self.view("1")])
        // Broken for 59.999 s.
        world.step("1h30m59s+999", [Self.view("1")])
        world.step("2h", Self.tick)
        #expect(Self.notices(world) == [])
        // Broken for a minute to the millisecond: noticed, since nothing before that instant mended it.
        world.step("2h31m59s+999", [Self.view("1")])
        #expect(
            Self.notices(world) == [
                "2h31m59s+999 broken event view: at least 1 in 1 hour, 0 since 2h30m59s+999"
            ]
        )
    }

    @Test func aLateEventCountsWithItsOwnTime() {
        let world = EngineWorld("event view also known as page expect at least 1 in 1 hour")
        world.putRulesInForce("0")
        // It came at 1h30m, and says that it was at 50m: it counts until 1h50m.
        world.step("59m", [Self.view("1", at: "5m")])
        world.step("1h4m", [.track("page", user: "1", at: EngineWorld.instant("50m"))])
        world.step("3h", Self.tick)
        #expect(
            Self.notices(world) == [
                "1h51m broken event view: at least 1 in 1 hour, 0 since 1h50m"
            ]
        )
    }

    @Test func repeatsDoNotCount() {
        let world = EngineWorld("event view unique by id expect at most 1 in 1 hour id text")
        world.putRulesInForce("0")
        let draft = { (id: String, message: String) in
            EntryDraft.track("view", user: "1", id: message, ["id": .text(id)])
        }
        world.step("2h", [draft("a", "m1"), draft("a", "m2"), draft("b", "m1")])
        world.step("3h", Self.tick)
        #expect(Self.notices(world) == [])
        world.step("4h", [draft("c", "m3"), draft("d", "m4")])
        world.step("5h30m", Self.tick)
        #expect(
            Self.notices(world) == [
                "4h1m broken event view: at most 1 in 1 hour, 2 since 4h",
                "5h1m met event view: at most 1 in 1 hour, 0 since 5h",
            ]
        )
    }

    // MARK: - Segments

    private static let carts = """
        segment carts
          when view in last 2 hours
          expect 1 to 2 members
          expect at least 1 entry in 1 hour
          expect at most 1 exit in 1 hour
        """

    @Test func membersEntriesAndExits() {
        let world = EngineWorld(Self.carts)
        world.putRulesInForce("0")
        world.step("1m", [Self.view("1")])
        world.step("20m", [Self.view("2"), Self.view("3")])
        // Persons 2 and 3 leave together.
        world.step("5h", Self.tick)
        #expect(
            Self.notices(world) == [
                "1m broken segment carts: 1 to 2 members, 0 since 0",
                "2m met segment carts: 1 to 2 members, 1 since 1m",
                "21m broken segment carts: 1 to 2 members, 3 since 20m",
                "1h21m broken segment carts: at least 1 entry in 1 hour, 0 since 1h20m",
                "2h2m met segment carts: 1 to 2 members, 2 since 2h1m",
                "2h21m broken segment carts: 1 to 2 members, 0 since 2h20m",
                "2h21m broken segment carts: at most 1 exit in 1 hour, 2 since 2h20m",
                "3h21m met segment carts: at most 1 exit in 1 hour, 0 since 3h20m",
            ]
        )
    }

    @Test func whatSubscribersDoNotHearIsNoSignThatDataFlows() {
        let world = EngineWorld(Self.carts)
        world.putRulesInForce("0")
        for number in 1...100 {
            world.step("\(number * 59)s", [Self.view("\(number)", backfill: true)])
        }
        #expect(world.memberCount("carts") == 100)
        world.step("99m20s", Self.tick)
        // Of members nothing is said as long as history comes in; entries by history are none.
        #expect(
            Self.notices(world) == [
                "1h1m broken segment carts: at least 1 entry in 1 hour, 0 since 1h",
                "1h39m20s broken segment carts: 1 to 2 members, 100 since 2m57s",
            ]
        )
    }

    @Test func anImportThatBeginsTheLogIsSilent() {
        let world = EngineWorld(Self.carts)
        world.putRulesInForce("0")
        var open = EntryDraft(kind: .job)
        open.isOn = true
        world.step("1", [open])
        world.step("1h", [Self.view("1"), Self.view("2"), Self.view("3")])
        #expect(world.standings(at: "1h").allSatisfy { $0.contains("suspended") })
        world.step("5h", [EntryDraft(kind: .job)])
        // Whoever serves it next says at once that it does, should nobody else say anything.
        #expect(world.nextDeadline == EngineWorld.instant("5h+1"))
        // What falls due before the next live entry belongs to the import.
        world.step("20h", [Self.view("4")])
        world.step("30h", Self.tick)
        #expect(
            Self.notices(world) == [
                "21h1m broken segment carts: at least 1 entry in 1 hour, 0 since 21h",
                "22h1m broken segment carts: 1 to 2 members, 0 since 22h",
            ]
        )
    }

    // MARK: - Rules that change

    @Test func unchangedOnesGoOnAndChangedOnesBeginAnew() {
        let other = """
            segment carts
              when view in last 2 hours
              expect at least 1 entry in 1 hour
            segment others
              when view in last 3 hours
              expect at least 1 entry in 1 hour
            """
        let changed = other.replacing("in last 3 hours", with: "in last 4 hours")
        let world = EngineWorld(Self.carts, other, changed)
        world.putRulesInForce("0")
        world.step("30m", [Self.view("1")])
        world.putRulesInForce("40m")
        #expect(
            world.standings(at: "40m") == [
                "segment carts: at least 1 entry in 1 hour: waits until 1h, 1",
                "segment others: at least 1 entry in 1 hour: waits until 1h40m, 0",
            ]
        )
        world.putRulesInForce("1h35m")
        world.step("4h", Self.tick)
        #expect(
            Self.notices(world) == [
                "1m broken segment carts: 1 to 2 members, 0 since 0",
                "31m met segment carts: 1 to 2 members, 1 since 30m",
                "1h31m broken segment carts: at least 1 entry in 1 hour, 0 since 1h30m",
                "2h36m broken segment others: at least 1 entry in 1 hour, 0 since 2h35m",
            ]
        )
    }

    @Test func whoHeardOfItHearsHowItEnded() {
        let rules = { (window: String) in
            """
            segment carts
              when view in last \(window)
              expect at least 1 member
              expect at most 5 members
            """
        }
        let none = "segment carts when view in last 4 hours"
        let world = EngineWorld(rules("2 hours"), rules("3 hours"), none, rules("3 hours"), none)
        world.putRulesInForce("0")
        world.step("2m", Self.tick)
        // Under another rule it is as broken as before: nothing new.
        world.putRulesInForce("10m")
        world.step("20m", Self.tick)
        // Gone for half a minute, then said again.
        world.putRulesInForce("30m")
        world.putRulesInForce("30m30s")
        world.step("40m", Self.tick)
        #expect(
            Self.notices(world) == ["1m broken segment carts: at least 1 member, 0 since 0"]
        )
        world.putRulesInForce("50m")
        #expect(world.nextDeadline == EngineWorld.instant("51m"))
        world.step("1h", Self.tick)
        #expect(
            world.lines == [
                "1m broken segment carts: at least 1 member, 0 since 0",
                "51m withdrawn segment carts: at least 1 member, 0 since 50m",
            ]
        )
        #expect(world.nextDeadline == nil)
    }

    // MARK: - Many

    /// Against a count of all of them at every change.
    @Test func manyLateEvents() {
        let world = EngineWorld("event view expect at least 100 in 1 hour")
        world.putRulesInForce("0")
        var random = SeededGenerator(seed: 3)
        var seen: [(at: Int64, late: Int64)] = []
        var now: Int64 = 0
        while now < 600 {
            now += Int64.random(in: 0...1, using: &random)
            let late =
                Int64.random(in: 0...3, using: &random) == 0
                ? Int64.random(in: 0...50, using: &random) : 0
            now = max(1, now)
            seen.append((now, late))
            world.step("\(now)m", [Self.view("1", at: "\(max(0, now - late))m")])
        }
        world.step("720m", Self.tick)
        // Everything happens at whole minutes, so what holds at one holds until the next.
        var isTold = false
        var expected: [String] = []
        for minute in 60..<720 {
            let count = seen.count { event in
                event.at <= minute && minute < max(0, event.at - event.late) + 60
            }
            guard (count < 100) != isTold else { continue }
            isTold.toggle()
            expected.append("\(minute + 1) \(isTold ? "broken" : "met")")
        }
        let found = world.transitions.compactMap { transition in
            transition.notice.map { _ in
                "\((transition.at - EngineWorld.epoch).milliseconds / 60_000) \(transition.direction.name)"
            }
        }
        #expect(found == expected)
        #expect(found.count >= 2)
    }
}
