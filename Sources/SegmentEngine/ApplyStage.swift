public import EventModel
public import RuleLanguage

/// The second stage: windows, segments, transitions.
///
/// Takes admitted entries in strict order of instants and alone changes people's series. For each
/// entry: `proceed(to:)` its log time until done, then `apply`. To close the last instant, proceed
/// beyond it. The stage reads no clock: its now is the instant that it is given.
public struct ApplyStage: ~Copyable {
    /// An entry's mark on a person, within the open instant.
    struct Touch: BitwiseCopyable {
        var person: PersonSlot
        var sequence: SequenceNumber
        var cause: TransitionCause
        var isBackfill: Bool
    }

    let settings: EngineSettings
    /// Entries that have no effect since they crash the engine.
    let quarantined: Set<SequenceNumber>
    /// Folds the person again from the log at every entry, instead of adding to what is kept: for tests,
    /// since both must give the same.
    package var alwaysRefolds = false
    var program: Program
    var plan: Plan
    /// What each series keeps of a person.
    let keeps: [SeriesKeep]
    var people: PersonTable
    var deadlines = DeadlineHeap()
    /// Per identifier the last entry that names it.
    var chainHeads = ChunkedArray<SequenceNumber>()
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

    /// Everything before this instant has been evaluated.
    var reached = Instant.distantPast
    /// The evaluation under way; it may stop between two people and go on later.
    var evaluation = Evaluation()
    var scratch: EvaluationScratch
    var openCheckpoint = OpenCheckpoint()
    /// How many people a checkpoint has given back.
    var peopleRestored = 0

    /// A stage before the first entry.
    ///
    /// - Parameter ruleSets: Every rule set that the entries to come will put in force, in order.
    /// - Parameter quarantined: Entries that have no effect since they crash the engine.
    public init(
        ruleSets: [RuleSet],
        settings: EngineSettings,
        quarantined: Set<SequenceNumber> = []
    ) {
        self.settings = settings
        self.quarantined = quarantined
        let program = Program(ruleSets)
        self.program = program
        contract = Contract(ruleSets)
        plan = Plan(program)
        keeps = program.series.map(\.keep)
        people = PersonTable(
            strangerLeaves: program.strangerLeaves,
            nameWords: program.nameWords
        )
        inForce = PlainList(repeating: -1, count: program.names.count)
        memberCounts = PlainList(repeating: 0, count: program.names.count)
        scratch = EvaluationScratch(names: program.names.count)
    }

    /// The names of all segments of all rule sets, in order of their bytes.
    public var segmentNames: [String] { program.names }

    /// Takes note of a symbol of the log; all of them in order, each before an entry that uses it.
    public mutating func define(_ symbol: SymbolID, _ text: String) {
        program.define(symbol, text)
        plan.define(symbol, program)
        contract.define(symbol, text)
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
        if openInstant == nil {
            openInstant = head.receivedAt
            openFirst = head.sequence
        }
        precondition(openInstant == head.receivedAt, "entries out of order of log time")
        note(head, admitted)
        follow(head)
        guard admitted.person != .nobody else { return nil }
        var cause: TransitionCause = head.kind == .track ? .event : .attribute
        let person = admitted.person
        keepForCheckpoint(person)
        if admitted.isNewPerson {
            let slot = people.add(PersonID(head.sequence.rawValue))
            precondition(slot == person, "people out of order")
            dirty.append(WorkItem(person, .stranger))
        } else if admitted.links != 0 {
            cause = .attribute
        }
        link(head, admitted)
        if admitted.absorbedCount > 0 { cause = .merge }
        for index in 0..<admitted.absorbedCount {
            keepForCheckpoint(admitted.absorbed[index])
            absorb(admitted.absorbed[index], into: person, head, joins: !admitted.sharesKeys)
        }
        touches.append(touch(person, head, cause))
        if alwaysRefolds || admitted.sharesKeys { return history(of: person) }
        // What repeats a business key only, counts for rules that declare none.
        if admitted.verdict == .accepted || !admitted.repeatedKeys.isEmpty {
            fold(head, admitted.occurredAt, bytes, into: person, repeated: admitted.repeatedKeys)
        }
        return nil
    }

    /// Keeps what later answers and refolds need to know of an entry, and what it is to the rules.
    private mutating func note(_ head: EntryHead, _ admitted: Admitted) {
        if importIsClosed { (isImport, importIsClosed) = (false, false) }
        switch admitted.verdict {
        case .accepted, .quarantined: break
        case .suppressed: suppressed.append(head.sequence)
        case .duplicate(let original):
            duplicates.append(
                Duplicate(
                    sequence: head.sequence,
                    original: original,
                    isConflict: admitted.isConflict,
                    isByKey: !admitted.repeatedKeys.isEmpty
                )
            )
        }
        switch head.kind {
        case .rules:
            contract.putInForce(at: head.sequence)
            putInForce(at: head.sequence)
        // The rows of a job whose entry is marked backfill come among live ones, each marked so.
        case .job where !head.isBackfill:
            if head.isOn { isImport = true } else { importIsClosed = true }
        case .job, .track, .identify, .merge, .suppress, .tick, .quarantine: break
        }
        guard admitted.refused != 0 else { return }
        for index in 0..<head.identifiers.count
        where admitted.refused & (1 << UInt8(index)) != 0 {
            refusals.append(
                Refusal(
                    sequence: head.sequence,
                    id: head.identifiers[index].id,
                    person: admitted.person
                )
            )
        }
    }

