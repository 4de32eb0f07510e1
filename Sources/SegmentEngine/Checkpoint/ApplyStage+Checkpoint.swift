public import EventModel

/// A checkpoint under way: people are written in slices, and who is about to change is written first.
struct OpenCheckpoint {
    /// People before this one are written; nobody's number while no checkpoint is open.
    var next = UInt32.max
    /// People from this one on came after the checkpoint.
    var end: UInt32 = 0
    /// People who were written before their turn.
    var early: Set<UInt32> = []
    /// The rows of those who have not been handed on.
    var rows: [UInt64] = []
    /// Rows that are large: each by itself, so that a list never grows, and is copied, with one in it.
    var large: [[UInt64]] = []

    /// Words from which a list of rows takes no more of them.
    static let wordsMax = 1 << 18
}

/// What the apply stage knows, but for people, as it was behind an entry; to be written by another
/// thread.
public struct ApplyCheckpoint: Sendable {
    let numbers: [UInt64]
    let chainHeads: SharedList<SequenceNumber>.Frozen
    let holders: ChunkedArray<PersonSlot>
    let duplicates: ChunkedArray<Duplicate>
    let suppressed: ChunkedArray<SequenceNumber>
    let refusals: ChunkedArray<Refusal>
    let merges: ChunkedArray<Merge>
    let keptAttributes: ChunkedArray<KeptAttributes>

    /// Hands everything to `emit`, block by block; the numbers come first, since people need them.
    public func blocks<Failure: Error>(
        _ emit: (CheckpointBlock) throws(Failure) -> Void
    ) throws(Failure) {
        try emit(CheckpointBlock(.numbers, numbers))
        try list(.chainHeads, chainHeads, emit) { $0.append($1.rawValue) }
        try list(.holders, holders, emit) { $0.append(UInt64($1.rawValue)) }
        try list(.duplicates, duplicates, emit) { words, duplicate in
            words.append(duplicate.sequence.rawValue)
            words.append(duplicate.original.rawValue)
            words.append((duplicate.isConflict ? 1 : 0) | (duplicate.isByKey ? 2 : 0))
        }
        try list(.suppressedEntries, suppressed, emit) { $0.append($1.rawValue) }
        try list(.refusals, refusals, emit) { words, refusal in
            words.append(refusal.sequence.rawValue)
            words.append(refusal.id.rawValue, refusal.person.rawValue)
            words.append(UInt64(refusal.reason.rawValue))
        }
        try list(.merges, merges, emit) { words, merge in
            words.append(merge.sequence.rawValue)
            words.append(merge.absorbed.rawValue, merge.survivor.rawValue)
        }
        try list(.keptAttributes, keptAttributes, emit) { $1.write(to: &$0) }
    }

    private func list<Element, Failure: Error>(
        _ kind: CheckpointBlock.Kind,
        _ elements: some RandomAccessCollection<Element>,
        _ emit: (CheckpointBlock) throws(Failure) -> Void,
        _ write: (inout [UInt64], Element) -> Void
    ) throws(Failure) {
        var writer = BlockWriter(kind)
        for element in elements {
            write(&writer.words, element)
            try writer.endRow(emit)
        }
        try writer.flush(emit)
    }
}

extension ApplyStage {
    /// Whether the stage stands between two instants, as a checkpoint needs it.
    public var isBetweenInstants: Bool { openInstant == nil && !evaluation.isOpen }

    /// Names what a checkpoint of this stage is good for: the same rules in the same order, compiled to
    /// the same tables.
    public var layoutHash: UInt64 {
        var hash = StableHash()
        hash.feed("checkpoint \(checkpointLayoutVersion) semantics \(semanticsVersion)")
        hash.feed("contracts \(contract.fingerprint)")
        for entry in quarantined.sorted() { hash.feed("quarantined \(entry)") }
        for name in program.names { hash.feed("name \(name)") }
        for (index, series) in program.series.enumerated() {
            hash.feed(
                "series \(series.timesMax) \(series.spanMax) \(series.leaves) \(keeps[index])"
            )
            if series.hasRows {
                let layout = series.layout
                hash.feed(
                    "rows \(layout.shape.stride) \(layout.bits.count) \(layout.times.count) "
                        + "\(layout.keys.count) \(layout.reach) \(layout.keepsFirst) "
                        + "\(layout.keepsLast) \(layout.latestMax)"
                )
            }
        }
        for leaf in program.leaves {
            hash.feed("leaf \(leaf.count) \(leaf.span) \(leaf.bound?.number ?? 0)")
        }
        for attribute in program.attributes {
            hash.feed("attribute \(attribute.tests.map(\.leaf))")
        }
        for variant in program.variants { hash.feed("variant \(variant.name) \(variant.ruleHash)") }
        for set in program.ruleSets { hash.feed("rules \(set.map { $0 ?? -1 })") }
        if watches {
            for item in watch.plan.items {
                hash.feed("expectation \(item.key)")
                hash.feed("of \(item.segment) \(item.meaning)")
            }
            for set in watch.plan.ruleSets { hash.feed("expectations \(set)") }
        }
        return hash.value
    }

