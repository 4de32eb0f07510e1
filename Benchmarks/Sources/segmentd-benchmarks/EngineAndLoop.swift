import CLoop
import EventModel
import EventStore
import Foundation
import RuleLanguage
import SegmentEngine

/// The row "engine": rules compiled from text, with identity and dedupe, against the same six rules
/// written by hand in C, on the same events in one run.
///
/// The loop was calibrated once against the reference loop (`core.c wheel`) on its 2M events, both
/// in one minute on one core: the same 779,334 transitions in 0.211, 0.226 and 0.239 CPU seconds with
/// set-up, against 0.196, 0.178 and 0.203 without.
struct EngineAndLoop {
    /// How many events.
    let count: Int
    /// How many times each is measured, by turns.
    let rounds: Int

    private static let rules = """
        segment r0 when added_to_cart in last 2 hours and no order_completed in last 2 hours
        segment r1 when at least 3 order_completed in last 30 days
        segment r2 when sum of order_completed.total in last 90 days >= 200
        segment r3 when at least 5 product_viewed in last 24 hours and no added_to_cart in last 24 hours
        segment r4 when any event and no event in last 14 days
        segment r5 when order_completed in last 1 day
        """
    private static let names = ["product_viewed", "added_to_cart", "order_completed"]

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// Measures both by turns and prints the row.
    ///
    /// - Throws: Where the two do not find the same transitions.
    mutating func run() throws {
        guard let events = shop_generate(1, UInt32(count), UInt32(max(10, count / 10))) else {
            throw Failure(description: "memory is short")
        }
        defer { free(events) }
        let log = MemoryLog()
        let shop = UnsafeBufferPointer(start: events, count: count)
        people = [0] + shop.map(\.person)
        let rulesAt = Instant(milliseconds: shop[0].at - 1)
        let group = try log.append(
            [EntryDraft(kind: .rules)] + shop.map(Self.draft),
            receivedAt: [rulesAt] + shop.map { Instant(milliseconds: $0.at) }
        )
        let compiled = compileRules([RuleSource(path: "six.seg", text: Self.rules)])
        guard let ruleSet = compiled.ruleSet else { throw Failure(description: compiled.rendered) }
        var loop: [Double] = []
        var engine: [Double] = []
        for _ in 0..<rounds {
            let start = Self.cpuSeconds()
            let expected = shop_loop(events, UInt32(count))
            loop.append(Self.cpuSeconds() - start)
            let (found, seconds) = try fold(group, ruleSet)
            engine.append(seconds)
            guard found.checksum == expected.checksum, found.transitions == expected.transitions
            else {
                throw Failure(
                    description: "engine: \(found.transitions) transitions, loop: "
                        + "\(expected.transitions), or others"
                )
            }
        }
        let transitions = shop_loop(events, UInt32(count))
        let (c, ours) = (loop.sorted()[rounds / 2], engine.sorted()[rounds / 2])
        print(
            """
            engine    \(count) events, \(transitions.transitions) transitions, checksum \
            \(String(transitions.checksum, radix: 16))
                      C loop \(Int(Double(count) / c)) events/CPU s, engine with identity \
            \(Int(Double(count) / ours)) events/CPU s
                      ratio \(String(format: "%.3f", c / ours))  (median of \(rounds), by turns)
            """
        )
    }

    private static func draft(_ event: shop_event) -> EntryDraft {
        var draft = EntryDraft(kind: .track)
        draft.event = names[Int(event.event)]
        draft.identifiers = [.user(String(event.person))]
        var writer = ValueWriter()
        let object = writer.begin(.object)
        if event.event == 2 {
            writer.name("total")
            let cents = event.cents
            let text = "\(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100)"
            writer.number(Array(text.utf8).span)
        } else {
            writer.name("sku")
            writer.text(String(event.sku))
        }
        writer.end(object)
        draft.content = writer.bytes
        return draft
    }

    private func fold(
        _ group: AppendedGroup,
        _ ruleSet: RuleSet
    ) throws -> (shop_result, seconds: Double) {
        var batch = TransitionBatch()
        let start = Self.cpuSeconds()
        var admit = AdmitStage(ruleSets: [ruleSet], settings: EngineSettings())
        var apply = ApplyStage(ruleSets: [ruleSet], settings: EngineSettings())
        for (symbol, text) in group.newSymbols {
            admit.define(symbol, text)
            apply.define(symbol, text)
        }
        let bytes = group.bytes.span
        for index in group.heads.indices {
            let head = group.heads[index]
            while !apply.proceed(to: head.receivedAt, peopleMax: .max, into: &batch) {}
            let record = bytes.extracting(group.record(index))
            let admitted = admit.admit(head, record)
            if apply.apply(head, admitted, record) != nil {
                throw Failure(description: "a person would have to be folded again")
            }
        }
        let end = (group.heads.last?.receivedAt ?? .distantPast) + TimeSpan(milliseconds: 1)
        while !apply.proceed(to: end, peopleMax: .max, into: &batch) {}
        let seconds = Self.cpuSeconds() - start
        // A person's id is the sequence number of its first entry.
        var result = shop_result(checksum: 0, transitions: UInt64(batch.rows.count))
        for row in batch.rows {
            result.checksum &+= shop_mix(
                row.at.milliseconds,
                people[Int(row.person.rawValue) - 1],
                UInt32(row.segment),
                row.direction == .entered ? 1 : 0
            )
        }
        return (result, seconds)
    }

    /// Per entry the shop's number of the person.
    private var people: [UInt32] = []

    init(count: Int, rounds: Int) {
        self.count = count
        self.rounds = rounds
    }

    private static func cpuSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
