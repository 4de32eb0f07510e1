public import EventModel
public import RuleLanguage

/// One core's part in folding a log that is there already: both stages for some of the people.
///
/// Every entry of the log goes through `admit` and `fold` in order, a block at a time; entries about people whom
/// another core folds are passed over. Now and then `catchUp` makes the transitions up to an instant complete,
/// in order.
public struct ReplayStage: ~Copyable {
    private var admit: AdmitStage
    private var apply: ApplyStage
    private var batch = TransitionBatch()
    /// Per identifier whether this core folds those whom it means; empty where it folds everybody.
    private let isMember: PlainList<Bool>
    private let isFirst: Bool
    /// The places of this core's entries in the block under way, and their verdicts.
    private var places: [Int32] = []
    private var admitted: [Admitted] = []
    /// The transitions that were put in order.
    public private(set) var rows: [TransitionBatch.Row] = []
    /// Where each of them stands in the batch.
    private var rowPlaces: [Int32] = []
    private var order = TransitionOrder()

    /// A stage before the first entry.
    ///
    /// - Parameters:
    ///   - ruleSets: Every rule set that the entries to come will put in force, in order.
    ///   - quarantined: Entries that have no effect since they crash the engine.
    ///   - keys: How the entries' idempotency keys are hashed.
    ///   - shares: Who folds whom; nil where one core folds everything.
    ///   - part: Which core this is, from 0.
    public init(
        ruleSets: [RuleSet],
        settings: EngineSettings,
        quarantined: Set<SequenceNumber>,
        keys: KeyHashing,
        shares: ReplayShares?,
        part: Int
    ) {
        admit = AdmitStage(
            ruleSets: ruleSets,
            settings: settings,
            quarantined: quarantined,
            hashing: keys
        )
        apply = ApplyStage(
            ruleSets: ruleSets,
            settings: settings,
            quarantined: quarantined,
            replaysByPerson: true
        )
        isMember = shares?.members(of: part) ?? PlainList()
        isFirst = part == 0
    }

    /// Gives an identifier, as it compares; asked only where rules draw samples or say something of
    /// identifiers.
    public var identifier: (@Sendable (IdentifierID) -> Identifier)? {
        get { admit.identifier }
        set {
            admit.identifier = newValue
            apply.identifier = newValue
        }
    }

    /// Takes note of a symbol of the log; all of them in order, each before an entry that uses it.
    public mutating func define(_ symbol: SymbolID, _ text: String) {
        admit.define(symbol, text)
        apply.define(symbol, text)
    }

    /// Admits a block of entries; `fold` of the same follows, from its first.
    ///
    /// - Parameters:
    ///   - bytes: The records, one behind the other.
    ///   - starts: Where each record begins, and one past the last.
    ///   - keys: The entries' idempotency keys.
    ///   - repeats: Which of them repeat one; nil where this core folds everything and finds out itself.
    public mutating func admit(
        _ heads: [EntryHead],
        _ bytes: Span<UInt8>,
        _ starts: [Int],
        _ keys: [HashedKey],
        repeats: ReplayRepeats?
    ) {
        places.removeAll(keepingCapacity: true)
        if let repeats { admit.use(repeats) }
        heads.withUnsafeBufferPointer { heads in
            guard let head = heads.baseAddress else { return }
            for index in heads.indices where isMine(head + index) {
                places.append(Int32(truncatingIfNeeded: index))
            }
        }
        admit.admit(heads, bytes, starts, keys, at: places, into: &admitted)
    }

    @inline(__always)
    private func isMine(_ head: UnsafePointer<EntryHead>) -> Bool {
        guard !isMember.isEmpty, head.pointee.identifiers.count > 0 else { return true }
        let first = Int(head.pointee.identifiers[0].id.rawValue)
        return first < isMember.count && isMember[first]
    }

    /// Folds entries of the block that was admitted last, until one needs the history of a person or all are
    /// folded.
    ///
    /// - Parameter place: 0 for a new block; where to go on afterwards, nil where all are folded.
    /// - Returns: The history that must be handed to `refold` before anything else, if any.
    public mutating func fold(
        _ heads: [EntryHead],
        _ bytes: Span<UInt8>,
        _ starts: [Int],
        from place: inout Int?
    ) -> HistoryRequest? {
        guard let first = place else { return nil }
        place = nil
        return heads.withUnsafeBufferPointer { heads in
            admitted.withUnsafeBufferPointer { admitted in
                places.withUnsafeBufferPointer { places in
                    fold(heads, bytes, starts, admitted, places, first, &place)
                }
            }
        }
    }

