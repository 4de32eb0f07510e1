public import EventModel
public import RuleLanguage

/// The second stage: windows, segments, transitions.
///
/// Takes admitted entries in strict order of instants and alone changes people's series. For each
/// entry: `proceed(to:)` its log time until done, then `apply`. To close the last instant, proceed
/// beyond it. The stage reads no clock: its now is the instant that it is given.
public struct ApplyStage: ~Copyable {
    typealias HeadPointer = UnsafePointer<EntryHead>
    typealias AdmittedPointer = UnsafePointer<Admitted>

    /// An entry's mark on a person, within the open instant.
    struct Touch: BitwiseCopyable {
        var person: PersonSlot
        var sequence: SequenceNumber
        var cause: TransitionCause
        var isBackfill: Bool
    }

    /// What settings held when.
    public internal(set) var settings: SettingsHistory
    /// Entries that have no effect since they crash the engine.
    let quarantined: Set<SequenceNumber>
    /// Folds the person again from the log at every entry, instead of adding to what is kept: for tests,
    /// since both must give the same.
    package var alwaysRefolds = false
    /// Whether deadlines fire when a person is next touched: `replay` and `catchUp` instead of `apply` and
    /// `proceed`.
    let replaysByPerson: Bool
    var program: Program
    var plan: Plan
    /// What each series keeps of a person.
    let keeps: [SeriesKeep]
    /// Whether rules look at when people began, or became known.
    let takesBeginnings: Bool
    /// Whether rules look at when people entered or left segments.
    let keepsTurns: Bool
    /// Gives an identifier, as it compares; asked only where rules draw samples.
    public var identifier: ((IdentifierID) -> Identifier)?
    /// Series whose leaf the entry at hand, or the transition, makes to be judged anew.
    var judged = PlainList<Int32>()
    /// The key of the value at hand; kept so that it takes no memory anew.
    var rowKey: [UInt8] = []
    /// What the entry at hand says under a contract.
    var contentReader = ContentReader()
    /// Attributes that the entry at hand sets and that are read under a contract.
    var readAttributes = PlainList<Int32>()
    var people: PersonTable
    /// How many people stand alone: they became one with nobody, and were not erased.
    var aloneCount = 0
    var deadlines = DeadlineQueue()
    /// Per identifier the last entry that names it.
    var chainHeads = SharedList<SequenceNumber>()
    /// Per identifier whom it last began to mean; who was absorbed since stands for the survivor.
    var holders = ChunkedArray<PersonSlot>()
    var contract: Contract
    /// Entries that were duplicates, in ascending order, with what they repeat.
    var duplicates = ChunkedArray<Duplicate>()
    /// Entries that were suppressed, in ascending order.
    var suppressed = ChunkedArray<SequenceNumber>()
    /// Identifiers that entries named and that could not be linked, in order of the log.
    var refusals = ChunkedArray<Refusal>()
    /// Who became one with whom, in order of the log.
    var merges = ChunkedArray<Merge>()
    /// Merges that keep attributes, in order of the log, and per survivor which of them.
    var keptAttributes = ChunkedArray<KeptAttributes>()
    var keptOf: [PersonSlot: [Int]] = [:]
    /// Of the person who is folded again: its claims by their identifiers, and per claim which of those merges have
    /// left what the entries say that it names; empty where none has.
    var refoldedClaims: [IdentifierID: [Int]] = [:]
    var leftBy: [[Int]] = []
    /// Attributes of which the entry that is folded again says nothing any more.
    var passedOver = PlainList<Int32>()
    /// The values of keys that the person being folded again has had.
    var refoldedValues: [RefoldedValue: SequenceNumber] = [:]
    /// Whether what happens belongs to an import, which is announced to nobody.
    var isImport = false
    /// Whether the import's job is closed: what comes with the next entry is live.
    var importIsClosed = false

    /// Per name the variant in force, -1 for none; and how many rule sets have come into force.
    var inForce: PlainList<Int32>
    var ruleSetsApplied = 0
    /// The variants in force that may be true of a person of whom nothing is known.
    var strangerVariants = PlainList<Int32>()
    /// Per name how many members it has.
    var memberCounts: PlainList<Int>

