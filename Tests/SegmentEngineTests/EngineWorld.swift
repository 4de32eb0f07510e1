import EventModel
import EventStore
import RuleLanguage
import SegmentEngine
import SegmentTesting

/// The engine on a log in memory, driven by hand: time starts at `epoch`.
final class EngineWorld {
    static let epoch = Instant(rfc3339: "2026-01-01T00:00:00Z") ?? .distantPast

    let log: MemoryLog
    let ruleSets: [RuleSet]
    let settings: EngineSettings
    private var admit: AdmitStage
    private var apply: ApplyStage
    private var batch = TransitionBatch()
    private var people: [String: PersonID] = [:]
    /// How many people to evaluate in a slice.
    var peopleMax = 1_000
    /// How often a person was folded again.
    private(set) var refolds = 0
    /// After how many instants a checkpoint begins, and how many people of it each later one writes.
    var checkpointAfter: Int?
    var checkpointPeopleMax = 1
    private var instantsClosed = 0
    private var checkpoint: Checkpoint?
    private(set) var symbols: [(symbol: SymbolID, text: String)] = []
    private var rules: [SequenceNumber] = []
    /// Verdicts of all entries.
    private(set) var duplicates: [SequenceNumber: SequenceNumber] = [:]
    private(set) var conflicts: [SequenceNumber] = []
    private(set) var suppressed: [SequenceNumber] = []

    convenience init(_ sources: String...) {
        self.init(ruleSets: sources.map(EngineWorld.rules))
    }

    convenience init(ruleSets: [RuleSet], identifiersMax: Int? = nil) {
        var settings = EngineSettings()
        settings.identifiersMax = identifiersMax ?? settings.identifiersMax
        self.init(ruleSets, settings, MemoryLog())
    }

    private init(_ ruleSets: [RuleSet], _ settings: EngineSettings, _ log: MemoryLog) {
        self.log = log
        self.ruleSets = ruleSets
        self.settings = settings
        admit = AdmitStage(ruleSets: ruleSets, settings: settings)
        apply = ApplyStage(ruleSets: ruleSets, settings: settings)
        nonisolated(unsafe) let names = log
        admit.identifier = { unsafe names.knownIdentifier($0) }
        apply.identifier = { unsafe names.knownIdentifier($0) }
    }

    static func compiles(_ text: String) -> Bool {
        text.split(separator: RandomContract.separator, maxSplits: 1).allSatisfy {
            compiled(String($0)).ruleSet != nil
        }
    }

    private static func compiled(_ text: String) -> RuleCompilation {
        compileRules([RuleSource(path: "test.seg", text: text)], zones: TestZones.zone)
    }

    /// Rules, or a contract and rules that are checked without it.
    static func rules(_ text: String) -> RuleSet {
        let parts = text.split(separator: RandomContract.separator, maxSplits: 1)
        let sets = parts.map { part in
            let compiled = compiled(String(part))
            guard let ruleSet = compiled.ruleSet else { preconditionFailure(compiled.rendered) }
            return ruleSet
        }
        guard sets.count == 2 else { return sets.first ?? RuleSet(segments: []) }
        return RuleSet(sets[1].segments, under: sets[0].contract)
    }

    /// Puts the next rule set in force, at an instant of its own.
    func putRulesInForce(_ at: String) { step(at, [EntryDraft(kind: .rules)]) }

    /// Entries of one instant, so long after `epoch`; timestamps are as the drafts say.
    func step(_ at: String, _ drafts: [EntryDraft]) {
        step(EngineWorld.instant(at), drafts)
    }

    /// - Parameter closes: Whether the instant ends with them.
    func step(_ instant: Instant, _ drafts: [EntryDraft], closes: Bool = true) {
        guard let group = try? log.append(drafts, receivedAt: instant) else { return }
        proceed(to: instant)
        define(group.newSymbols)
        for index in group.heads.indices {
            take(group.heads[index], Array(group.bytes[group.record(index)]))
        }
        guard closes else { return }
        proceed(to: instant + TimeSpan(milliseconds: 1))
        instantsClosed += 1
        if instantsClosed == checkpointAfter { beginCheckpoint() }
        writeSlice()
    }

