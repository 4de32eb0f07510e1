import EventModel
import EventStore
import SegmentTesting
import Testing
import WebhookDelivery

/// Random receivers, crashes and restarts in virtual time, against a ledger.
@Suite struct SimulationTests {
    @Test(arguments: 0..<10) func nothingIsLostAndNobodyIsOutOfOrder(tenth: UInt64) async {
        let findings = await onOwnThread {
            (tenth * 50..<tenth * 50 + 50).flatMap { seed in
                var world = World(seed: seed)
                world.run()
                return world.findings().map { "seed \(seed): \($0)" }
            }
        }
        #expect(findings.isEmpty)
    }

    // The negative controls: with the fault in it, the ledger must say so.
    @Test(arguments: [(World.Fault.forgetsHeld, "lost"), (.hasNoLanes, "out of order")])
    func theLedgerFindsAFault(fault: World.Fault, finding: String) async {
        let findings = await onOwnThread {
            (0..<500).flatMap { seed in
                var world = World(seed: UInt64(seed), fault: fault)
                world.run()
                return world.findings()
            }
        }
        #expect(findings.contains { $0.contains(finding) })
    }
}

/// One run: a log of transitions, a machine that dies, and a receiver with faults.
struct World {
    enum Fault: Sendable {
        case none
        /// What failed is not written down.
        case forgetsHeld
        /// Every transition has a lane of its own.
        case hasNoLanes
    }

    private var random: SeededGenerator
    private let all: [Transition]
    private let people: [TransitionCursor: Int]
    private let fault: Fault
    private let failureShare: Int
    private var now = Instant(milliseconds: 1_767_225_600_000)
    private var persisted = DeliveryPosition()
    private var parked: Set<TransitionCursor> = []
    private var machine: DeliveryMachine
    private var flying: [[TransitionCursor]] = []
    private var taken: [TransitionCursor] = []
    private var problems: Set<String> = []
    private var resumptions = 0
    /// What the machine knows to be taken; a new one knows what is on disk.
    private var delivered: Set<TransitionCursor> = []
    private var limits = DeliveryLimits()

    init(seed: UInt64, fault: Fault = .none) {
        self.fault = fault
        var random = SeededGenerator(seed: seed)
        let count = Int.random(in: 1...40, using: &random)
        failureShare = [0, 10, 50, 90, 100][Int(seed % 5)]
        limits.freshMax = Int.random(in: 1...60, using: &random)
        limits.inFlightMax = Int.random(in: 1...8, using: &random)
        limits.batchMax = Bool.random(using: &random) ? 1 : Int.random(in: 2...5, using: &random)
        limits.repeatsMax = Int.random(in: 0...40, using: &random)
        limits.failingMax = .hours(1)
        limits.failuresInARowMax = Int.random(in: 1...6, using: &random)
        var people: [TransitionCursor: Int] = [:]
        var all: [Transition] = []
        for index in 0..<Int.random(in: 0...300, using: &random) {
            let person = Int.random(in: 1...count, using: &random)
            let transition = Transition(
                at: Instant(milliseconds: Int64(index)),
                person: PersonID(UInt64(fault == .hasNoLanes ? index : person)),
                segment: "s",
                direction: .entered,
                cause: .event,
                sequence: SequenceNumber(1),
                ruleHash: 0,
                isAnnounced: Int.random(in: 0..<5, using: &random) > 0,
                entryIsAnnounced: false,
                identifiers: []
            )
            people[transition.cursor] = person
            all.append(transition)
        }
        self.all = all
        self.people = people
        self.random = random
        machine = DeliveryMachine(from: persisted, target: 1, now: now, limits: limits)
    }