    // MARK: - Writing

    /// Begins a checkpoint of everything as it is now; `checkpointSlice` gives the people.
    ///
    /// - Precondition: The stage `isBetweenInstants` and no checkpoint is open.
    public mutating func beginCheckpoint() -> ApplyCheckpoint {
        precondition(isBetweenInstants && openCheckpoint.next == .max, "not now")
        openCheckpoint = OpenCheckpoint()
        openCheckpoint.next = 0
        openCheckpoint.end = UInt32(people.count)
        return ApplyCheckpoint(
            numbers: numbers(),
            chainHeads: chainHeads.freeze(),
            holders: holders,
            duplicates: duplicates,
            suppressed: suppressed,
            refusals: refusals,
            merges: merges,
            keptAttributes: keptAttributes
        )
    }

    /// What a checkpoint begins with: how far it goes, members of segments, and what expectations know.
    func numbers() -> [UInt64] {
        var numbers = [
            UInt64(people.count), UInt64(bitPattern: reached.milliseconds),
            isImport ? 1 : 0, importIsClosed ? 1 : 0, UInt64(ruleSetsApplied),
        ]
        for name in 0..<memberCounts.count { numbers.append(UInt64(memberCounts[name])) }
        if watches { watch.write(to: &numbers) }
        return numbers
    }

    /// The next people of the open checkpoint; nil where all were given, and the checkpoint is closed.
    ///
    /// - Parameter peopleMax: How many at most, besides those who were about to change.
    public mutating func checkpointSlice(peopleMax: Int) -> CheckpointBlock? {
        guard openCheckpoint.next != .max else { return nil }
        if let large = openCheckpoint.large.popLast() { return CheckpointBlock(.people, large) }
        var words: [UInt64] = []
        swap(&words, &openCheckpoint.rows)
        var left = peopleMax
        while openCheckpoint.next < openCheckpoint.end, left > 0,
            words.count < OpenCheckpoint.wordsMax
        {
            let next = openCheckpoint.next
            openCheckpoint.next += 1
            guard openCheckpoint.early.remove(next) == nil else { continue }
            people.write(PersonSlot(rawValue: next), program.series, to: &words)
            left -= 1
        }
        guard words.isEmpty else { return CheckpointBlock(.people, words) }
        openCheckpoint = OpenCheckpoint()
        return nil
    }

    /// Gives up the open checkpoint, if there is one.
    public mutating func abandonCheckpoint() { openCheckpoint = OpenCheckpoint() }

    /// Writes a person who is about to change into the open checkpoint, if it needs that.
    @inline(__always)
    mutating func keepForCheckpoint(_ person: PersonSlot) {
        guard person.rawValue >= openCheckpoint.next else { return }
        keepEarly(person)
    }

    @inline(never)
    private mutating func keepEarly(_ person: PersonSlot) {
        guard person.rawValue < openCheckpoint.end,
            openCheckpoint.early.insert(person.rawValue).inserted
        else { return }
        people.write(person, program.series, to: &openCheckpoint.rows)
        guard openCheckpoint.rows.count >= OpenCheckpoint.wordsMax else { return }
        openCheckpoint.large.append(openCheckpoint.rows)
        openCheckpoint.rows = []
    }

    // MARK: - Reading

    /// Takes in a block of a checkpoint, before any entry; those of other kinds are passed over.
    public mutating func restore(
        _ kind: CheckpointBlock.Kind,
        _ words: UnsafeBufferPointer<UInt64>
    ) throws(CheckpointError) {
        var reader = BlockReader(words)
        switch kind {
        case .numbers: try restoreNumbers(&reader)
        case .people:
            while !reader.isAtEnd {
                _ = try people.read(&reader, program.series)
                peopleRestored += 1
            }
        case .chainHeads: while !reader.isAtEnd { chainHeads.append(try reader.sequence()) }
        case .holders:
            while !reader.isAtEnd { holders.append(PersonSlot(rawValue: try reader.word().low)) }
        case .duplicates:
            while !reader.isAtEnd {
                let (sequence, original) = (try reader.sequence(), try reader.sequence())
                let flags = try reader.word()
                duplicates.append(
                    Duplicate(
                        sequence: sequence,
                        original: original,
                        isConflict: flags & 1 != 0,
                        isByKey: flags & 2 != 0
                    )
                )
            }
        case .suppressedEntries:
            while !reader.isAtEnd { suppressed.append(try reader.sequence()) }
        case .refusals:
            while !reader.isAtEnd {
                let (sequence, who) = (try reader.sequence(), try reader.word())
                let (id, person) = (IdentifierID(who.low), PersonSlot(rawValue: who.high))
                let reason = RefusalReason(rawValue: UInt8(truncatingIfNeeded: try reader.word()))
                guard let reason else { throw CheckpointError(what: "a refusal has no reason") }
                refusals.append(
                    Refusal(sequence: sequence, id: id, person: person, reason: reason)
                )
            }
        case .merges:
            while !reader.isAtEnd {
                let (sequence, who) = (try reader.sequence(), try reader.word())
                merges.append(
                    Merge(
                        sequence: sequence,
                        absorbed: PersonSlot(rawValue: who.low),
                        survivor: PersonSlot(rawValue: who.high)
                    )
                )
            }
        case .keptAttributes:
            while !reader.isAtEnd { keptAttributes.append(try KeptAttributes(&reader)) }
        case .suppressedIdentifiers, .messageIDs, .uniqueKeys: break
        }
    }

