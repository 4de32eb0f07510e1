public import EventModel
public import RuleLanguage

/// One core's part in folding a log that is there already: both stages for some of the people.
///
/// The entries of those people, and those that name nobody, go through `fold` in order; now and then
/// `catchUp` makes the transitions up to an instant complete, in order.
public struct ReplayStage: ~Copyable {
    private var admit: AdmitStage
    private var apply: ApplyStage
    private var batch = TransitionBatch()
    /// The verdicts of the block under way.
    private var admitted: [Admitted] = []
    /// The rows of the batch in order.
    private var order: [Place] = []

    private struct Place: Comparable {
        var at: Instant
        var person: PersonID
        var segment: Int32
        var row: Int32

        static func < (left: Place, right: Place) -> Bool {
            if left.at != right.at { return left.at < right.at }
            if left.person != right.person { return left.person < right.person }
            return left.segment < right.segment
        }
    }

    /// A stage before the first entry.
    ///
    /// - Parameters:
    ///   - ruleSets: Every rule set that the entries to come will put in force, in order.
    ///   - quarantined: Entries that have no effect since they crash the engine.
    ///   - shares: What scouts have found; nil where one core folds everything.
    public init(
        ruleSets: [RuleSet],
        settings: EngineSettings,
        quarantined: Set<SequenceNumber>,
        shares: ReplayShares?
    ) {
        admit = AdmitStage(ruleSets: ruleSets, settings: settings, quarantined: quarantined)
        if let shares { admit.use(shares.ownRepeats()) }
        apply = ApplyStage(
            ruleSets: ruleSets,
            settings: settings,
            quarantined: quarantined,
            replaysByPerson: true
        )
    }

    /// The names of all segments of all rule sets, in order of their bytes.
    public var segmentNames: [String] { apply.segmentNames }

    /// Takes note of a symbol of the log; all of them in order, each before an entry that uses it.
    public mutating func define(_ symbol: SymbolID, _ text: String) {
        admit.define(symbol, text)
        apply.define(symbol, text)
    }

    /// Admits a block of entries, all of which are this stage's; `fold` follows, from the first.
    ///
    /// - Parameters:
    ///   - bytes: The records, one behind the other.
    ///   - starts: Where each record begins, and one past the last.
    ///   - count: How many of them are meant, from the first.
    public mutating func admit(
        _ heads: [EntryHead],
        _ bytes: Span<UInt8>,
        _ starts: [Int],
        count: Int
    ) {
        admitted.removeAll(keepingCapacity: true)
        heads.withUnsafeBufferPointer { heads in
            guard let head = heads.baseAddress else { return }
            for index in 0..<count {
                if index + 8 < count {
                    let ahead = starts[index + 8]..<starts[index + 9]
                    admit.lookAhead(head + index + 8, bytes.extracting(ahead))
                }
                let record = bytes.extracting(starts[index]..<starts[index + 1])
                admitted.append(admit.admit(head[index], record))
            }
        }
    }

    /// Folds entries of the block that was admitted last, until one needs the history of a person or all are
    /// folded.
    ///
    /// - Parameter place: The entry to go on with; behind the last one that was folded afterwards.
    /// - Returns: The history that must be handed to `refold` before anything else, if any.
    public mutating func fold(
        _ heads: [EntryHead],
        _ bytes: Span<UInt8>,
        _ starts: [Int],
        from place: inout Int
    ) -> HistoryRequest? {
        heads.withUnsafeBufferPointer { heads in
            admitted.withUnsafeBufferPointer { admitted in
                guard let head = heads.baseAddress, let verdict = admitted.baseAddress else {
                    return nil
                }
                while place < admitted.count {
                    let index = place
                    place += 1
                    apply.lookAhead(heads, admitted, from: index)
                    let request = apply.replay(
                        at: head + index,
                        verdict + index,
                        bytes.extracting(starts[index]..<starts[index + 1]),
                        into: &batch
                    )
                    if let request { return request }
                }
                return nil
            }
        }
    }

    /// Whether `witness` must be told of the next entry, if it is another stage's.
    @inline(__always)
    public var awaitsNextEntry: Bool { apply.awaitsNextEntry }

    /// Takes note of an entry that another stage folds.
    public mutating func witness(_ head: EntryHead) { apply.witness(head, into: &batch) }

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
        order.removeAll(keepingCapacity: true)
        order.reserveCapacity(batch.rows.count)
        for index in batch.rows.indices {
            let row = batch.rows[index]
            order.append(
                Place(at: row.at, person: row.person, segment: row.segment, row: Int32(index))
            )
        }
        order.sort()
    }

    /// How many transitions were put in order.
    public var count: Int { order.count }

    /// Whether a transition of this stage comes before one of another.
    @inline(__always)
    public func isBefore(_ index: Int, _ other: borrowing ReplayStage, _ otherIndex: Int) -> Bool {
        order[index] < other.order[otherIndex]
    }

    /// A transition, by its place in order.
    @inline(__always)
    public func row(_ index: Int) -> TransitionBatch.Row { batch.rows[Int(order[index].row)] }

    /// The same with names and identifiers.
    public func transition(_ index: Int) -> Transition {
        batch.transition(Int(order[index].row), segmentNames: apply.segmentNames)
    }

    /// Forgets the transitions that were put in order.
    public mutating func removeTransitions() {
        batch.removeAll()
        order.removeAll(keepingCapacity: true)
    }
}
