import CLoop
import EventModel
import EventStore
import Foundation
import RuleLanguage
import SegmentEngine

/// The rows "core" and "engine": rules compiled from text against the same six rules written by hand in C, on
/// the same events in one run.
///
/// "core" is the windowing core alone, identity and idempotency decided before: every transition must be the
/// loop's. "engine" is all of it, with idempotency keys, timestamps and one event in a hundred late by ten
/// minutes on average; the loop gets the same events in order, and who is in which segment at the end must be
/// the same. (That each transition of late events is right, the tests hold against the naive reference.)
///
/// The loop was calibrated once against the reference loop (`core.c wheel`) on its 2M events, both
/// in one minute on one core: the same 779,334 transitions in 0.211, 0.226 and 0.239 CPU seconds with
/// set-up, against 0.196, 0.178 and 0.203 without.
struct EngineAndLoop {
    enum Form: String {
        case core
        case engine
    }

    /// How many events.
    let count: Int
    /// How many times each is measured, by turns.
    let rounds: Int
    let form: Form

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

    /// An event with the log time at which it comes.
    private struct Arrival {
        var event: shop_event
        var receivedAt: Int64
    }

    /// Measures both by turns and prints the row.
    ///
    /// - Throws: Where the two do not find the same.
    func run() throws {
        guard let events = shop_generate(1, UInt32(count), UInt32(max(10, count / 10))) else {
            throw Failure(description: "memory is short")
        }
        defer { free(events) }
        let shop = UnsafeBufferPointer(start: events, count: count)
        let arrivals = arrivals(shop)
        let last = arrivals[count - 1].receivedAt
        let log = MemoryLog()
        let rulesAt = Instant(milliseconds: shop[0].at - 1)
        let group = try log.append(
            [EntryDraft(kind: .rules)] + arrivals.enumerated().map { draft($1, $0) },
            receivedAt: [rulesAt] + arrivals.map { Instant(milliseconds: $0.receivedAt) }
        )
        let compiled = compileRules([RuleSource(path: "six.seg", text: Self.rules)])
        guard let ruleSet = compiled.ruleSet else { throw Failure(description: compiled.rendered) }
        let people = [0] + arrivals.map(\.event.person)
        var loop: [Double] = []
        var ours: [Double] = []
        var found = shop_result()
        var bytes = 0
        for _ in 0..<rounds {
            let start = Self.cpuSeconds()
            let expected = shop_loop(events, UInt32(count), last)
            loop.append(Self.cpuSeconds() - start)
            let folded = try fold(group, ruleSet, through: last)
            ours.append(folded.seconds)
            bytes = folded.bytesPerPerson
            found = Self.sum(folded.batch, people)
            let isEqual =
                found.members == expected.members
                && (form == .engine
                    || found.checksum == expected.checksum
                        && found.transitions == expected.transitions)
            guard isEqual else {
                throw Failure(
                    description: "\(form): \(found.transitions) transitions, loop: "
                        + "\(expected.transitions), or others"
                )
            }
        }
        let (c, engine) = (loop.sorted()[rounds / 2], ours.sorted()[rounds / 2])
        let name = form.rawValue.padding(toLength: 10, withPad: " ", startingAt: 0)
        print(
            """
            \(name)\(count) events, \(found.transitions) transitions, checksum \
            \(String(found.checksum, radix: 16)), members \(String(found.members, radix: 16)), \
            \(bytes) bytes a person
                      C loop \(Int(Double(count) / c)) events/CPU s, \(form.rawValue) \
            \(Int(Double(count) / engine)) events/CPU s
                      ratio \(String(format: "%.3f", c / engine))  (median of \(rounds), by turns)
            """
        )
    }