    private func define(_ symbols: [(symbol: SymbolID, text: String)]) {
        for (symbol, text) in symbols {
            admit.define(symbol, text)
            apply.define(symbol, text)
            self.symbols.append((symbol, text))
        }
    }

    private func take(_ head: EntryHead, _ bytes: [UInt8]) {
        let admitted = admit.admit(head, bytes.span)
        if case .duplicate(let of) = admitted.verdict { duplicates[head.sequence] = of }
        if admitted.isConflict { conflicts.append(head.sequence) }
        if admitted.verdict == .suppressed { suppressed.append(head.sequence) }
        if head.kind == .rules { rules.append(head.sequence) }
        if let request = apply.apply(head, admitted, bytes.span) { refold(request) }
    }

    private func refold(_ request: HistoryRequest) {
        refolds += 1
        let entries = entries(request)
        apply.beginRefold(request)
        for sequence in entries {
            _ = try? log.read(sequence) { head, bytes in
                apply.refold(head, bytes, for: request)
            }
        }
    }

    /// The entries of a history, in order, each once.
    func entries(_ request: HistoryRequest) -> [SequenceNumber] {
        var sequences: Set<SequenceNumber> = []
        for chain in request.chains {
            let found = try? log.chain(
                of: chain.identifier,
                from: chain.last,
                downTo: chain.from
            )
            sequences.formUnion((found ?? []).filter { $0 < chain.to })
        }
        return sequences.sorted()
    }

    // MARK: - Checkpoints

    private struct Checkpoint {
        var blocks: [CheckpointBlock] = []
        var through: SequenceNumber
        var transitions: Int
        var rules: [SequenceNumber]
        /// Blocks of lists are made last, as by another thread.
        var admit: AdmitCheckpoint
        var apply: ApplyCheckpoint
        var people: [CheckpointBlock] = []
        var isComplete = false
    }

    private func beginCheckpoint() {
        checkpoint = Checkpoint(
            through: log.lastSequence,
            transitions: batch.rows.count,
            rules: rules,
            admit: admit.checkpoint(),
            apply: apply.beginCheckpoint()
        )
    }

    private func writeSlice() {
        guard checkpoint?.isComplete == false else { return }
        if let block = apply.checkpointSlice(peopleMax: checkpointPeopleMax) {
            checkpoint?.people.append(block)
        } else {
            checkpoint?.isComplete = true
        }
    }

    /// Another engine, from the checkpoint and the entries after it, up to an instant.
    ///
    /// - Returns: It, and how many transitions came before the checkpoint; nil where none began.
    func restarted(through instant: Instant) throws -> (world: EngineWorld, before: Int)? {
        while checkpoint?.isComplete == false { writeSlice() }
        guard let checkpoint else { return nil }
        let world = EngineWorld(ruleSets, settings, log)
        world.apply.alwaysRefolds = apply.alwaysRefolds
        var blocks: [CheckpointBlock] = []
        checkpoint.apply.blocks { blocks.append($0) }
        checkpoint.admit.blocks { blocks.append($0) }
        world.define(symbols)
        for block in blocks + checkpoint.people {
            try unsafe block.words.withUnsafeBufferPointer { words in
                try unsafe world.apply.restore(block.kind, words)
                try unsafe world.admit.restore(block.kind, words)
            }
        }
        try world.apply.finishRestoring(rules: checkpoint.rules)
        world.admit.finishRestoringKeys()
        world.admit.finishRestoring(world.apply, rules: checkpoint.rules)
        var sequence = checkpoint.through.next
        var last: Instant?
        while sequence <= log.lastSequence {
            let entry = try log.read(sequence) { head, bytes in
                (head, (0..<bytes.count).map { bytes[$0] })
            }
            guard let (head, bytes) = entry else { break }
            if head.receivedAt != last { world.proceed(to: head.receivedAt) }
            last = head.receivedAt
            world.take(head, bytes)
            sequence = sequence.next
        }
        world.proceed(to: instant)
        return (world, checkpoint.transitions)
    }

    var layoutHash: UInt64 { apply.layoutHash }

    /// The first person of whom two engines know different things.
    func firstDifference(_ other: EngineWorld) -> PersonID? {
        apply.firstDifference(other.apply)?.person
    }