    private mutating func restoreNumbers(
        _ reader: inout BlockReader
    ) throws(CheckpointError) {
        let count = try reader.word()
        reached = Instant(milliseconds: try reader.signed())
        isImport = try reader.word() != 0
        importIsClosed = try reader.word() != 0
        ruleSetsApplied = Int(try reader.word().low)
        guard ruleSetsApplied <= program.ruleSets.count, count < UInt64(UInt32.max) else {
            throw CheckpointError(what: "its numbers do not fit these rules")
        }
        if ruleSetsApplied > 0 {
            let variants = program.ruleSets[ruleSetsApplied - 1]
            for name in variants.indices { inForce[name] = Int32(variants[name] ?? -1) }
            findStrangerVariants()
        }
        for name in 0..<memberCounts.count { memberCounts[name] = Int(try reader.word()) }
        if watches { try watch.restore(&reader, ruleSetsApplied: ruleSetsApplied) }
        for _ in 0..<count { _ = people.add(PersonID(0)) }
    }

    /// Makes everybody's deadlines findable, and takes note of the rules so far.
    ///
    /// - Parameter rules: The `rules` entries up to the checkpoint.
    /// - Throws: Where parts of the checkpoint are missing.
    public mutating func finishRestoring(
        rules: [SequenceNumber]
    ) throws(CheckpointError) {
        guard peopleRestored == people.count, chainHeads.count == holders.count else {
            throw CheckpointError(what: "people or identifiers are missing")
        }
        guard rules.count == ruleSetsApplied else {
            throw CheckpointError(what: "it counts other rules than the log")
        }
        for sequence in rules {
            contract.putInForce(at: sequence)
            settings.putInForce(at: sequence)
        }
        findKeptAttributes()
        // The earliest first, at which the queue begins.
        var first = 0
        aloneCount = 0
        for index in 0..<people.count
        where !people.record(PersonSlot(rawValue: UInt32(index))).pointee.isGone {
            aloneCount += 1
        }
        for index in 0..<people.count where armed(index) < armed(first) { first = index }
        for index in 0..<people.count { rearm(index == 0 ? first : index == first ? 0 : index) }
    }

    private func armed(_ index: Int) -> Instant {
        people.record(PersonSlot(rawValue: UInt32(index))).pointee.armed
    }

    private mutating func rearm(_ index: Int) {
        let slot = PersonSlot(rawValue: UInt32(index))
        let armed = people.record(slot).pointee.armed
        if armed != .distantFuture {
            deadlines.push(DeadlineQueue.Item(at: armed, person: slot))
        }
    }

    /// The last entry that names each identifier, by its number.
    public var identifierChainHeads: [SequenceNumber] {
        (0..<chainHeads.count).map { chainHeads[$0] }
    }

    /// Whether two stages know the same of every person.
    ///
    /// - Returns: The first one of whom they do not, with what this one knows and what `other` does;
    ///   nil where there is none.
    public func firstDifference(
        _ other: borrowing ApplyStage
    ) -> (person: PersonID, ours: [UInt64], theirs: [UInt64])? {
        for index in 0..<max(people.count, other.people.count) {
            let slot = PersonSlot(rawValue: UInt32(index))
            var ours: [UInt64] = []
            var theirs: [UInt64] = []
            if index < people.count { people.write(slot, program.series, to: &ours) }
            if index < other.people.count {
                other.people.write(slot, other.program.series, to: &theirs)
            }
            guard ours != theirs else { continue }
            let id =
                index < people.count
                ? people.record(slot).pointee.id : other.people.record(slot).pointee.id
            return (id, ours, theirs)
        }
        return nil
    }
}
