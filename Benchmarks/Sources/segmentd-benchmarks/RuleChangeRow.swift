import EventModel
import Foundation
import Materializer
import Synchronization

/// The row "rule-change": rules that move as many people as there are are put in force while somebody goes on to send
/// events.
extension MassRows {
    func ruleChange(_ report: inout Report) async throws {
        let folder = try Folder("rule-change")
        let before = "segment lookers when product_viewed in last 1 day\n"
        let after =
            before
            + "segment seen when product_viewed\nsegment wide when any event in last 9 days\n"
        let start = Instant(milliseconds: 1_767_225_600_000)
        try write(folder.path, before, start..<start) { writer in
            for index in 0..<people {
                try writer.add(Self.track("product_viewed", "u\(index)"), at: start)
            }
        }
        var options = PartitionOptions(dataDirectory: folder.path)
        options.clock = Self.clock(startingAt: start + TimeSpan(milliseconds: 1_000))
        await (try Partition.open(options, rules: try Shop.proposed(before))).stop()
        options.clock = Self.clock(startingAt: start + TimeSpan(milliseconds: 60_000))
        let partition = try Partition.open(options, rules: try Shop.proposed(before))
        let proposed = try Shop.proposed(after)
        let outcome = Mutex<Result<AppliedRules, any Error>?>(nil)
        let isOver = Mutex(false)
        var (calm, busy): ([Double], [Double]) = ([], [])
        var index = 0
        func send() async throws -> Double {
            let began = Measure.wallSeconds()
            _ = try await partition.submit(
                [Self.track("added_to_cart", "sender-\(index % 50)")],
                wait: .briefly
            )
            index += 1
            return (Measure.wallSeconds() - began) * 1_000
        }
        for _ in 0..<200 { calm.append(try await send()) }
        let bytesBefore = Measure.residentBytes()
        var bytesMost = bytesBefore
        let began = Measure.wallSeconds()
        Task {
            do {
                let applied = try await partition.apply(
                    proposed,
                    RuleChangeNote(author: "benchmark", reason: ""),
                    plan: nil,
                    cores: 1,
                    progress: { _ in }
                )
                outcome.withLock { $0 = .success(applied) }
            } catch {
                outcome.withLock { $0 = .failure(error) }
            }
            isOver.withLock { $0 = true }
        }
        while !isOver.withLock({ $0 }) {
            busy.append(try await send())
            bytesMost = max(bytesMost, Measure.residentBytes())
        }
        let seconds = Measure.wallSeconds() - began
        let applied = try outcome.withLock { try $0?.get() }
        await partition.stop()
        let entered = applied?.changes.first { $0.segment == "seen" }?.entered ?? 0
        guard entered == people else { throw BenchmarkError("\(entered) of \(people) entered") }
        report.add(
            Row(
                "rule-change",
                "ms that an acknowledgement is later, at most, than the median of those before",
                (busy.max() ?? 0) - Measure.median(calm),
                isAtMost: true,
                [
                    "rules that bring \(people) people into two segments, in force and evaluated after "
                        + "\(Report.text(seconds)) s; memory \(bytesBefore >> 20) MiB before, "
                        + "\(bytesMost >> 20) MiB at most",
                    "\(calm.count) acknowledgements before: median \(Report.text(Measure.median(calm))) ms, "
                        + "longest \(Report.text(calm.max() ?? 0)); \(busy.count) during: median "
                        + "\(Report.text(Measure.median(busy))), longest \(Report.text(busy.max() ?? 0))",
                ]
            )
        )
    }
}
