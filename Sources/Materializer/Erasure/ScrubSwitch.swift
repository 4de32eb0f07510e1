internal import EventModel
internal import EventStore
internal import SegmentEngine

/// A scrubbed copy of the log that takes its place, with what the writer must know then.
///
/// Goes from the thread that copies to the writer and back.
final class ScrubSwitch: LogSwitch, @unchecked Sendable {
    // Handed from thread to thread, never used by two at once.

    let outcome = SwitchOutcome()
    /// Told by the log itself, by then, what identifiers are called.
    var nextAdmit: AdmitStage? {
        var next = admit
        next.identifier = { [log] in log.knownIdentifier($0) }
        next.lookAgain()
        return next
    }
    var forgetsCheckpoint: Bool { true }

    private let log: EventLog
    let copy: LogCopy
    /// Finds out what becomes of entries.
    private var fates: EntryFates
    /// What a fold of the copy knows: what the writer goes on with.
    private var admit: AdmitStage
    private var gone: [IdentifierID: GoneIdentifier]
    /// The same where the fold of the copy finds it.
    private let texts: Monitor<[IdentifierID: GoneIdentifier]>
    private let erasures: [SequenceNumber]
    private let peopleOf: (EntryFates) -> [SequenceNumber: [PersonID]]
    private(set) var through = SequenceNumber.zero
    private var symbolCount = 0
    private var block = AppendedGroup()
    private var scrubbed = AppendedGroup()

    /// - Parameters:
    ///   - gone: Identifiers whose texts go, as far as is known.
    ///   - peopleOf: Who was erased by which entry.
    init(
        _ log: EventLog,
        _ copy: LogCopy,
        _ fates: EntryFates,
        _ admit: AdmitStage,
        gone: [IdentifierID: GoneIdentifier],
        erasures: [SequenceNumber],
        peopleOf: @escaping (EntryFates) -> [SequenceNumber: [PersonID]]
    ) {
        self.log = log
        self.copy = copy
        self.fates = fates
        self.admit = admit
        self.gone = gone
        self.erasures = erasures
        self.peopleOf = peopleOf
        let texts = Monitor(gone)
        self.texts = texts
        self.admit.identifier = { id in
            var known = log.knownIdentifier(id)
            if let gone = texts.read({ $0[id] }) {
                known.text = EventLog.goneMark + "erased-\(gone.group.rawValue)"
            }
            return known
        }
    }

    /// Copies what the log has behind what is copied.
    func fold(
        through last: SequenceNumber,
        _ goesOn: (SequenceNumber) throws(PartitionError) -> Void
    ) throws(PartitionError) {
        let names = try PartitionError.wrap { () throws(StoreError) in try log.allSymbols() }
        define(names)
        while through < last {
            let end = SequenceNumber(
                min(last.rawValue, through.rawValue + copiedBlockEntries)
            )
            try fold(blockThrough: end)
            try goesOn(through)
        }
        let gone = gone
        try PartitionError.wrap { () throws(StoreError) in try copy.copyNames { gone[$0] } }
    }

    private func define(_ names: [(symbol: SymbolID, text: String)]) {
        fates.define(names)
        for (symbol, text) in names.dropFirst(symbolCount) { admit.define(symbol, text) }
        symbolCount = max(symbolCount, names.count)
    }

    private func fold(blockThrough end: SequenceNumber) throws(PartitionError) {
        var kept: [EntryFate] = []
        var originals: [Admitted] = []
        try PartitionError.wrap { () throws(StoreError) in
            try log.read(from: through.next, through: end, into: &block)
            let bytes = block.bytes.span
            for index in block.heads.indices {
                let record = bytes.extracting(block.record(index))
                kept.append(
                    fates.next(block.heads[index], record) { gone[$0] != nil }
                )
                if let admitted = fates.admitted { originals.append(admitted) }
            }
            try copy.scrub(block, kept, into: &scrubbed)
        }
        let bytes = scrubbed.bytes.span
        for index in scrubbed.heads.indices {
            let head = scrubbed.heads[index]
            let admitted = admit.admit(head, bytes.extracting(scrubbed.record(index)))
            guard head.isErased || head.kind == .erase || admitted.isEqual(originals[index]) else {
                throw PartitionError(
                    .damaged,
                    "what was erased cannot be scrubbed: entry \(head.sequence), of somebody else, would mean "
                        + "something else. Nothing was changed. This is a fault of segmentd: report it"
                )
            }
        }
        try PartitionError.wrap { () throws(StoreError) in try copy.append(scrubbed) }
        through = end
    }

    func complete(at now: Instant) throws(StoreError) {
        // Somebody may have come again meanwhile, or be suppressed no longer.
        let wanted = fates.goneIdentifiers()
        let kept = gone.keys.filter { wanted[$0] == nil }
        let changed = wanted.values.filter { gone[$0.id] != $0 }
        try copy.correctNames(kept: kept, gone: changed)
        let people = peopleOf(fates)
        try copy.note(erasures.map { ($0, people[$0] ?? []) }, at: now)
    }
}
