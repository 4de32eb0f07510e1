import CLoop
import EventModel
import EventStore
import Foundation
import Materializer
import RuleLanguage
import SegmentEngine

/// The generated shop of the C loop, as entries; and its six rules, as text.
struct Shop {
    static let rules = """
        segment r0 when added_to_cart in last 2 hours and no order_completed in last 2 hours
        segment r1 when at least 3 order_completed in last 30 days
        segment r2 when sum of order_completed.total in last 90 days >= 200
        segment r3 when at least 5 product_viewed in last 24 hours and no added_to_cart in last 24 hours
        segment r4 when any event and no event in last 14 days
        segment r5 when order_completed in last 1 day
        """
    private static let names = ["product_viewed", "added_to_cart", "order_completed"]

    /// An event with the log time at which it comes.
    struct Arrival {
        var event: shop_event
        var receivedAt: Int64
    }

    /// How entries carry what identity and idempotency need.
    enum Form {
        /// One identifier; happening when they come.
        case bare
        /// The same, a timestamp and a message id.
        case full
    }

    let events: UnsafeMutablePointer<shop_event>
    let arrivals: [Arrival]
    let last: Int64

    /// - Parameter isLate: Whether one event in a hundred comes late, by ten minutes on average.
    init(count: Int, isLate: Bool) throws {
        guard let events = shop_generate(1, UInt32(count), UInt32(max(10, count / 10))) else {
            throw BenchmarkError("memory is short")
        }
        self.events = events
        var random = Randomness(state: 7)
        var arrivals = UnsafeBufferPointer(start: events, count: count).map {
            Arrival(event: $0, receivedAt: $0.at)
        }
        if isLate {
            for index in arrivals.indices where random.unit() < 0.01 {
                arrivals[index].receivedAt += Int64(-600_000 * log(1 - random.unit()))
            }
            arrivals.sort { $0.receivedAt < $1.receivedAt }
        }
        self.arrivals = arrivals
        last = arrivals[count - 1].receivedAt
    }

    func free() { Foundation.free(events) }

    private struct Randomness {
        var state: UInt64

        /// splitmix64, as a number from 0 to below 1.
        mutating func unit() -> Double {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
            return Double((value ^ value >> 31) >> 11) * 0x1p-53
        }
    }

    static func ruleSet(_ text: String = rules) throws -> RuleSet {
        let compiled = compileRules([RuleSource(path: "rules.seg", text: text)])
        guard let ruleSet = compiled.ruleSet else { throw BenchmarkError(compiled.rendered) }
        return ruleSet
    }

    static func proposed(_ text: String = rules) throws -> ProposedRules {
        ProposedRules(
            sources: [RuleSource(path: "rules.seg", text: text)],
            ruleSet: try ruleSet(text)
        )
    }

    func draft(_ index: Int, _ form: Form) -> EntryDraft {
        let event = arrivals[index].event
        var draft = EntryDraft(kind: .track)
        draft.event = Shop.names[Int(event.event)]
        draft.identifiers = [.user(String(event.person))]
        if form == .full {
            let mixed = UInt64(index) &* 0x9E37_79B9_7F4A_7C15
            draft.messageID = "6b1f2a90-4c1d-\(String(mixed, radix: 16))-\(index)"
            draft.timestamp = Instant(milliseconds: event.at)
        }
        var writer = ValueWriter()
        let object = writer.begin(.object)
        if event.event == 2 {
            writer.name("total")
            let cents = event.cents
            let text = "\(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100)"
            writer.number(Array(text.utf8).span)
        } else {
            writer.name("sku")
            writer.text("SKU-\(event.sku)")
            writer.name("name")
            writer.text("a product with a name as shops have it")
            writer.name("price")
            writer.number(Array("\(event.sku % 100).99".utf8).span)
        }
        writer.end(object)
        draft.content = writer.bytes
        return draft
    }

    /// Makes a data directory whose log holds the events at their own pace, with the rules from before the
    /// first of them.
    func write(_ folder: String, _ form: Form, rules: String = rules) throws {
        let earliest = Instant(milliseconds: arrivals[0].receivedAt)
        let writer = try ImportWriter(
            folder,
            ImportJob(id: "benchmark", files: []),
            rules: try Shop.proposed(rules),
            earliest: earliest
        )
        for index in arrivals.indices {
            try writer.add(
                draft(index, form),
                at: Instant(milliseconds: arrivals[index].receivedAt)
            )
        }
        try writer.close(latest: Instant(milliseconds: last))
    }

    /// Adds what the loop would say of a transition.
    func add(
        _ at: Instant,
        _ person: UInt32,
        _ segment: Int,
        _ isEntry: Bool,
        to result: inout shop_result
    ) {
        result.transitions += 1
        result.checksum &+= shop_mix(at.milliseconds, person, UInt32(segment), isEntry ? 1 : 0)
        let member = shop_mix(0, person, UInt32(segment), 1)
        result.members = isEntry ? result.members &+ member : result.members &- member
    }
}
