import EventModel
import Foundation
import Materializer
import Synchronization

/// The rows "mass…": as many people as there are leave a segment at one instant while somebody goes on to send
/// events; and "bot": one person with a million events beside ordinary ones.
struct MassRows {
    let people: Int
    let botEvents: Int
    let rounds: Int

    private static let day = TimeSpan(milliseconds: 86_400_000)

    /// The machine's clocks, as far ahead as wanted.
    static func clock(startingAt instant: Instant) -> ClockSource {
        let system = ClockSource.system
        let ahead = instant - system.wall()
        return ClockSource(wall: { system.wall() + ahead }, elapsed: system.elapsed)
    }

    static func track(_ event: String, _ user: String, _ id: String = "") -> EntryDraft {
        var draft = EntryDraft(kind: .track)
        draft.event = event
        draft.identifiers = [.user(user)]
        draft.messageID = id
        var writer = ValueWriter()
        let object = writer.begin(.object)
        writer.name("total")
        writer.number(Array("1.5".utf8).span)
        writer.end(object)
        draft.content = writer.bytes
        return draft
    }

    func run(_ report: inout Report) async throws {
        try await midnight(&report)
        try await bot(&report)
    }

    private func midnight(_ report: inout Report) async throws {
        let folder = try Folder("mass")
        let rules = "segment lookers when product_viewed in last 1 day\n"
        let start = Instant(milliseconds: 1_767_225_600_000)
        try write(folder.path, rules, start..<start) { writer in
            for index in 0..<people {
                try writer.add(Self.track("product_viewed", "u\(index)"), at: start)
            }
        }
        var options = PartitionOptions(dataDirectory: folder.path)
        let lead = TimeSpan(milliseconds: 3_000)
        let due = start + Self.day
        do {
            // The first start folds the import, which takes a while; the next one goes on from a checkpoint.
            options.clock = Self.clock(startingAt: start + TimeSpan(milliseconds: 1_000))
            await (try Partition.open(options, rules: try Shop.proposed(rules))).stop()
        }
        let recovery = TimeSpan(milliseconds: Int64(people / 100))
        options.clock = Self.clock(startingAt: due - lead - recovery)
        let seen = try await watch(options, rules, until: due)
        let (calm, busy) = (seen.calm, seen.busy)
        let count = try Self.transitions(folder.path, due)
        guard count == people else {
            throw BenchmarkError("\(count) of \(people) left at the instant")
        }
        report.add(
            Row(
                "mass-deadlines",
                "ms that an acknowledgement is later, at most, than the median of those before",
                (busy.max() ?? 0) - Measure.median(calm),
                isAtMost: true,
                [
                    "\(people) people leave at one instant; all of it recorded \(seen.recordedAfterSeconds) s after it",
                    "\(calm.count) acknowledgements before: median \(Report.text(Measure.median(calm))) ms, "
                        + "longest \(Report.text(calm.max() ?? 0)); \(busy.count) during: median "
                        + "\(Report.text(Measure.median(busy))), longest \(Report.text(busy.max() ?? 0))",
                ]
            )
        )
        report.add(
            Row(
                "mass-memory",
                "bytes a person that memory grows by while they leave",
                Double(seen.peakBytes - seen.bytesBefore) / Double(people),
                isAtMost: true,
                ["\(seen.bytesBefore >> 20) MiB before, \(seen.peakBytes >> 20) MiB at most"]
            )
        )
    }

    /// What somebody saw who sent one event after the other.
    private struct Seen {
        /// How long answers took before the instant, and from it on, in milliseconds.
        var calm: [Double] = []
        var busy: [Double] = []
        var bytesBefore: Int
        var peakBytes = 0
        var recordedAfterSeconds = 0.0

        init(bytesBefore: Int) { self.bytesBefore = bytesBefore }
    }

    /// Sends events until the instant is over for everybody.
    private func watch(
        _ options: PartitionOptions,
        _ rules: String,
        until due: Instant
    ) async throws -> Seen {
        let clock = options.clock
        let partition = try Partition.open(options, rules: try Shop.proposed(rules))
        var seen = Seen(bytesBefore: Measure.residentBytes())
        var index = 0
        while true {
            let now = clock.wall()
            let began = Measure.wallSeconds()
            _ = try await partition.submit(
                [Self.track("added_to_cart", "sender-\(index % 50)")],
                wait: .briefly
            )
            let took = (Measure.wallSeconds() - began) * 1_000
            index += 1
            seen.peakBytes = max(seen.peakBytes, Measure.residentBytes())
            if now < due { seen.calm.append(took) } else { seen.busy.append(took) }
            guard now >= due, index % 20 == 0 else { continue }
            let members = try await partition.segments().first?.memberCount ?? 0
            if members == 0 {
                seen.recordedAfterSeconds = Double((clock.wall() - due).milliseconds) / 1_000
                break
            }
            guard now < due + TimeSpan(milliseconds: 120_000) else {
                throw BenchmarkError("\(members) people are still in the segment")
            }
        }
        await partition.stop()
        return seen
    }

