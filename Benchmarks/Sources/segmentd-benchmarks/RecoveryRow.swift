import EventModel
import Foundation
import Materializer
import RuleLanguage

/// The row "recovery": a start from a checkpoint against one that folds the whole log, and what a
/// checkpoint being written costs those who send events meanwhile.
struct RecoveryRow {
    /// How many people, each with a user and a device.
    let people: Int
    /// How many entries, each with a message id within the horizon.
    let entries: Int

    private static let rules = """
        segment carts when added_to_cart in last 2 hours and no order_completed in last 2 hours
        segment regulars when at least 3 order_completed in last 30 days
        segment spenders when sum of order_completed.total in last 90 days >= 200
        segment lookers when at least 5 product_viewed in last 24 hours
        segment quiet when any event and no event in last 14 days
        segment fresh when order_completed in last 1 day
        """

    func run(_ report: inout Report) async throws {
        let folder = NSTemporaryDirectory() + "segmentd-recovery-\(getpid())"
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true
        )
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let source = RuleSource(path: "six.seg", text: Self.rules)
        guard let ruleSet = compileRules([source]).ruleSet else { return }
        let rules = ProposedRules(sources: [source], ruleSet: ruleSet)
        try write(folder, rules)
        var options = PartitionOptions(dataDirectory: folder)
        let whole = try await open(options, rules) { _ in }
        options.checkpointEntries = 20_000
        var calm: [Double] = []
        var busy: [Double] = []
        var catchingUp = 0.0
        let checkpointed = try await open(options, rules) { partition in
            let path = folder + "/state/checkpoint"
            // The log ends a day ago: what fell due since is evaluated before the first round.
            catchingUp = try await evaluated(partition, 0)
            // Long enough for one to be written and to take the place of the one before.
            for round in 0..<150 {
                let took = try await evaluated(partition, round + 1)
                let isOpen = [".new", ".old"].contains {
                    FileManager.default.fileExists(atPath: path + $0)
                }
                if isOpen { busy.append(took) } else { calm.append(took) }
            }
        }
        let size = (try? FileManager.default.attributesOfItem(atPath: folder + "/state/checkpoint"))
        let bytes = (size?[.size] as? Int) ?? 0
        report.add(
            Row(
                "recovery",
                "s until a start from the checkpoint is ready",
                checkpointed,
                isAtMost: true,
                [
                    "\(people) people, \(2 * people) identifiers, \(entries) message ids, checkpoint "
                        + "\(bytes >> 20) MiB; folding the whole log \(Report.text(whole)) s: ratio "
                        + Report.text(whole / checkpointed),
                    "500 entries evaluated: median \(Report.text(Measure.median(calm))) ms, longest "
                        + "\(Report.text(calm.max() ?? 0)); while a checkpoint is written median "
                        + "\(Report.text(Measure.median(busy))), longest "
                        + "\(Report.text(busy.max() ?? 0)) (\(busy.count) of them); the first, with a "
                        + "day of deadlines before it, \(Report.text(catchingUp)) ms",
                ]
            )
        )
    }

    /// Milliseconds until 500 entries were evaluated.
    private func evaluated(_ partition: Partition, _ round: Int) async throws -> Double {
        let start = ContinuousClock.now
        _ = try await partition.submit(
            (0..<500).map { draft(round * 500 + $0) },
            wait: .fully
        )
        return Self.seconds(ContinuousClock.now - start) * 1_000
    }

    private func open(
        _ options: PartitionOptions,
        _ rules: ProposedRules,
        _ body: (Partition) async throws -> Void
    ) async throws -> Double {
        var options = options
        options.acceptsClock = true
        let start = ContinuousClock.now
        let partition = try Partition.open(options, rules: rules)
        let took = Self.seconds(ContinuousClock.now - start)
        try await body(partition)
        await partition.stop()
        return took
    }

    /// A log that begins with its rules, over the last six days.
    private func write(_ folder: String, _ rules: ProposedRules) throws {
        let start = Instant(
            milliseconds: Int64(Date().timeIntervalSince1970 * 1_000) - 6 * 86_400_000
        )
        let writer = try ImportWriter(
            folder,
            ImportJob(id: "benchmark", files: []),
            rules: rules,
            earliest: start
        )
        let step = Double(5 * 86_400_000) / Double(entries)
        var at = start
        for index in 0..<entries {
            at = start + TimeSpan(milliseconds: Int64(Double(index) * step))
            try writer.add(draft(index), at: at)
        }
        try writer.close(latest: at)
    }

    private func draft(_ index: Int) -> EntryDraft {
        var draft = EntryDraft(kind: .track)
        // Everybody is met once, with a device; after that at random.
        let mixed = UInt64(index) &* 0x9E37_79B9_7F4A_7C15
        let person = index < people ? index : Int(mixed >> 20) % people
        draft.identifiers = [.user("customer-\(person)")]
        if index < people { draft.identifiers.append(.anonymous("device-\(person)")) }
        draft.event =
            ["product_viewed", "added_to_cart", "order_completed"][
                [0, 0, 0, 0, 1, 2][Int(mixed >> 50) % 6]
            ]
        let half = String(mixed, radix: 16)
        draft.messageID = "6b1f2a90-4c1d-4e6f-\(half)-\(index)"
        if draft.event == "order_completed" {
            var writer = ValueWriter()
            let root = writer.begin(.object)
            writer.name("total")
            writer.number(Array("\(mixed >> 58).50".utf8).span)
            writer.end(root)
            draft.content = writer.bytes
        }
        return draft
    }

    private static func seconds(_ span: Duration) -> Double { span / .seconds(1) }
}
