public import EventModel

/// What only the admit stage knows, as it was behind an entry.
///
/// Holds the tables as they were while the stage goes on; to be written by another thread. The rest of
/// what the stage keeps follows from what the apply stage does.
public struct AdmitCheckpoint: Sendable {
    let suppressed: [IdentifierID]
    let messageIDs: [MessageIDTable.Chunk]
    let uniques: UniqueTable

    /// Hands everything to `emit`, block by block.
    public func blocks<Failure: Error>(
        _ emit: (CheckpointBlock) throws(Failure) -> Void
    ) throws(Failure) {
        var writer = BlockWriter(.suppressedIdentifiers)
        for id in suppressed {
            writer.words.append(UInt64(id.rawValue))
            try writer.endRow(emit)
        }
        try writer.flush(emit)
        try messageIDs(emit)
        try uniqueKeys(emit)
    }

    private func messageIDs<Failure: Error>(
        _ emit: (CheckpointBlock) throws(Failure) -> Void
    ) throws(Failure) {
        var writer = BlockWriter(.messageIDs)
        for chunk in messageIDs {
            for index in chunk.keys.indices {
                let key = chunk.keys[index]
                let range = chunk.range(index)
                writer.words.append(key.entry.sequence.rawValue)
                writer.words.append(key.entry.payload)
                writer.words.append(UInt64(bitPattern: key.receivedAt.milliseconds))
                writer.words.append(key.source.rawValue, UInt32(range.count))
                writer.words.append(bytes: chunk.text[range])
                try writer.endRow(emit)
            }
        }
        try writer.flush(emit)
    }

    private func uniqueKeys<Failure: Error>(
        _ emit: (CheckpointBlock) throws(Failure) -> Void
    ) throws(Failure) {
        var writer = BlockWriter(.uniqueKeys)
        for item in uniques.items where item.person != .nobody {
            writer.words.append(item.person.rawValue, item.key)
            writer.words.append(item.first.sequence.rawValue)
            writer.words.append(item.first.payload)
            writer.words.append(UInt64(item.value.count))
            writer.words.append(bytes: uniques.text[item.value])
            try writer.endRow(emit)
        }
        try writer.flush(emit)
    }
}

extension AdmitStage {
    /// What the stage knows now, for a checkpoint behind the last entry admitted.
    ///
    /// - Complexity: O(kept keys / 16,384); parts that change afterwards are copied then.
    public func checkpoint() -> AdmitCheckpoint {
        AdmitCheckpoint(
            suppressed: suppressed.sorted { $0.rawValue < $1.rawValue },
            messageIDs: messageIDs.chunks,
            uniques: uniques
        )
    }

    /// How many idempotency and business keys are kept: what makes a checkpoint long.
    public var keyCount: Int { messageIDs.count + uniques.items.count }

    /// How many people there are, absorbed ones included.
    public var personCount: Int { people.count }

    /// Takes in a block of a checkpoint, before any entry; those of other kinds are passed over.
    public mutating func restore(
        _ kind: CheckpointBlock.Kind,
        _ words: UnsafeBufferPointer<UInt64>
    ) throws(CheckpointError) {
        var reader = BlockReader(words)
        switch kind {
        case .suppressedIdentifiers:
            while !reader.isAtEnd { suppressed.insert(IdentifierID(try reader.word().low)) }
        case .messageIDs:
            while !reader.isAtEnd {
                let entry = Repeatable(
                    sequence: try reader.sequence(),
                    payload: try reader.word()
                )
                let receivedAt = Instant(milliseconds: try reader.signed())
                let sizes = try reader.word()
                messageIDs.restore(
                    try reader.bytes(Int(sizes.high)),
                    SymbolID(sizes.low),
                    entry,
                    at: receivedAt
                )
            }
        case .uniqueKeys:
            while !reader.isAtEnd {
                let owner = try reader.word()
                let entry = Repeatable(
                    sequence: try reader.sequence(),
                    payload: try reader.word()
                )
                let count = Int(try reader.word().low)
                uniques.insert(
                    Array(try reader.bytes(count))[...],
                    key: owner.high,
                    of: PersonSlot(rawValue: owner.low),
                    entry
                )
            }
        case .numbers, .people, .chainHeads, .holders, .duplicates, .suppressedEntries,
            .refusals, .merges, .keptAttributes:
            break
        }
    }

    /// Makes the keys findable, once all were taken in.
    public mutating func finishRestoringKeys() { messageIDs.finishRestoring() }

    /// Takes over who is who from an apply stage that was restored wholly, and the rules so far.
    ///
    /// - Parameter rules: The `rules` entries up to the checkpoint.
    public mutating func finishRestoring(
        _ stage: borrowing ApplyStage,
        rules: [SequenceNumber]
    ) {
        for sequence in rules {
            contract.putInForce(at: sequence)
            settings.putInForce(at: sequence)
            identifierRules.putInForce()
        }
        holders.reserveCapacity(stage.holders.count)
        for index in 0..<stage.holders.count { holders.append(stage.holders[index]) }
        people.reserveCapacity(stage.people.count)
        for index in 0..<stage.people.count {
            let slot = PersonSlot(rawValue: UInt32(index))
            var person = Person(mergedInto: slot, isKnown: false, identifiers: 0)
            if stage.people.record(slot).pointee.isAbsorbed {
                person.mergedInto = stage.people.record(slot).pointee.mergedInto
            }
            for claim in stage.people.claims(slot) where claim.to == IdentifierClaim.open {
                person.identifiers += 1
                if contract.namespaces.isUser(claim.namespace, at: claim.from) {
                    person.isKnown = true
                }
            }
            people.append(person)
            madeBy.append(SequenceNumber(stage.people.record(slot).pointee.id.rawValue))
        }
    }
}