    /// Writes a log that begins with an import, from its first instant to its last.
    func write(
        _ folder: String,
        _ rules: String,
        _ instants: Range<Instant>,
        _ rows: (ImportWriter) throws -> Void
    ) throws {
        let writer = try ImportWriter(
            folder,
            ImportJob(id: "benchmark", files: []),
            rules: try Shop.proposed(rules),
            earliest: instants.lowerBound
        )
        try rows(writer)
        try writer.close(latest: instants.upperBound)
    }

    private static func transitions(_ folder: String, _ at: Instant) throws -> Int {
        var options = PartitionOptions(dataDirectory: folder)
        options.acceptsClock = true
        let partition = try Partition.open(options, rules: nil)
        var count = 0
        var after: TransitionCursor?
        while true {
            let rows = try partition.transitions(after: after, limit: 10_000)
            guard let last = rows.last else { return count }
            count += rows.count {
                $0.transition.at == at && $0.transition.direction == .exited
            }
            after = last.transition.cursor
        }
    }

    // MARK: - A bot

    private func bot(_ report: inout Report) async throws {
        let rules = """
            segment carts when added_to_cart in last 2 hours and no order_completed in last 2 hours
            segment spenders when sum of order_completed.total in last 90 days >= 200
            segment buyers when at least 3 order_completed in last 30 days
            segment quiet when any event and no event in last 14 days
            """
        let folder = try Folder("bot")
        let start = Instant(milliseconds: 1_767_225_600_000)
        let hour = TimeSpan(milliseconds: 3_600_000)
        try write(folder.path, rules, start..<start + hour) { writer in
            for index in 0..<botEvents {
                let offset = Int64(index) * hour.milliseconds / Int64(botEvents)
                let at = start + TimeSpan(milliseconds: offset)
                try writer.add(Self.track("order_completed", "bot"), at: at)
            }
        }
        var options = PartitionOptions(dataDirectory: folder.path)
        options.clock = Self.clock(startingAt: start + TimeSpan(milliseconds: 3_700_000))
        let partition = try Partition.open(options, rules: try Shop.proposed(rules))
        var crowd: [Double] = []
        var bot: [Double] = []
        for round in 0..<rounds {
            // The same entries beside them, once of many and once of the one.
            crowd += try await latencies(partition, round * 2) { "crowd-\($0 % 1_000)" }
            bot += try await latencies(partition, round * 2 + 1) { _ in "bot" }
        }
        await partition.stop()
        let (calm, loud) = (Measure.quantile(crowd, 0.99), Measure.quantile(bot, 0.99))
        report.add(
            Row(
                "bot",
                "times the p99 of others, evaluated, while one person with \(botEvents) events sends as "
                    + "much as a crowd did",
                loud / calm,
                isAtMost: true,
                [
                    "p99 \(Report.text(calm)) ms beside a crowd, \(Report.text(loud)) ms beside the bot "
                        + "(\(crowd.count) and \(bot.count) requests)"
                ]
            )
        )
    }

    /// How long others' requests take while somebody sends batches without pause.
    private func latencies(
        _ partition: Partition,
        _ round: Int,
        _ sender: @escaping @Sendable (Int) -> String
    ) async throws -> [Double] {
        let isDone = Mutex(false)
        let loud = Task {
            var index = 0
            while !isDone.withLock({ $0 }) {
                let drafts = (0..<200).map { place in
                    Self.track("order_completed", sender(index + place))
                }
                index += 200
                _ = try? await partition.submit(drafts, wait: .fully)
            }
        }
        var found: [Double] = []
        for index in 0..<300 {
            let start = Measure.wallSeconds()
            _ = try await partition.submit(
                [Self.track("added_to_cart", "other-\(round)-\(index % 40)")],
                wait: .fully
            )
            found.append((Measure.wallSeconds() - start) * 1_000)
        }
        isDone.withLock { $0 = true }
        await loud.value
        return found
    }
}