    mutating func run() {
        for _ in 0..<20_000 {
            read()
            let started = machine.starts(at: now).map(\.cursors)
            if !delivered.isDisjoint(with: started.flatMap { $0 }) {
                problems.insert("sent again what was taken")
            }
            flying += started
            if machine.inFlight > limits.inFlightMax { problems.insert("too many in flight") }
            let people = flying.flatMap { $0 }.map(\.person)
            if Set(people).count < people.count {
                problems.insert("two of a person in flight")
            }
            if flying.isEmpty, machine.nextWakeUp == nil, machine.halt == nil, isAtEnd { return }
            if case .suspended? = machine.halt, isSuspendedForGood() { return }
            if Int.random(in: 0..<100, using: &random) < 3 || machine.halt != nil { crash() }
            if flying.isEmpty {
                if let due = machine.nextWakeUp, due > now { now = due }
            } else {
                land()
            }
            if Int.random(in: 0..<4, using: &random) == 0 { persist() }
        }
        problems.insert("no end")
    }

    private var isAtEnd: Bool { machine.read == all.last?.cursor }

    private mutating func read() {
        let start = machine.read.flatMap { read in all.firstIndex { $0.cursor == read } }
        let rest = all[(start.map { $0 + 1 } ?? 0)...]
        let limit = min(machine.room, Int.random(in: 1...30, using: &random))
        machine.take(Array(rest.prefix(limit)))
    }

    private mutating func land() {
        let cursors = flying.remove(at: Int.random(in: flying.indices, using: &random))
        var outcome = AttemptOutcome.delivered
        if Int.random(in: 0..<100, using: &random) < failureShare {
            let asked = Int.random(in: 0...1, using: &random) == 0 ? nil : 30
            outcome = .failed(AttemptFailure("down", retryAfterSeconds: asked))
            // The receiver took it, and its answer was lost.
            if Int.random(in: 0..<5, using: &random) == 0 { taken += cursors }
            if Int.random(in: 0..<50, using: &random) == 0 { outcome = .gone }
        } else {
            taken += cursors
            delivered.formUnion(cursors)
        }
        now = now + TimeSpan(milliseconds: Int64.random(in: 0...100, using: &random))
        let jitter = Double.random(in: 0...1, using: &random)
        let verdict = machine.finish(cursors, outcome, at: now, jitter: jitter)
        if case .parked(let letters) = verdict {
            parked.formUnion(letters.map(\.cursor))
            persist()
        }
        if case .stopped = verdict { persist() }
    }

    /// Somebody resumes it, from where it was or from now on: then what is not sent is in a gap, or given up.
    private mutating func isSuspendedForGood() -> Bool {
        persist()
        crash()
        persisted.suspension = nil
        persisted.failingSince = nil
        resumptions += 1
        guard resumptions > 2 else {
            crash()
            return false
        }
        parked.formUnion(persisted.held.map(\.cursor))
        let start = persisted.through.flatMap { through in
            all.firstIndex { $0.cursor == through }
        }
        parked.formUnion(all[(start.map { $0 + 1 } ?? 0)...].map(\.cursor))
        return true
    }

    private mutating func persist() {
        persisted.take(machine.progress())
        if fault == .forgetsHeld { persisted.held = [] }
    }

    /// What was on its way may have been taken all the same; the machine goes on from the disk.
    private mutating func crash() {
        for cursors in flying where Bool.random(using: &random) { taken += cursors }
        flying = []
        delivered = []
        machine = DeliveryMachine(from: persisted, target: 1, now: now, limits: limits)
    }

    /// What the ledger says against the run.
    func findings() -> [String] {
        var findings = Array(problems)
        let announced = Set(all.filter(\.isAnnounced).map(\.cursor))
        if !Set(taken).isSubset(of: announced) { findings.append("sent unannounced ones") }
        let lost = announced.subtracting(taken).subtracting(parked)
        if !lost.isEmpty { findings.append("lost \(lost.count)") }
        if failureShare == 0, !parked.isEmpty { findings.append("gave up without a failure") }
        // First arrivals of a person come in order, whatever was repeated.
        var last: [Int: Instant] = [:]
        var seen: Set<TransitionCursor> = []
        for cursor in taken where seen.insert(cursor).inserted {
            guard let person = people[cursor] else { continue }
            if let before = last[person], before > cursor.at {
                findings.append("out of order: person \(person) at \(cursor.at)")
            }
            last[person] = cursor.at
        }
        return findings
    }
}