    /// The instant whose entries are being applied.
    var openInstant: Instant?
    /// The first entry of the open instant.
    var openFirst = SequenceNumber.zero
    var touches = PlainList<Touch>()
    /// Of people who absorbed others in the open instant, how many claims they had before.
    var ownClaimCounts: [PersonSlot: Int] = [:]
    /// People with what of them to look at: `WorkItem`s.
    var dirty = PlainList<WorkItem>()
    /// The names whose variant the open instant changes, and the entry that does so.
    var sweptNames: [Int] = []
    var sweepSequence: SequenceNumber?
    /// What of that change is announced.
    var sweepAnnouncement = RuleAnnouncement.none

    /// Everything before this instant has been evaluated.
    var reached = Instant.distantPast
    /// The evaluation under way; it may stop between two people and go on later.
    var evaluation = Evaluation()
    var scratch: EvaluationScratch
    /// What expectations see; in a replay by person the facts wait for the transitions of all.
    var watch: ExpectationWatch
    let watches: Bool
    var facts: [ExpectationFact] = []
    var openCheckpoint = OpenCheckpoint()
    /// How many people a checkpoint has given back.
    var peopleRestored = 0

    /// A stage before the first entry.
    ///
    /// - Parameter ruleSets: Every rule set that the entries to come will put in force, in order.
    /// - Parameter quarantined: Entries that have no effect since they crash the engine.
    /// - Parameter replaysByPerson: Whether `replay` and `catchUp` will be called instead of `apply` and
    ///   `proceed`.
    public init(
        ruleSets: [RuleSet],
        settings: EngineSettings,
        quarantined: Set<SequenceNumber> = [],
        replaysByPerson: Bool = false
    ) {
        self.init(
            CompiledRules(ruleSets),
            settings: settings,
            quarantined: quarantined,
            replaysByPerson: replaysByPerson
        )
    }

    /// A stage before the first entry.
    public init(
        _ rules: CompiledRules,
        settings: EngineSettings,
        quarantined: Set<SequenceNumber> = [],
        replaysByPerson: Bool = false
    ) {
        self.replaysByPerson = replaysByPerson
        self.settings = SettingsHistory(settings, rules.ruleSets)
        self.quarantined = quarantined
        let program = rules.program
        self.program = program
        contract = rules.contract
        plan = Plan(program)
        keeps = program.series.map(\.keep)
        keepsTurns = (program.entriesOfName + program.exitsOfName).contains { $0 >= 0 }
        takesBeginnings = program.beginning != nil || program.knownSince != nil
        people = PersonTable(
            strangerLeaves: program.strangerLeaves,
            nameWords: program.nameWords
        )
        inForce = PlainList(repeating: -1, count: program.names.count)
        memberCounts = PlainList(repeating: 0, count: program.names.count)
        watch = ExpectationWatch(rules)
        watches = watch.isNeeded
        scratch = EvaluationScratch(
            names: program.names.count,
            leafWords: program.leafWords
        )
    }

    /// The names of all segments of all rule sets, in order of their bytes.
    public var segmentNames: [String] { program.names }

    /// Takes note of a symbol of the log; all of them in order, each before an entry that uses it.
    public mutating func define(_ symbol: SymbolID, _ text: String) {
        program.define(symbol, text)
        plan.define(symbol, program)
        contract.define(symbol, text)
        if watches { watch.define(symbol, text) }
    }

    /// Bytes of people's records and series.
    public var stateBytes: Int { people.usedBytes }

    /// How many people there are, absorbed ones included.
    public var personCount: Int { people.count }

    /// Applies an entry at the open instant, or opens its instant.
    ///
    /// - Precondition: `proceed(to: head.receivedAt)` was done.
    /// - Returns: The history that must be handed to `refold` before anything else, if any.
    public mutating func apply(
        _ head: EntryHead,
        _ admitted: Admitted,
        _ bytes: Span<UInt8>
    ) -> HistoryRequest? {
        withUnsafePointer(to: head) { head in
            withUnsafePointer(to: admitted) { admitted in apply(at: head, admitted, bytes) }
        }
    }

