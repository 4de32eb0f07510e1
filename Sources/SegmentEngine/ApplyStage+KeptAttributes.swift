internal import EventModel

/// A merge that keeps the attributes of whom it names first: what the other one had said of those that the first
/// has counts for nothing.
///
/// Whose an entry was before the merge is told by where the claim by which it is the survivor's stands among the
/// survivor's: those of both lie beside each other, also when the survivor is absorbed in turn.
struct KeptAttributes {
    /// The merge's entry.
    var sequence: SequenceNumber
    /// Who stayed.
    var survivor: PersonSlot
    /// Where the claims begin of who stayed, where those of whom it absorbed, and where these end.
    var start: Int32
    var middle: Int32
    var end: Int32
    /// Whether the one who was absorbed is named first.
    var keepsAbsorbed: Bool
    /// Attributes that rules look at, by their numbers, that the first has and of which the other had said something.
    var attributes: [Int32]

    /// The claims of whom it names first.
    var primary: Range<Int> { side(isAbsorbed: keepsAbsorbed) }

    /// Those of the other.
    var secondary: Range<Int> { side(isAbsorbed: !keepsAbsorbed) }

    private func side(isAbsorbed: Bool) -> Range<Int> {
        isAbsorbed ? Int(middle)..<Int(end) : Int(start)..<Int(middle)
    }
}

extension ApplyStage {
    /// Takes note of a merge that keeps attributes, before it is carried out.
    @inline(never)
    mutating func keepAttributes(_ head: HeadPointer, _ admitted: AdmittedPointer) {
        let survivor = admitted.pointee.person
        let absorbed = admitted.pointee.absorbed[0]
        let keepsAbsorbed = admitted.pointee.keepsAbsorbed
        let primary = people.record(keepsAbsorbed ? absorbed : survivor)
        let secondary = people.record(keepsAbsorbed ? survivor : absorbed)
        var kept: [Int32] = []
        for attribute in program.attributes.indices {
            let key = UInt32(program.series.count + attribute)
            guard people.found(key, of: secondary) != nil,
                let own = people.found(key, of: primary),
                AttributeStamp(people.arena.pointer(own.pointee.reference)).isSet
            else { continue }
            kept.append(Int32(attribute))
        }
        let middle = Int32(people.claims(survivor).count)
        keptAttributes.append(
            KeptAttributes(
                sequence: head.pointee.sequence,
                survivor: survivor,
                start: 0,
                middle: middle,
                end: middle + Int32(people.claims(absorbed).count),
                keepsAbsorbed: keepsAbsorbed,
                attributes: kept
            )
        )
    }

    /// Makes what is kept of merges of somebody who is about to be absorbed findable by the survivor.
    mutating func passKeptAttributes(of absorbed: PersonSlot, to survivor: PersonSlot) {
        guard !keptAttributes.isEmpty else { return }
        let passed = keptOf.removeValue(forKey: absorbed) ?? []
        let offset = Int32(people.claims(survivor).count)
        for index in passed {
            keptAttributes[index].start += offset
            keptAttributes[index].middle += offset
            keptAttributes[index].end += offset
        }
        if !passed.isEmpty { keptOf[survivor, default: []].append(contentsOf: passed) }
    }

    /// Makes what is kept of merges findable again.
    mutating func findKeptAttributes() {
        keptOf.removeAll()
        for index in 0..<keptAttributes.count {
            let survivor = survivor(of: keptAttributes[index].survivor)
            keptOf[survivor, default: []].append(index)
        }
    }

    /// Prepares to find out whose the entries were of somebody who is folded again.
    mutating func findClaims(of person: PersonSlot) {
        refoldedClaims.removeAll(keepingCapacity: true)
        let claims = people.claims(person)
        for index in claims.indices { refoldedClaims[claims[index].id, default: []].append(index) }
        leftBy.removeAll(keepingCapacity: true)
        for index in keptOf[person] ?? [] where !keptAttributes[index].attributes.isEmpty {
            if leftBy.isEmpty { leftBy = Array(repeating: [], count: claims.count) }
            for claim in keptAttributes[index].secondary { leftBy[claim].append(index) }
        }
    }

    /// The claim by which an entry is of the person who is folded again; nil where it is another's.
    func refoldedClaim(
        _ id: IdentifierID,
        at sequence: SequenceNumber,
        _ person: PersonSlot
    ) -> Int? {
        let claims = people.claims(person)
        return refoldedClaims[id]?.first { index in
            claims[index].from <= sequence && sequence < claims[index].to
        }
    }

    /// Finds out of which attributes an entry that is folded again says nothing any more.
    mutating func findPassedOver(_ sequence: SequenceNumber, _ claim: Int) {
        for index in leftBy[claim] where sequence < keptAttributes[index].sequence {
            for attribute in keptAttributes[index].attributes { passedOver.append(attribute) }
        }
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

/// In a checkpoint: the entry, the survivor and how many attributes, where the claims are, then the attributes.
extension KeptAttributes {
    /// Adds it to a block.
    func write(to words: inout [UInt64]) {
        words.append(sequence.rawValue)
        words.append(survivor.rawValue, UInt32(attributes.count))
        words.append(UInt32(start), UInt32(middle))
        words.append(UInt32(end), keepsAbsorbed ? 1 : 0)
        for attribute in attributes { words.append(UInt64(attribute)) }
    }

    init(_ reader: inout BlockReader) throws(CheckpointError) {
        sequence = try reader.sequence()
        let (who, first, last) = (try reader.word(), try reader.word(), try reader.word())
        survivor = PersonSlot(rawValue: who.low)
        (start, middle) = (Int32(bitPattern: first.low), Int32(bitPattern: first.high))
        (end, keepsAbsorbed) = (Int32(bitPattern: last.low), last.high != 0)
        guard 0 <= start, start <= middle, middle <= end else {
            throw CheckpointError(what: "a merge that keeps attributes has no claims")
        }
        attributes = []
        for _ in 0..<who.high { attributes.append(Int32(bitPattern: try reader.word().low)) }
    }
}