    /// An entry's mark on a person.
    func touch(_ person: PersonSlot, _ head: EntryHead, _ cause: TransitionCause) -> Touch {
        Touch(
            person: person,
            sequence: head.sequence,
            cause: cause,
            isBackfill: head.isBackfill
        )
    }

    private mutating func putInForce(at sequence: SequenceNumber) {
        precondition(ruleSetsApplied < program.ruleSets.count, "a rule set that was not announced")
        let next = program.ruleSets[ruleSetsApplied]
        ruleSetsApplied += 1
        sweepSequence = sequence
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
    private mutating func follow(_ head: EntryHead) {
        for index in 0..<head.identifiers.count {
            let id = Int(head.identifiers[index].id.rawValue)
            while chainHeads.count <= id {
                chainHeads.append(.zero)
                holders.append(.nobody)
            }
            chainHeads[id] = head.sequence
        }
    }

    /// Takes an entry's event or attributes into a person's state.
    mutating func fold(
        _ head: EntryHead,
        _ occurredAt: Instant,
        _ bytes: Span<UInt8>,
        into person: PersonSlot,
        repeated: [Int]
    ) {
        switch head.kind {
        case .track:
            for place in plan.seriesOfSymbol.range(Int(head.event.rawValue)) {
                let index = plan.seriesOfSymbol.number(at: place)
                let series = plan.series[index]
                if !series.isPlain, !counts(head, bytes, in: index, repeated) { continue }
                if series.keep == .sums {
                    sum(head, occurredAt, bytes, into: index, of: person)
                } else {
                    people.insert(
                        occurredAt,
                        timesMax: Int(series.timesMax),
                        key: UInt32(index),
                        of: person
                    )
                }
                dirty.append(WorkItem(person, .series(index)))
            }
        case .identify: foldAttributes(head, occurredAt, bytes, into: person)
        case .rules, .tick, .merge, .suppress, .job, .quarantine: break
        }
    }

    /// Whether a series with a filter or with declared keys counts an event.
    private func counts(
        _ head: EntryHead,
        _ bytes: Span<UInt8>,
        in series: Int,
        _ repeated: [Int]
    ) -> Bool {
        if !repeated.isEmpty, program.series[series].uniqueKeys.contains(where: repeated.contains) {
            return false
        }
        return program.series[series].filter?.matches(
            bytes,
            content: head.content.lowerBound,
            symbols: program.propertySymbols
        ) ?? true
    }

    /// Takes the property of an event into a summed series; what is no number adds nothing.
    private mutating func sum(
        _ head: EntryHead,
        _ occurredAt: Instant,
        _ bytes: Span<UInt8>,
        into series: Int,
        of person: PersonSlot
    ) {
        let place = PropertyMatcher.find(
            program.series[series].summed ?? [],
            bytes,
            at: head.content.lowerBound,
            symbols: program.propertySymbols
        )
        guard let place else { return }
        var reader = ValueReader(at: place)
        guard case .number(let number?) = reader.value(bytes) else { return }
        let now = openInstant ?? head.receivedAt
        people.insert(
            number.units,
            at: occurredAt,
            key: UInt32(series),
            of: person,
            horizon: now - TimeSpan(milliseconds: plan.series[series].spanMax)
        )
    }

    private mutating func foldAttributes(
        _ head: EntryHead,
        _ occurredAt: Instant,
        _ bytes: Span<UInt8>,
        into person: PersonSlot
    ) {
        guard !program.attributes.isEmpty else { return }
        var root = ValueReader(at: head.content.lowerBound)
        guard case .object(let members) = root.value(bytes) else { return }
        var reader = ValueReader(at: members.lowerBound)
        while reader.offset < members.upperBound {
            let symbol = Int(reader.varint(bytes))
            let value = reader.offset
            _ = reader.value(bytes)
            let attribute = program.attributeOfSymbol[symbol]
            if attribute >= 0 {
                set(Int(attribute), at: value, head.sequence, occurredAt, bytes, of: person)
            }
        }
    }

    /// Sets an attribute, unless a later event time has set it already.
    private mutating func set(
        _ attribute: Int,
        at value: Int,
        _ sequence: SequenceNumber,
        _ occurredAt: Instant,
        _ bytes: Span<UInt8>,
        of person: PersonSlot
    ) {
        let key = UInt32(program.series.count + attribute)
        let (entry, isNew) = people.entry(key, of: person)
        if isNew { entry.pointee.reference = people.arena.allocate(2) }
        let stamp = people.arena.pointer(entry.pointee.reference)
        let order = Int64(bitPattern: sequence.rawValue)
        if !isNew {
            guard (stamp[0], stamp[1]) <= (occurredAt.milliseconds, order) else { return }
        }
        stamp[0] = occurredAt.milliseconds
        stamp[1] = order
        let now = people.now(person)
        for test in program.attributes[attribute].tests {
            let offset = PropertyMatcher.find(
                test.path,
                bytes,
                at: value,
                symbols: program.propertySymbols
            )
            let isTrue = test.matcher.matches(bytes, at: offset)
            let bit: UInt64 = 1 << UInt64(test.leaf & 63)
            if isTrue { now[test.leaf >> 6] |= bit } else { now[test.leaf >> 6] &= ~bit }
        }
        dirty.append(WorkItem(person, .attributes))
    }
}