    /// The events as they come: in order for the core, some late for the engine.
    private func arrivals(_ shop: UnsafeBufferPointer<shop_event>) -> [Arrival] {
        var random = Randomness(state: 7)
        var arrivals = shop.map { Arrival(event: $0, receivedAt: $0.at) }
        guard form == .engine else { return arrivals }
        for index in arrivals.indices where random.unit() < 0.01 {
            arrivals[index].receivedAt += Int64(-600_000 * log(1 - random.unit()))
        }
        arrivals.sort { $0.receivedAt < $1.receivedAt }
        return arrivals
    }

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

    private func draft(_ arrival: Arrival, _ index: Int) -> EntryDraft {
        let event = arrival.event
        var draft = EntryDraft(kind: .track)
        draft.event = Self.names[Int(event.event)]
        draft.identifiers = [.user(String(event.person))]
        if form == .engine {
            draft.messageID = "message-\(String(UInt64(index) &* 0x9E37_79B9_7F4A_7C15, radix: 16))"
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
            writer.text(String(event.sku))
        }
        writer.end(object)
        draft.content = writer.bytes
        return draft
    }

    private static let groupEntries = 10_000

    private struct Folded {
        var batch: TransitionBatch
        var seconds: Double
        var bytesPerPerson: Int
    }

    private func fold(
        _ group: AppendedGroup,
        _ ruleSet: RuleSet,
        through last: Int64
    ) throws -> Folded {
        var batch = TransitionBatch()
        var admit = AdmitStage(ruleSets: [ruleSet], settings: EngineSettings())
        var apply = ApplyStage(ruleSets: [ruleSet], settings: EngineSettings())
        for (symbol, text) in group.newSymbols {
            admit.define(symbol, text)
            apply.define(symbol, text)
        }
        let bytes = group.bytes.span
        var admitted: [Admitted] = []
        // As the daemon does: a group is admitted, then applied.
        var seconds = 0.0
        var refolds = 0
        for first in stride(from: 0, to: group.heads.count, by: Self.groupEntries) {
            let heads = Array(group.heads[first..<min(group.heads.count, first + Self.groupEntries)])
            admitted.removeAll(keepingCapacity: true)
            var start = Self.cpuSeconds()
            for index in heads.indices {
                let record = bytes.extracting(group.record(first + index))
                admitted.append(admit.admit(heads[index], record))
            }
            if form == .core { start = Self.cpuSeconds() }
            heads.withUnsafeBufferPointer { heads in
                admitted.withUnsafeBufferPointer { admitted in
                    guard let head = heads.baseAddress, let verdict = admitted.baseAddress else {
                        return
                    }
                    for index in heads.indices {
                        let receivedAt = head[index].receivedAt
                        while !apply.proceed(to: receivedAt, peopleMax: .max, into: &batch) {}
                        apply.lookAhead(heads, admitted, from: index)
                        let request = apply.apply(
                            at: head + index,
                            verdict + index,
                            bytes.extracting(group.record(first + index))
                        )
                        if request != nil { refolds += 1 }
                    }
                }
            }
            seconds += Self.cpuSeconds() - start
        }
        guard refolds == 0 else {
            throw Failure(description: "a person would have to be folded again")
        }
        let start = Self.cpuSeconds()
        let end = Instant(milliseconds: last + 1)
        while !apply.proceed(to: end, peopleMax: .max, into: &batch) {}
        return Folded(
            batch: batch,
            seconds: seconds + Self.cpuSeconds() - start,
            bytesPerPerson: apply.stateBytes / apply.personCount
        )
    }

    /// What the loop would say of the transitions.
    private static func sum(_ batch: TransitionBatch, _ people: [UInt32]) -> shop_result {
        var result = shop_result()
        result.transitions = UInt64(batch.rows.count)
        for row in batch.rows {
            // A person's id is the sequence number of its first entry.
            let person = people[Int(row.person.rawValue) - 1]
            let segment = UInt32(row.segment)
            let isEntry = row.direction == .entered
            result.checksum &+= shop_mix(row.at.milliseconds, person, segment, isEntry ? 1 : 0)
            let member = shop_mix(0, person, segment, 1)
            result.members = isEntry ? result.members &+ member : result.members &- member
        }
        return result
    }

    private static func cpuSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
