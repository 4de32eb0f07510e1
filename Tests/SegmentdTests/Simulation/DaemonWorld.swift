import EventModel
import EventStore
import Foundation
import Materializer
import RuleLanguage
import SegmentTesting
import Synchronization
import WebhookDelivery

/// The whole daemon's logic in virtual time: writer, engine, state and delivery take their steps in an order
/// that a seed decides, on a clock, a network and clients of the seed's.
///
/// The stores are the real ones, in memory where the system has such a folder; a crash drops everything that
/// is in no commit. Steps are whole, so a crash comes between any two of them; within a commit there is
/// nothing between "not there" and "there", which the tests of power loss see to.
final class DaemonWorld {
    enum Fault {
        case none
        /// Deliveries are written down before they are sent.
        case persistsEarly
    }

    static let rules = """
        segment carts when cart in last 2 hours and no order in last 2 hours
        segment two when at least 2 view in last 1 day
        segment quiet when any event and no any event in last 3 days
        segment pros when person.plan = "pro"
        """

    private struct Request {
        var entries: [TestEntry]
        /// Tries on their way to the daemon or back.
        var isSent = false
    }

    private struct Flight {
        var cursor: TransitionCursor
        var due: Instant
        /// What the sender hears: an answer may be lost on the way back.
        var outcome: AttemptOutcome
    }

    /// Answers of the daemon that have not reached their clients.
    private final class Answers: Sendable {
        private let all = Mutex<[(request: Int, answer: Result<Submission, SubmitError>)]>([])

        func add(_ request: Int, _ answer: Result<Submission, SubmitError>) {
            all.withLock { $0.append((request, answer)) }
        }

        func take() -> [(request: Int, answer: Result<Submission, SubmitError>)] {
            all.withLock { answers in
                defer { answers = [] }
                return answers
            }
        }
    }

    private let fault: Fault
    private let folder: String
    private var random: SeededGenerator
    private let clock = VirtualClock(
        at: Instant(milliseconds: 1_767_225_600_000),
        isTicking: true
    )
    private let proposed: ProposedRules
    private let ruleSet: RuleSet

    private var partition: Partition?
    private var store: DeliveryStore?
    private var machine: DeliveryMachine?
    private var flights: [Flight] = []
    private var requests: [Request] = []
    private var answers = Answers()
    private var entryCount = 0
    private(set) var crashes = 0
    private(set) var problems: [String] = []

    /// Per message id the sequence number that was acknowledged.
    private var acknowledged: [(id: String, sequence: UInt64)] = []
    /// What the receiver took, in order.
    private var taken: [TransitionCursor] = []
    private(set) var transitionCount = 0

    init(seed: UInt64, fault: Fault = .none) throws {
        self.fault = fault
        random = SeededGenerator(seed: seed)
        let memory = "/dev/shm"
        let parent =
            FileManager.default.isWritableFile(atPath: memory) ? memory : NSTemporaryDirectory()
        folder = "\(parent)/segmentd-world-\(getpid())-\(seed)-\(UInt32.random(in: 0 ... .max))"
        let source = RuleSource(path: "test.seg", text: DaemonWorld.rules)
        guard let ruleSet = compileRules([source]).ruleSet else { throw NoRules() }
        self.ruleSet = ruleSet
        proposed = ProposedRules(sources: [source], ruleSet: ruleSet)
    }

    struct NoRules: Error {}

    deinit {
        partition = nil
        store = nil
        try? FileManager.default.removeItem(atPath: folder)
    }

