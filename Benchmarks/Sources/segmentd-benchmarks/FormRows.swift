import EventModel
import EventStore
import Foundation
import RuleLanguage
import SegmentEngine

/// The rows "form-…": what a rule set costs that uses a form of the language, against the six rules on the
/// same entries.
///
/// One entry in ten sets attributes. Every form must give the same transitions in all rounds, and some at all.
struct FormRows {
    let events: Int
    let rounds: Int

    /// A segment or two for each form, as a shop would write them.
    private static let forms: [(name: String, rules: String)] =
        [
            ("far-window", "between 3 and 1 days ago"),
            ("calendar", "today"),
            ("calendar-week", "in last 2 calendar weeks"),
            ("dates", "since 2023-11-20"),
        ].map { ($0, "segment a when at least 2 product_viewed \($1)") } + [
            (
                "since-last",
                "segment a when at least 3 product_viewed since last order_completed"
            ),
            ("average", "segment a when average of order_completed.total in last 30 days >= 40"),
            ("maximum", "segment a when maximum of order_completed.total in last 30 days >= 90"),
            ("distinct", "segment a when distinct product_viewed.sku in last 7 days >= 3"),
            ("last", "segment a when last order_completed more than 7 days ago"),
            ("last-has", "segment a when last product_viewed.price >= 50"),
            (
                "then",
                "segment a when product_viewed then added_to_cart within 1 hour in last 1 day"
            ),
            (
                "then-no",
                "segment a when added_to_cart then no order_completed within 1 hour in last 1 day"
            ),
            (
                "with-same",
                "segment a when product_viewed then added_to_cart with same sku in last 1 day"
            ),
            ("days-with", "segment a when at least 3 days with product_viewed in last 7 days"),
            ("held", "segment a when product_viewed in last 2 days for 1 day"),
            ("held-attribute", "segment a when person.plan = \"pro\" for 7 days"),
            ("changed", "segment a when person.plan changed to \"pro\" in last 3 days"),
            ("time", "segment a when person.trial_ends in next 3 days"),
            ("anniversary", "segment a when person.born anniversary in next 7 days"),
            ("known-for", "segment a when known for at least 7 days"),
            (
                "entered",
                "segment a when entered segment b in last 1 day segment b when order_completed in last 1 day"
            ),
            ("sample", "segment a when 10% sample \"salt\" and product_viewed in last 1 day"),
            (
                "some-of",
                """
                segment a when at least 2 of (product_viewed in last 1 day, added_to_cart in last 1 day,
                  order_completed in last 1 day)
                """
            ),
            // The same, read under a contract: once with names and types as sent, once with all of them read anew.
            ("where", "segment a when product_viewed where price >= 50 in last 1 day"),
            (
                "contract",
                """
                event product_viewed also known as viewed
                  price number also known as amount
                segment a when product_viewed where price >= 50 in last 1 day
                """
            ),
            ("text", "segment a when product_viewed where name contains \"SHOPS\" ignoring case"),
        ]

    /// The rows whose names these are, "form-…"; all of them where there is none.
    var only: [String] = []

    func run(_ report: inout Report) throws {
        let shop = try Shop(count: events, isLate: false)
        defer { shop.free() }
        let log = MemoryLog()
        let group = try append(events, of: shop, to: log)
        let busyLog = MemoryLog()
        let busyCount = events / 10
        let busy = try append(busyCount, of: shop, to: busyLog, isOnePerson: true)
        let zone = FormRows.zone
        for form in FormRows.forms where only.isEmpty || only.contains("form-\(form.name)") {
            let file = zone == nil ? form.rules : "timezone \"Europe/Berlin\"\n\(form.rules)"
            let ruleSet = try FormRows.ruleSet(file, zone)
            let baseRules = try Shop.ruleSet()
            var (ours, base): ([Double], [Double]) = ([], [])
            var transitions: Set<Int> = []
            for _ in 0..<rounds {
                base.append(Folding.run(group, baseRules, log).seconds)
                let folded = Folding.run(group, ruleSet, log)
                ours.append(folded.seconds)
                transitions.insert(folded.transitions)
            }
            guard transitions.count == 1, let count = transitions.first, count > 0 else {
                throw BenchmarkError("form \(form.name) gave \(transitions) transitions")
            }
            let (one, six) = (Measure.median(ours), Measure.median(base))
            let busySeconds = Folding.run(busy, ruleSet, busyLog).seconds
            report.add(
                Row(
                    "form-\(form.name)",
                    "of the six rules' events per CPU second",
                    six / one,
                    [
                        "\(Measure.rate(events, one)) events/CPU s, \(count) transitions",
                        "\(Measure.rate(busyCount, busySeconds)) where all \(busyCount) events are of one person",
                    ]
                )
            )
        }
    }

    private func append(
        _ count: Int,
        of shop: Shop,
        to log: MemoryLog,
        isOnePerson: Bool = false
    ) throws -> AppendedGroup {
        var drafts = [EntryDraft(kind: .rules)]
        for index in 0..<count {
            var draft = draft(index, shop)
            if isOnePerson { draft.identifiers = [.user("one")] }
            drafts.append(draft)
        }
        return try log.append(
            drafts,
            receivedAt: [Instant(milliseconds: shop.arrivals[0].receivedAt - 1)]
                + shop.arrivals.prefix(count).map { Instant(milliseconds: $0.receivedAt) }
        )
    }

    /// Berlin, where the machine knows it: calendar windows with daylight saving.
    private static var zone: Zone? {
        FileManager.default.contents(atPath: "/usr/share/zoneinfo/Europe/Berlin").flatMap {
            Zone(name: "Europe/Berlin", tzif: [UInt8]($0))
        }
    }

    private static func ruleSet(_ text: String, _ zone: Zone?) throws -> RuleSet {
        let source = RuleSource(path: "form.seg", text: text)
        let compiled = compileRules([source]) { $0 == zone?.name ? zone : nil }
        guard let ruleSet = compiled.ruleSet else { throw BenchmarkError(compiled.rendered) }
        return ruleSet
    }

    private func draft(_ index: Int, _ shop: Shop) -> EntryDraft {
        var draft = shop.draft(index, .bare)
        guard index % 10 == 0 else { return draft }
        draft.event = ""
        draft.kind = .identify
        var writer = ValueWriter()
        let object = writer.begin(.object)
        writer.name("plan")
        writer.text(index % 30 == 0 ? "pro" : "free")
        writer.name("trial_ends")
        let received = Instant(milliseconds: shop.arrivals[index].receivedAt)
        writer.text((received + .days(14)).rfc3339)
        writer.name("born")
        writer.text((received - .days(7_000 + Int64(index) * 37 % 3_650)).rfc3339)
        writer.end(object)
        draft.content = writer.bytes
        return draft
    }
}
