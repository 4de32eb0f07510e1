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

    /// Entries of a group, as the daemon takes them.
    private static let groupEntries = 1_000

    /// Measures both by turns.
    ///
    /// - Throws: Where the two do not find the same.
    func run(_ report: inout Report) throws {
        let shop = try Shop(count: count, isLate: form == .engine)
        defer { shop.free() }
        let log = MemoryLog()
        let rulesAt = Instant(milliseconds: shop.arrivals[0].receivedAt - 1)
        let group = try log.append(
            [EntryDraft(kind: .rules)]
                + shop.arrivals.indices.map { shop.draft($0, form == .core ? .bare : .full) },
            receivedAt: [rulesAt]
                + shop.arrivals.map { Instant(milliseconds: $0.receivedAt) }
        )
        let ruleSet = try Shop.ruleSet()
        var loop: [Double] = []
        var ours: [Double] = []
        var found = shop_result()
        var bytes = 0
        var allocations = 0.0
        for _ in 0..<rounds {
            let start = Measure.cpuSeconds()
            let expected = shop_loop(shop.events, UInt32(count), shop.last)
            loop.append(Measure.cpuSeconds() - start)
            found = shop_result()
            let folded = try fold(group, ruleSet, through: shop.last) { row in
                // A person's id is the sequence number of its first entry, the first entry the rules.
                let person = shop.arrivals[Int(row.person.rawValue) - 2].event.person
                shop.add(row.at, person, Int(row.segment), row.direction == .entered, to: &found)
            }
            ours.append(folded.seconds)
            bytes = folded.bytesPerPerson
            allocations = folded.allocationsPerMillion
            let isEqual =
                found.members == expected.members
                && (form == .engine
                    || found.checksum == expected.checksum
                        && found.transitions == expected.transitions)
            guard isEqual else {
                throw BenchmarkError(
                    "\(form): \(found.transitions) transitions, loop: \(expected.transitions), or others"
                )
            }
        }
        let (c, engine) = (Measure.median(loop), Measure.median(ours))
        report.add(
            Row(
                form.rawValue,
                "of the C loop's events per CPU second",
                c / engine,
                [
                    "\(count) events, \(found.transitions) transitions, checksum "
                        + "\(String(found.checksum, radix: 16)), members "
                        + String(found.members, radix: 16),
                    "C loop \(Measure.rate(count, c)) events/CPU s, \(form.rawValue) "
                        + "\(Measure.rate(count, engine)) (median of \(rounds), by turns)",
                ]
            )
        )
        guard form == .core else { return }
        report.add(
            Row(
                "flink-heap",
                "times Flink 2.3 on its heap, taken as 0.062 of the C loop",
                c / engine / 0.062
            )
        )
        report.add(
            Row(
                "allocations",
                "allocations in a million events, once most people are there",
                allocations,
                isAtMost: true
            )
        )
        report.add(
            Row("person-bytes", "bytes a person, six rules", Double(bytes), isAtMost: true)
        )
    }

    private struct Folded {
        var seconds: Double
        /// In the second half, when most people are there.
        var allocationsPerMillion: Double
        var bytesPerPerson: Int
    }

    private func fold(
        _ group: AppendedGroup,
        _ ruleSet: RuleSet,
        through last: Int64,
        take: (TransitionBatch.Row) -> Void
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
        var (allocations, counted) = (0, 0)
        var refolds = 0
        for first in stride(from: 0, to: group.heads.count, by: Self.groupEntries) {
            let heads = Array(
                group.heads[first..<min(group.heads.count, first + Self.groupEntries)]
            )
            let starts = Array(group.recordStarts[first...first + heads.count])
            var start = Measure.cpuSeconds()
            admit.admit(heads, bytes, starts, into: &admitted)
            if form == .core { start = Measure.cpuSeconds() }
            let allocationsBefore = allocations_so_far()
            var place = 0
            while place < heads.count {
                let request = apply.apply(
                    heads,
                    admitted,
                    bytes,
                    starts,
                    from: &place,
                    peopleMax: .max,
                    transitionsMax: .max,
                    into: &batch
                ) { _ in }
                if request != nil { refolds += 1 }
            }
            seconds += Measure.cpuSeconds() - start
            if first >= group.heads.count / 2 {
                allocations += Int(allocations_so_far() - allocationsBefore)
                counted += heads.count
            }
            // Recorded between groups, as the daemon does.
            for row in batch.rows { take(row) }
            batch.removeAll()
        }
        guard refolds == 0 else {
            throw BenchmarkError("a person would have to be folded again")
        }
        let start = Measure.cpuSeconds()
        let end = Instant(milliseconds: last + 1)
        while !apply.proceed(to: end, peopleMax: .max, into: &batch) {}
        seconds += Measure.cpuSeconds() - start
        for row in batch.rows { take(row) }
        return Folded(
            seconds: seconds,
            allocationsPerMillion: Double(allocations) / Double(max(1, counted)) * 1e6,
            bytesPerPerson: apply.stateBytes / apply.personCount
        )
    }
}
