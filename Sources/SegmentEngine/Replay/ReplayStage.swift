public import EventModel
public import RuleLanguage

/// The apply stage of a log that is there already, for all people or for those whom one of several cores folds.
///
/// The entries of the log that are dealt to the core (`ReplayDeal`), or all of them, once they are admitted, go through
/// `fold` in order, a block at a time. Now and then `catchUp` makes the transitions up to an instant complete.
public struct ReplayStage: ~Copyable {
    private var apply: ApplyStage
    private var batch = TransitionBatch()
    private let isFirst: Bool

    /// A stage before the first entry.
    ///
    /// - Parameters:
    ///   - ruleSets: Every rule set that the entries to come will put in force, in order.
    ///   - quarantined: Entries that have no effect since they crash the engine.
    ///   - part: Which core this is, from 0.
    public init(
        ruleSets: [RuleSet],
        settings: EngineSettings,
        quarantined: Set<SequenceNumber>,
        part: Int
    ) {
        apply = ApplyStage(
            ruleSets: ruleSets,
            settings: settings,
            quarantined: quarantined,
            replaysByPerson: true
        )
        isFirst = part == 0
    }

    /// Gives an identifier, as it compares; asked only where rules draw samples.
    public var identifier: ((IdentifierID) -> Identifier)? {
        get { apply.identifier }
        set { apply.identifier = newValue }
    }

    /// Takes note of a symbol of the log; all of them in order, each before an entry that uses it.
    public mutating func define(_ symbol: SymbolID, _ text: String) {
        apply.define(symbol, text)
    }

    /// Folds entries of a block, until one needs the history of a person or all are folded.
    ///
    /// - Parameters:
    ///   - admitted: Their verdicts.
    ///   - bytes: The records, one behind the other.
    ///   - starts: Where each record begins, and one past the last.
    ///   - place: 0 for a new block; where to go on afterwards, nil where all are folded.
    /// - Returns: The history that must be handed to `refold` before anything else, if any.
    public mutating func fold(
        _ heads: [EntryHead],
        _ admitted: [Admitted],
        _ bytes: Span<UInt8>,
        _ starts: [Int],
        from place: inout Int?
    ) -> HistoryRequest? {
        guard let first = place else { return nil }
        place = nil
        return heads.withUnsafeBufferPointer { heads in
            admitted.withUnsafeBufferPointer { admitted in
                fold(heads, bytes, starts, admitted, first, &place)
            }
        }
    }

    @inline(__always)
    private mutating func fold(
        _ heads: UnsafeBufferPointer<EntryHead>,
        _ bytes: Span<UInt8>,
        _ starts: [Int],
        _ admitted: UnsafeBufferPointer<Admitted>,
        _ first: Int,
        _ rest: inout Int?
    ) -> HistoryRequest? {
        guard let head = heads.baseAddress, let verdict = admitted.baseAddress else { return nil }
        for index in first..<heads.count {
            // A step at a time, since what a record refers to is known when the record is there.
            if index + 12 < heads.count { apply.lookAhead(head + index + 12, verdict + index + 12) }
            if index + 8 < heads.count {
                apply.people.prefetchDirectory(verdict[index + 8].person)
            }
            if index + 4 < heads.count { apply.lookAtDue(head + index + 4, verdict + index + 4) }
            let request = apply.replay(
                at: head + index,
                verdict + index,
                bytes.extracting(starts[index]..<starts[index + 1]),
                into: &batch
            )
            if let request {
                rest = index + 1
                return request
            }
        }
        return nil
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

    /// Completes the transitions before an instant.
    public mutating func catchUp(before instant: Instant) {
        apply.catchUp(before: instant, into: &batch)
    }

    /// Evaluates some of the people whom the open instant concerns.
    ///
    /// So not all transitions of a change of rules are there at once.
    ///
    /// - Returns: Whether that was all of them.
    public mutating func closeInstant(peopleMax: Int) -> Bool {
        guard let instant = apply.openInstant else { return true }
        return apply.proceed(
            to: instant + TimeSpan(milliseconds: 1),
            peopleMax: peopleMax,
            into: &batch
        )
    }

    /// Takes out the transitions that are there, in no order.
    ///
    /// - Parameter transitions: Takes them, in place of what it holds, whose memory is used again.
    public mutating func takeTransitions(into transitions: inout ReplayTransitions) {
        transitions.removeAll()
        transitions.exchange(&batch, segmentNames: apply.segmentNames)
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
}