    /// The same, without a copy of either.
    @inline(__always)
    public mutating func apply(
        at head: UnsafePointer<EntryHead>,
        _ admitted: UnsafePointer<Admitted>,
        _ bytes: Span<UInt8>
    ) -> HistoryRequest? {
        if openInstant == nil {
            openInstant = head.pointee.receivedAt
            openFirst = head.pointee.sequence
        }
        precondition(openInstant == head.pointee.receivedAt, "entries out of order of log time")
        if importIsClosed || !isPlain(head, admitted) { note(head, admitted) }
        if watches { show(head, admitted) }
        follow(head)
        guard admitted.pointee.person != .nobody else { return nil }
        if head.pointee.isErased || head.pointee.kind == .erase {
            erase(head, admitted)
            return nil
        }
        var cause: TransitionCause = head.pointee.kind == .track ? .event : .attribute
        let person = admitted.pointee.person
        keepForCheckpoint(person)
        if admitted.pointee.isNewPerson {
            let slot = people.add(PersonID(head.pointee.sequence.rawValue))
            precondition(slot == person, "people out of order")
            aloneCount += 1
            dirty.append(WorkItem(person, .stranger))
        } else if admitted.pointee.links != 0 {
            cause = .attribute
        }
        if admitted.pointee.links != 0 { link(head, admitted) }
        var foldsAgain = alwaysRefolds || admitted.pointee.sharesKeys
        if admitted.pointee.absorbedCount > 0 {
            cause = .merge
            let keeps = head.pointee.kind == .merge && head.pointee.isOn
            if keeps {
                keepAttributes(head, admitted)
                // Of who stays something counts no longer.
                if admitted.pointee.keepsAbsorbed, !leftAttributes.isEmpty { foldsAgain = true }
            }
            for index in 0..<admitted.pointee.absorbedCount {
                keepForCheckpoint(admitted.pointee.absorbed[index])
                absorb(
                    admitted.pointee.absorbed[index],
                    into: person,
                    head,
                    joins: !foldsAgain,
                    without: keeps ? leftAttributes : []
                )
            }
            if keeps { keptOf[person, default: []].append(keptAttributes.count - 1) }
        }
        touches.append(touch(person, head, cause))
        if !program.draws.isEmpty { takeDraws(head, admitted) }
        if takesBeginnings {
            takeBeginning(head, admitted.pointee.occurredAt, of: person, settles: true)
        }
        if foldsAgain { return history(of: person) }
        if admitted.pointee.repeatedKeys != 0 {
            // What repeats a business key counts for rules that do not declare it.
            let keys = contract.keys(of: head.pointee.event).enumerated().filter { place, _ in
                admitted.pointee.repeatedKeys & (1 << UInt64(place)) != 0
            }
            fold(
                head,
                admitted.pointee.occurredAt,
                bytes,
                into: person,
                repeated: keys.map(\.element),
                settles: true
            )
        } else if case .accepted = admitted.pointee.verdict {
            let occurredAt = admitted.pointee.occurredAt
            fold(head, occurredAt, bytes, into: person, repeated: [], settles: true)
        }
        return nil
    }

    /// Applies entries of a block, each once time has passed to its instant, until one asks for a history, many
    /// transitions wait, a slice of people was looked at, or all are applied.
    ///
    /// - Parameters:
    ///   - bytes: The records, one behind the other.
    ///   - starts: Where each record begins, and one past the last.
    ///   - place: The first that is not applied yet, here and afterwards.
    ///   - peopleMax: How many people of an instant to evaluate before stopping.
    ///   - transitionsMax: How many transitions wait before it stops.
    ///   - batch: Takes the transitions, in order.
    ///   - next: Called whenever work on an entry begins, and with zero when it ends: what time does is no
    ///     entry's.
    /// - Returns: The history that must be handed to `refold` before anything else, if any.
    public mutating func apply(
        _ heads: [EntryHead],
        _ admitted: [Admitted],
        _ bytes: Span<UInt8>,
        _ starts: [Int],
        from place: inout Int,
        peopleMax: Int,
        transitionsMax: Int,
        into batch: inout TransitionBatch,
        _ next: (SequenceNumber) -> Void
    ) -> HistoryRequest? {
        heads.withUnsafeBufferPointer { heads in
            admitted.withUnsafeBufferPointer { admitted in
                guard let head = heads.baseAddress, let verdict = admitted.baseAddress else {
                    return nil
                }
                while place < heads.count, batch.rows.count < transitionsMax {
                    let index = place
                    let instant = head[index].receivedAt
                    guard proceed(to: instant, peopleMax: peopleMax, into: &batch) else {
                        return nil
                    }
                    lookAhead(heads, admitted, from: index)
                    place += 1
                    next(head[index].sequence)
                    let record = bytes.extracting(starts[index]..<starts[index + 1])
                    let request = apply(at: head + index, verdict + index, record)
                    next(.zero)
                    if let request { return request }
                }
                return nil
            }
        }
    }