    private func chance(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &random) < percent
    }

    private func pass(_ milliseconds: ClosedRange<Int64>) {
        clock.advance(
            by: TimeSpan(milliseconds: Int64.random(in: milliseconds, using: &random))
        )
    }

    // MARK: - Lives

    private func start() throws {
        var options = PartitionOptions(dataDirectory: folder)
        options.clock = ClockSource(
            wall: { [clock] in clock.wall },
            elapsed: { [clock] in clock.elapsed }
        )
        options.hooks.isStepped = true
        options.checkpointEntries = 12
        let partition = try Partition.open(options, rules: proposed)
        let store = try DeliveryStore(
            directory: partition.deliveryFolder,
            logID: partition.logID
        )
        machine = DeliveryMachine(
            from: try store.position(of: .configured) ?? DeliveryPosition(),
            target: 1,
            now: clock.wall,
            schedule: .standard,
            limits: DeliveryLimits()
        )
        self.partition = partition
        self.store = store
    }

    /// Everything that is in no commit is gone, with what was on its way.
    private func crash() {
        crashes += 1
        partition = nil
        store = nil
        machine = nil
        flights = []
        answers = Answers()
        for index in requests.indices { requests[index].isSent = false }
    }

    private func stop() {
        partition?.beginStopping()
        while partition?.stepWriter() == true || partition?.stepApplier() == true {}
        hearAnswers()
        persist()
        crash()
        crashes -= 1
    }

    /// Runs so many steps, then brings everything to its end.
    func run(steps: Int) throws {
        for _ in 0..<steps {
            if partition == nil { try start() }
            step()
        }
        if partition == nil { try start() }
        var rounds = 0
        // Once at least: what the writer appended by itself is nobody's request.
        repeat {
            rounds += 1
            settle()
        } while !isQuiet && rounds < 5_000
        if rounds == 5_000 { problems.append("it does not come to rest") }
        try audit()
    }

    private func step() {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<22: ask()
        case 22..<42:
            // A disk takes its time, and now and then very long.
            pass(chance(3) ? 1_000...20_000 : 1...20)
            _ = partition?.stepWriter()
        case 42..<62:
            pass(0...10)
            _ = partition?.stepApplier()
        case 62..<72: hearAnswers()
        case 72..<84: deliver()
        case 84..<88: persist()
        case 88..<94: pass(chance(30) ? 1...200_000_000 : 1...4_000_000)
        case 94..<98: crash()
        default: stop()
        }
    }

    // MARK: - Clients

    private func entry() -> TestEntry {
        entryCount += 1
        let isTrack = chance(80)
        var entry = TestEntry(receivedAt: .distantPast, kind: isTrack ? .track : .identify)
        entry.messageID = "m\(entryCount)"
        if chance(70) { entry.user = "u\(Int.random(in: 0..<5, using: &random))" }
        if entry.user == nil || chance(20) {
            entry.anonymous = "a\(Int.random(in: 0..<6, using: &random))"
        }
        if isTrack {
            entry.event = ["cart", "order", "view"].randomElement(using: &random) ?? ""
        } else {
            entry.members = ["plan": chance(50) ? "pro" : "free"]
        }
        return entry
    }

    /// A client sends something new, or again what was not answered.
    private func ask() {
        if requests.count < 3 {
            requests.append(
                Request(entries: (0..<Int.random(in: 1...4, using: &random)).map { _ in entry() })
            )
        }
        guard
            let index = requests.indices.filter({ !requests[$0].isSent }).randomElement(
                using: &random
            )
        else { return }
        requests[index].isSent = true
        // Known by its first message id, since the list changes.
        let id = requests[index].entries[0].messageID
        let number = Int(id.dropFirst()) ?? 0
        let drafts = requests[index].entries.map(\.draft)
        _ = partition?.enqueue(drafts) { [answers] in answers.add(number, $0) }
    }

    private func hearAnswers() {
        for (number, answer) in answers.take() {
            guard
                let index = requests.firstIndex(where: {
                    $0.entries[0].messageID == "m\(number)"
                })
            else { continue }
            requests[index].isSent = false
            // Lost on the way: the client asks again, with the same message ids.
            guard !chance(15), case .success(let submission) = answer else { continue }
            let request = requests.remove(at: index)
            for (entry, receipt) in zip(request.entries, submission.receipts) {
                acknowledged.append((entry.messageID, receipt.sequence.rawValue))
            }
        }
    }

    // MARK: - Delivery

    private func deliver() {
        guard let partition, machine != nil else { return }
        let now = clock.wall
        for flight in flights where flight.due <= now {
            _ = machine?.finish([flight.cursor], flight.outcome, at: now, jitter: 0.5)
        }
        flights.removeAll { $0.due <= now }
        let room = machine?.room ?? 0
        let found = (try? partition.recorded(after: machine?.read, limit: room)) ?? []
        machine?.take(found)
        if fault == .persistsEarly { finishUnsent(now) }
        for attempt in machine?.starts(at: now) ?? [] {
            let isTaken = chance(75)
            if isTaken { taken += attempt.cursors }
            let isHeard = isTaken && !chance(15)
            flights.append(
                Flight(
                    cursor: attempt.cursors[0],
                    due: now + TimeSpan(milliseconds: Int64.random(in: 0...20, using: &random)),
                    outcome: isHeard
                        ? AttemptOutcome(status: 200, retryAfter: nil)
                        : .failed(AttemptFailure("lost"))
                )
            )
        }
        pass(0...30)
    }

    /// The planted fault: what was only begun is written down as done.
    private func finishUnsent(_ now: Instant) {
        for attempt in machine?.starts(at: now) ?? [] where chance(50) {
            _ = machine?.finish(
                attempt.cursors,
                AttemptOutcome(status: 200, retryAfter: nil),
                at: now,
                jitter: 0
            )
        }
    }

    private func persist() {
        guard let progress = machine?.progress() else { return }
        do { try store?.commit(progress, parking: [], of: .configured) } catch {
            problems.append("\(error)")
        }
    }

    // MARK: - The end

    private var isQuiet: Bool {
        requests.isEmpty && flights.isEmpty && machine?.nextWakeUp == nil && machine?.inFlight == 0
            && ((try? partition?.recorded(after: machine?.read, limit: 1)) ?? [])?.isEmpty == true
    }

    private func settle() {
        if let index = requests.firstIndex(where: { !$0.isSent }) {
            requests[index].isSent = true
            let number = Int(requests[index].entries[0].messageID.dropFirst()) ?? 0
            _ = partition?.enqueue(requests[index].entries.map(\.draft)) { [answers] in
                answers.add(number, $0)
            }
        }
        while partition?.stepWriter() == true || partition?.stepApplier() == true {}
        hearAnswers()
        deliver()
        if let wake = machine?.nextWakeUp, flights.isEmpty, requests.isEmpty {
            clock.advance(by: max(TimeSpan(milliseconds: 1), wake - clock.wall))
        }
    }

    /// Holds everything against its definition.
    private func audit() throws {
        guard let partition else { return }
        var log: [TestEntry] = []
        var ids: [String] = []
        let page = try LogImageOfWorld.entries(folder, partition)
        for (entry, id) in page {
            log.append(entry)
            ids.append(id)
        }
        for (id, sequence) in acknowledged
        where !ids.indices.contains(Int(sequence) - 1) || ids[Int(sequence) - 1] != id {
            problems.append("\(id) was acknowledged as \(sequence) and is lost")
        }
        let recorded = try partition.recorded(after: nil, limit: 100_000)
        transitionCount = recorded.count
        let last = log.last?.receivedAt ?? .distantPast
        let expected = NaiveReference(log, ruleSets: [ruleSet]).transitions(through: last).map {
            "\($0.at) \($0.person) \($0.segment) \($0.isEntry) \($0.cause.name) \($0.sequence)"
        }
        let found = recorded.map {
            "\($0.at) \($0.person) \($0.segment) \($0.direction == .entered) \($0.cause.name) "
                + "\($0.sequence)"
        }
        if found != expected {
            let place = zip(found, expected).prefix { $0 == $1 }.count
            problems.append(
                "transition \(place) of \(expected.count) differs from the definition: "
                    + "\(found.dropFirst(place).first ?? "missing"), not "
                    + "\(expected.dropFirst(place).first ?? "there"); the log ends at \(last)"
            )
        }
        checkDeliveries(recorded.filter(\.isAnnounced).map(\.cursor))
    }

    private func checkDeliveries(_ announced: [TransitionCursor]) {
        let all = Set(taken)
        for cursor in announced where !all.contains(cursor) {
            problems.append("a transition was never delivered")
        }
        if !all.isSubset(of: Set(announced)) { problems.append("something untrue was delivered") }
        var seen: Set<TransitionCursor> = []
        var order: [PersonID: [TransitionCursor]] = [:]
        for cursor in taken where seen.insert(cursor).inserted {
            order[cursor.person, default: []].append(cursor)
        }
        let expected = Dictionary(grouping: announced, by: \.person)
        if order != expected { problems.append("deliveries of a person are out of order") }
    }
}