    /// Lets time pass up to, and not including, an instant.
    func proceed(to instant: Instant) {
        while !apply.proceed(to: instant, peopleMax: peopleMax, into: &batch) {}
    }

    /// Lets time pass through an instant so long after `epoch`.
    func pass(_ at: String) {
        proceed(to: EngineWorld.instant(at) + TimeSpan(milliseconds: 1))
    }

    /// Everything that happened.
    var transitions: [Transition] {
        batch.rows.indices.map { batch.transition($0, segmentNames: apply.segmentNames) }
    }

    /// Everything that happened: `2h entered carts user:1 event #1`, unannounced ones with `quiet`.
    var lines: [String] {
        transitions.map { transition in
            if let notice = transition.notice {
                return "\(EngineWorld.offset(transition.at)) \(transition.direction.name) "
                    + "\(notice.key), \(notice.count) since \(EngineWorld.offset(notice.since))"
            }
            let who = transition.identifiers.map { id in
                let identifier = log.identifier(id)
                return "\(identifier.namespace):\(identifier.text)"
            }
            let cause =
                transition.sequence == .zero ? "" : " #\(transition.sequence)"
            let quiet = transition.isAnnounced ? "" : " quiet"
            return "\(EngineWorld.offset(transition.at)) \(transition.direction.name) "
                + "\(transition.segment) \(who.joined(separator: ",")) "
                + "\(transition.cause.name)\(cause)\(quiet)"
        }
    }

    /// Whether merges read the log again instead of joining what is kept.
    var alwaysRefolds: Bool {
        get { apply.alwaysRefolds }
        set { apply.alwaysRefolds = newValue }
    }

    var irregularities: Irregularities { apply.irregularities(latest: 10) }

    func memberCount(_ segment: String) -> Int? { apply.memberCount(of: segment) }

    var stateBytes: Int { apply.stateBytes }

    /// When time alone may next change something.
    var nextDeadline: Instant? { apply.nextDeadline() }

    /// How expectations stand: `waits until 1h`, `met since 2h`, `broken since 3h, not noticed`.
    func standings(at: String) -> [String] {
        apply.expectations(at: EngineWorld.instant(at)).map { status in
            let since = EngineWorld.offset(status.notice.since)
            let standing =
                switch status.standing {
                case .armed(let from): "waits until \(EngineWorld.offset(from))"
                case .suspended: "suspended"
                case .met: "met since \(since)"
                case .broken: "broken since \(since)"
                }
            return "\(status.notice.key): \(standing), \(status.notice.count)"
                + (status.isNoticed ? "" : ", not noticed")
        }
    }

    func state(of person: PersonID) -> PersonState? { apply.state(of: person) }

    func standing(of person: PersonID, in segment: String) -> Standing? {
        apply.standing(of: person, in: segment)
    }

    /// The transitions by which the present members of all segments became members.
    var entriesOfMembers: [TransitionCursor] { apply.entries(of: nil) }

    /// `2h`, `90m`, `1d`, `2h-1` (a millisecond before), `2h+1`.
    static func instant(_ text: String) -> Instant { epoch + span(text) }

    static func span(_ text: String) -> TimeSpan {
        var milliseconds: Int64 = 0
        var digits = ""
        var sign: Int64 = 1
        for character in text {
            switch character {
            case "d", "h", "m", "s":
                let unit: Int64 =
                    switch character {
                    case "d": 86_400_000
                    case "h": 3_600_000
                    case "m": 60_000
                    default: 1_000
                    }
                milliseconds += sign * (Int64(digits) ?? 0) * unit
                digits = ""
            case "-": sign = -1
            case "+": sign = 1
            default: digits.append(character)
            }
        }
        return TimeSpan(milliseconds: milliseconds + sign * (Int64(digits) ?? 0))
    }

    private static func offset(_ instant: Instant) -> String {
        var rest = (instant - epoch).milliseconds
        var text = ""
        for (unit, name) in [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s")]
            as [(Int64, String)] where rest >= unit
        {
            text += "\(rest / unit)\(name)"
            rest %= unit
        }
        return rest > 0 ? "\(text)+\(rest)" : text.isEmpty ? "0" : text
    }
}
