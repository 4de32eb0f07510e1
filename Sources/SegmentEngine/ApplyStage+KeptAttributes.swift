internal import EventModel

/// A merge that keeps the attributes of whom it names first: what the other one had said of those that the first
/// has counts for nothing.
struct KeptAttributes {
    /// The merge's entry.
    var sequence: SequenceNumber
    /// Whom it made one with the other; the first named need not be the one who stays.
    var survivor: PersonSlot
    /// The identifiers of whom it names first, as they were before it.
    var primary: [IdentifierClaim]
    /// Those of the other.
    var secondary: [IdentifierClaim]
    /// Attributes that rules look at, by their numbers, that the first has and of which the other had said something.
    var attributes: [Int32]
}

extension Sequence<IdentifierClaim> {
    /// Whether an identifier means, by one of the claims, the person of them at an entry.
    func means(_ id: IdentifierID, at sequence: SequenceNumber) -> Bool {
        contains { $0.id == id && $0.from <= sequence && sequence < $0.to }
    }
}

extension ApplyStage {
    /// Takes note of a merge that keeps attributes, before it is carried out.
    ///
    /// - Returns: Whether the survivor must be folded again, since something counts no longer.
    @inline(never)
    mutating func keepAttributes(_ head: HeadPointer, _ admitted: AdmittedPointer) -> Bool {
        let survivor = admitted.pointee.person
        let absorbed = admitted.pointee.absorbed[0]
        let primary = admitted.pointee.keepsAbsorbed ? absorbed : survivor
        let secondary = admitted.pointee.keepsAbsorbed ? survivor : absorbed
        var kept: [Int32] = []
        for attribute in program.attributes.indices {
            let key = UInt32(program.series.count + attribute)
            guard people.found(key, of: people.record(secondary)) != nil,
                let own = people.found(key, of: people.record(primary)),
                AttributeStamp(people.arena.pointer(own.pointee.reference)).isSet
            else { continue }
            kept.append(Int32(attribute))
        }
        let sequence = head.pointee.sequence
        keptAttributes.append(
            KeptAttributes(
                sequence: sequence,
                survivor: survivor,
                primary: claims(of: primary, before: sequence),
                secondary: claims(of: secondary, before: sequence),
                attributes: kept
            )
        )
        keptOf[survivor, default: []].append(keptAttributes.count - 1)
        return !kept.isEmpty
    }

    /// Makes what is kept of merges of somebody who is absorbed findable by the survivor.
    mutating func passKeptAttributes(of absorbed: PersonSlot, to survivor: PersonSlot) {
        guard let kept = keptOf.removeValue(forKey: absorbed) else { return }
        keptOf[survivor, default: []].append(contentsOf: kept)
    }

    /// Makes what is kept of merges findable again.
    mutating func findKeptAttributes() {
        keptOf.removeAll()
        for index in 0..<keptAttributes.count {
            let survivor = survivor(of: keptAttributes[index].survivor)
            keptOf[survivor, default: []].append(index)
        }
    }

    /// Finds out of which attributes an entry that is folded again says nothing any more.
    mutating func findPassedOver(
        _ sequence: SequenceNumber,
        _ owner: IdentifierID,
        of person: PersonSlot
    ) {
        passedOver.removeAll()
        for index in keptOf[person] ?? [] {
            let kept = keptAttributes[index]
            guard sequence < kept.sequence, !kept.attributes.isEmpty,
                kept.secondary.means(owner, at: sequence)
            else { continue }
            for attribute in kept.attributes { passedOver.append(attribute) }
        }
    }

    private func claims(
        of person: PersonSlot,
        before sequence: SequenceNumber
    ) -> [IdentifierClaim] {
        people.claims(person).filter { $0.from < sequence }
    }
}

/// When an attribute was set, and whether it has a value.
struct AttributeStamp: Comparable {
    /// Event time, in milliseconds.
    var time: Int64
    /// The sequence number of the entry, doubled; odd where it has a value.
    var order: Int64

    /// - Parameter isSet: Whether there is a value: else it is unset.
    init(_ occurredAt: Instant, _ sequence: SequenceNumber, isSet: Bool) {
        time = occurredAt.milliseconds
        order = Int64(bitPattern: sequence.rawValue << 1 | (isSet ? 1 : 0))
    }

    /// The one that is kept at a place of the arena.
    init(_ place: UnsafeMutablePointer<Int64>) {
        time = place[0]
        order = place[1]
    }

    /// Whether the attribute has a value.
    var isSet: Bool { order & 1 != 0 }

    func write(to place: UnsafeMutablePointer<Int64>) {
        place[0] = time
        place[1] = order
    }

    /// Of equal times the later entry's is the greater one.
    static func < (left: AttributeStamp, right: AttributeStamp) -> Bool {
        (left.time, left.order >> 1) < (right.time, right.order >> 1)
    }
}

/// In a checkpoint: the entry, the survivor and how many of each there are, then those.
extension KeptAttributes {
    /// Adds it to a block.
    func write(to words: inout [UInt64]) {
        words.append(sequence.rawValue)
        words.append(survivor.rawValue, UInt32(attributes.count))
        words.append(UInt32(primary.count), UInt32(secondary.count))
        for claim in primary + secondary {
            words.append(claim.id.rawValue, claim.namespace.rawValue)
            words.append(claim.from.rawValue)
            words.append(claim.to.rawValue)
        }
        for attribute in attributes { words.append(UInt64(attribute)) }
    }

    init(_ reader: inout BlockReader) throws(CheckpointError) {
        sequence = try reader.sequence()
        let (who, sides) = (try reader.word(), try reader.word())
        survivor = PersonSlot(rawValue: who.low)
        primary = []
        secondary = []
        attributes = []
        for _ in 0..<sides.low { primary.append(try KeptAttributes.claim(&reader)) }
        for _ in 0..<sides.high { secondary.append(try KeptAttributes.claim(&reader)) }
        for _ in 0..<who.high { attributes.append(Int32(try reader.word().low)) }
    }

    private static func claim(
        _ reader: inout BlockReader
    ) throws(CheckpointError) -> IdentifierClaim {
        let names = try reader.word()
        return IdentifierClaim(
            id: IdentifierID(names.low),
            namespace: SymbolID(names.high),
            from: try reader.sequence(),
            to: try reader.sequence()
        )
    }
}