/// The log of a world, as the reference takes it.
enum LogImageOfWorld {
    static func entries(
        _ folder: String,
        _ partition: Partition
    ) throws -> [(entry: TestEntry, messageID: String)] {
        var found: [(entry: TestEntry, messageID: String)] = []
        for logged in try partition.allEntries() {
            var entry = TestEntry(receivedAt: logged.receivedAt, kind: logged.draft.kind)
            entry.event = logged.draft.event
            entry.messageID = logged.draft.messageID
            for identifier in logged.draft.identifiers {
                if identifier.namespace == "user" { entry.user = identifier.text }
                if identifier.namespace == "anonymous" { entry.anonymous = identifier.text }
            }
            if logged.draft.kind == .identify {
                let isPro = logged.draft.content.count == Self.proCount
                entry.members = ["plan": isPro ? "pro" : "free"]
            }
            found.append((entry, logged.draft.messageID))
        }
        return found
    }

    /// Bytes of `{"plan": "pro"}` in the named form.
    private static let proCount = TestEntry.content(["plan": "pro"]).count
}

extension TestEntry {
    /// Properties or attributes in the named form.
    fileprivate static func content(_ members: [String: TestValue]) -> [UInt8] {
        var entry = TestEntry(receivedAt: .distantPast, kind: .identify)
        entry.members = members
        return entry.draft.content
    }
}
