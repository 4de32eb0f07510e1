import CLoop
import EventModel
import EventStore
import Foundation
import RuleLanguage
import SegmentEngine

/// The rows "rules-…": what an event costs with 50, 500 and 5,000 rules, of which it touches as many as with
/// six; and "compile": 5,000 segments from text to tables.
struct RulesRows {
    let events: Int
    let rounds: Int
    let segments: Int

    func run(_ report: inout Report) throws {
        let sizes = [1, 8, 83, 833]
        var seconds: [[Double]] = sizes.map { _ in [] }
        var transitions: Set<Int> = []
        for _ in 0..<rounds {
            for (place, shops) in sizes.enumerated() {
                let run = try cost(shops)
                seconds[place].append(run.seconds)
                transitions.insert(run.transitions)
            }
        }
        guard transitions.count == 1 else {
            throw BenchmarkError("more rules gave other transitions: \(transitions)")
        }
        let base = Measure.median(seconds[0])
        for (place, shops) in sizes.enumerated().dropFirst() {
            let one = Measure.median(seconds[place])
            report.add(
                Row(
                    "rules-\(shops * 6)",
                    "times the cost of an event with 6 rules, up to 6 touched by each event",
                    one / base,
                    isAtMost: true,
                    [
                        "\(Int(one / Double(events) * 1e9)) ns an event and "
                            + "\(Int(base / Double(events) * 1e9)) ns; the same "
                            + "\(transitions.first ?? 0) transitions"
                    ]
                )
            )
        }
        try compile(&report)
    }

    /// The six rules for each of several shops whose events have names of their own.
    static func rules(shops: Int) -> String {
        (0..<shops).map { shop in
            let (view, cart, order) = ("viewed_\(shop)", "cart_\(shop)", "order_\(shop)")
            return """
                segment a\(shop) when \(cart) in last 2 hours and no \(order) in last 2 hours
                segment b\(shop) when at least 3 \(order) in last 30 days
                segment c\(shop) when sum of \(order).total in last 90 days >= 200
                segment d\(shop) when at least 5 \(view) in last 24 hours and no \(cart) in last 24 hours
                segment e\(shop) when any of (\(view), \(cart), \(order)) and no \(order) in last 14 days
                segment f\(shop) when \(order) in last 1 day

                """
        }.joined()
    }

    private func cost(_ shops: Int) throws -> (seconds: Double, transitions: Int) {
        let shop = try Shop(count: events, isLate: false)
        defer { shop.free() }
        let ruleSet = try Shop.ruleSet(RulesRows.rules(shops: shops))
        let log = MemoryLog()
        let drafts = shop.arrivals.indices.map { index in
            var draft = shop.draft(index, .bare)
            let event = shop.arrivals[index].event
            let name = ["viewed", "cart", "order"][Int(event.event)]
            draft.event = "\(name)_\(Int(event.person) % shops)"
            return draft
        }
        let group = try log.append(
            [EntryDraft(kind: .rules)] + drafts,
            receivedAt: [Instant(milliseconds: shop.arrivals[0].receivedAt - 1)]
                + shop.arrivals.map { Instant(milliseconds: $0.receivedAt) }
        )
        return Folding.run(group, ruleSet, log)
    }

    private func compile(_ report: inout Report) throws {
        let text = (0..<segments).map { index in
            """
            segment s\(index) "Segment \(index)"
              when at least \(index % 7 + 1) event_\(index % 300) where (category = "c\(index % 40)" and price > \(index % 90)) in last \(index % 60 + 1) days
                and no order_completed in last \(index % 24 + 1) hours
                and person.plan = "p\(index % 5)"

            """
        }.joined()
        var seconds: [Double] = []
        for _ in 0..<rounds {
            let start = Measure.cpuSeconds()
            let ruleSet = try Shop.ruleSet(text)
            let stage = ApplyStage(ruleSets: [ruleSet], settings: EngineSettings())
            seconds.append(Measure.cpuSeconds() - start)
            guard stage.segmentNames.count == segments else {
                throw BenchmarkError("segments are missing")
            }
        }
        report.add(
            Row(
                "compile",
                "s to parse, check and compile \(segments) segments",
                Measure.median(seconds),
                isAtMost: true,
                ["\(text.utf8.count >> 10) KiB of text"]
            )
        )
    }
}