    @inline(__always)
    private mutating func fold(
        _ heads: UnsafeBufferPointer<EntryHead>,
        _ bytes: Span<UInt8>,
        _ starts: [Int],
        _ admitted: UnsafeBufferPointer<Admitted>,
        _ places: UnsafeBufferPointer<Int32>,
        _ first: Int,
        _ rest: inout Int?
    ) -> HistoryRequest? {
        guard let head = heads.baseAddress else { return nil }
        if let verdict = admitted.baseAddress {
            for index in first..<places.count {
                let entry = Int(places[index])
                if apply.awaitsNextEntry { witness(head, index) }
                // A step at a time, since what a record refers to is known when the record is there.
                if index + 12 < places.count {
                    apply.lookAhead(head + Int(places[index + 12]), verdict + index + 12)
                }
                if index + 8 < places.count {
                    apply.people.prefetchDirectory(verdict[index + 8].person)
                }
                if index + 4 < places.count {
                    apply.people.prefetchSeries(verdict[index + 4].person)
                }
                let request = apply.replay(
                    at: head + entry,
                    verdict + index,
                    bytes.extracting(starts[entry]..<starts[entry + 1]),
                    into: &batch
                )
                if let request {
                    rest = index + 1
                    return request
                }
            }
        }
        if apply.awaitsNextEntry { witness(head, places.count, of: heads.count) }
        return nil
    }

    /// Shows the stage an entry of another core, if one comes before the core's next.
    ///
    /// - Parameters:
    ///   - index: Which of the core's entries of the block comes next.
    ///   - count: How many entries the block has, where none of them comes.
    private mutating func witness(
        _ head: UnsafePointer<EntryHead>,
        _ index: Int,
        of count: Int? = nil
    ) {
        let following = index == 0 ? 0 : Int(places[index - 1]) + 1
        guard following < count ?? Int(places[index]) else { return }
        apply.witness(head[following], into: &batch)
    }

    /// Forgets what a person's series and attributes hold, before `refold` of every entry.
    public mutating func beginRefold(_ request: HistoryRequest) { apply.beginRefold(request) }

    /// Folds one entry of the requested chains again; they come in order of sequence, each once.
    public mutating func refold(
        _ head: EntryHead,
        _ bytes: Span<UInt8>,
        for request: HistoryRequest
    ) {
        apply.refold(head, bytes, for: request)
    }

    // MARK: - Transitions

    /// Completes the transitions before an instant, and puts them in order.
    public mutating func catchUp(before instant: Instant) {
        apply.catchUp(before: instant, into: &batch)
        putInOrder()
    }

    /// Evaluates some of the people whom the open instant concerns, and puts their transitions in order.
    ///
    /// So not all transitions of a change of rules are there at once.
    ///
    /// - Returns: Whether that was all of them.
    public mutating func closeInstant(peopleMax: Int) -> Bool {
        guard let instant = apply.openInstant else { return true }
        let isClosed = apply.proceed(
            to: instant + TimeSpan(milliseconds: 1),
            peopleMax: peopleMax,
            into: &batch
        )
        putInOrder()
        return isClosed
    }

    private mutating func putInOrder() {
        rows.removeAll(keepingCapacity: true)
        rows.reserveCapacity(batch.rows.count)
        order.sort(batch.rows, into: &rowPlaces)
        for place in rowPlaces { rows.append(batch.rows[Int(place)]) }
    }

    /// The transition at a place in order, with names and identifiers.
    public func transition(_ index: Int) -> Transition {
        batch.transition(Int(rowPlaces[index]), segmentNames: apply.segmentNames)
    }

    /// All segments that this core knows, in order of the bytes of their names.
    public var segmentNames: [String] { apply.segmentNames }

    /// How many members each of them has among this core's people.
    public var memberCounts: [Int] { apply.segmentNames.indices.map { apply.memberCounts[$0] } }

    /// How many people this core has folded; those who became one with another, or were erased, do not count.
    public var livingCount: Int { apply.aloneCount }

    /// Counts whom segments have in common with others among this core's people.
    ///
    /// - Parameters:
    ///   - wanted: Segments, by their places among `segmentNames`.
    ///   - counts: For each of them, by the other's place, how many are in both; added to.
    public func addOverlaps(of wanted: [Int], into counts: inout [[Int]]) {
        apply.addOverlaps(of: wanted, into: &counts)
    }

    /// Takes out what expectations are to see of this core's entries, in order.
    ///
    /// What concerns everybody is the first core's to say.
    public mutating func takeFacts() -> [ExpectationFact] {
        let facts = apply.facts
        apply.facts.removeAll()
        return isFirst ? facts : facts.filter { $0.kind == .event || $0.kind == .backfill }
    }

    /// Forgets the transitions that were put in order.
    public mutating func removeTransitions() {
        batch.removeAll()
        rows.removeAll(keepingCapacity: true)
        rowPlaces.removeAll(keepingCapacity: true)
    }
}