    /// Draws anew for those whose identifiers an entry has changed.
    private mutating func takeDraws(_ head: HeadPointer, _ admitted: AdmittedPointer) {
        guard admitted.pointee.links != 0 || admitted.pointee.absorbedCount > 0 else { return }
        takeDraws(of: admitted.pointee.person, settles: true)
        for index in 0..<head.pointee.identifiers.count
        where admitted.pointee.links & (1 << UInt8(index)) != 0 {
            let former = admitted.pointee.movedFrom[index]
            if former != .nobody { takeDraws(of: former, settles: true) }
        }
    }

    /// What the merge that was noted last leaves of the attributes of whom it does not name first.
    private var leftAttributes: [Int32] { keptAttributes[keptAttributes.count - 1].attributes }

    /// Whether an entry counts, and says nothing but what people did or are.
    @inline(__always)
    private func isPlain(_ head: HeadPointer, _ admitted: AdmittedPointer) -> Bool {
        guard case .accepted = admitted.pointee.verdict, admitted.pointee.refused == 0 else {
            return false
        }
        return head.pointee.kind == .track || head.pointee.kind == .identify
    }

    /// Keeps what later answers and refolds need to know of an entry, and what it is to the rules.
    @inline(never)
    private mutating func note(_ head: HeadPointer, _ admitted: AdmittedPointer) {
        if importIsClosed { endImport(at: head.pointee.receivedAt) }
        switch admitted.pointee.verdict {
        case .accepted, .quarantined: break
        case .suppressed: suppressed.append(head.pointee.sequence)
        case .duplicate(let original):
            duplicates.append(
                Duplicate(
                    sequence: head.pointee.sequence,
                    original: original,
                    isConflict: admitted.pointee.isConflict,
                    isByKey: admitted.pointee.repeatedKeys != 0
                )
            )
        }
        switch head.pointee.kind {
        case .rules:
            contract.putInForce(at: head.pointee.sequence)
            settings.putInForce(at: head.pointee.sequence)
            putInForce(head)
            if watches { take(ExpectationFact(at: head.pointee.receivedAt, kind: .rules)) }
        // The rows of a job whose entry is marked backfill come among live ones, each marked so.
        case .job where !head.pointee.isBackfill:
            if head.pointee.isOn {
                isImport = true
                if watches {
                    take(ExpectationFact(at: head.pointee.receivedAt, kind: .importOpened))
                }
            } else {
                importIsClosed = true
            }
        case .job, .track, .identify, .merge, .list, .suppress, .tick, .quarantine, .erase: break
        }
        guard admitted.pointee.refused != 0 else { return }
        for index in 0..<head.pointee.identifiers.count
        where admitted.pointee.refused & (1 << UInt8(index)) != 0 {
            refusals.append(
                Refusal(
                    sequence: head.pointee.sequence,
                    id: head.pointee.identifiers[index].id,
                    person: admitted.pointee.person,
                    reason: admitted.pointee.blocked & (1 << UInt8(index)) != 0
                        ? .blocked
                        : admitted.pointee.surplus & (1 << UInt8(index)) != 0 ? .full : .taken
                )
            )
        }
    }

    /// An entry's mark on a person.
    func touch(_ person: PersonSlot, _ head: HeadPointer, _ cause: TransitionCause) -> Touch {
        Touch(
            person: person,
            sequence: head.pointee.sequence,
            cause: cause,
            isBackfill: head.pointee.isBackfill
        )
    }

    private mutating func putInForce(_ head: HeadPointer) {
        precondition(ruleSetsApplied < program.ruleSets.count, "a rule set that was not announced")
        let next = program.ruleSets[ruleSetsApplied]
        ruleSetsApplied += 1
        sweepSequence = head.pointee.sequence
        sweepAnnouncement = head.pointee.announcement
        for name in next.indices where Int32(next[name] ?? -1) != inForce[name] {
            inForce[name] = Int32(next[name] ?? -1)
            sweptNames.append(name)
        }
        findStrangerVariants()
    }

    /// To be called whenever other rules are in force.
    mutating func findStrangerVariants() {
        strangerVariants.removeAll()
        for name in 0..<inForce.count {
            let variant = inForce[name]
            if variant >= 0, program.mayHoldStrangers[Int(variant)] {
                strangerVariants.append(variant)
            }
        }
    }

    /// Keeps the ends of the identifiers' chains.
    @inline(__always)
    private mutating func follow(_ head: HeadPointer) {
        for index in 0..<head.pointee.identifiers.count {
            let id = Int(head.pointee.identifiers[index].id.rawValue)
            while chainHeads.count <= id {
                chainHeads.append(.zero)
                holders.append(.nobody)
            }
            chainHeads[id] = head.pointee.sequence
        }
    }
}
