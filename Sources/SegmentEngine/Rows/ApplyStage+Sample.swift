internal import EventModel

/// Where a person stands among all people, for each salt that rules name.
///
/// A draw is FNV-1a of the salt, a zero byte and the canonical identifier, finished by the mixer of splitmix64: a
/// number that is spread evenly and stays as long as the person is called so.
extension ApplyStage {
    /// Draws anew for a person whose identifiers have changed.
    mutating func takeDraws(of person: PersonSlot, settles: Bool) {
        let record = people.record(person)
        guard !record.pointee.isGone else { return }
        let name = canonicalName(of: person)
        for (salt, series) in program.draws {
            let key = UInt32(truncatingIfNeeded: series)
            let (entry, isNew) = people.entry(key, of: record)
            let draw = name.map { Int64(bitPattern: UInt64(drawOf: $0, salt: salt)) } ?? 0
            let isDrawn: UInt32 = name == nil ? 0 : 1
            guard isNew || entry.pointee.payload != draw || entry.pointee.reference != isDrawn
            else { continue }
            entry.pointee.payload = draw
            entry.pointee.reference = isDrawn
            touch(dependentsOf: series)
        }
        if !judged.isEmpty { judgeTouched(person, settles: settles) }
    }

    /// What a person is called before all: its own first `user`, else the identifier of the highest rank, of
    /// several the one with the smallest bytes; nil for one whose identifiers have become others'.
    private func canonicalName(of person: PersonSlot) -> [UInt8]? {
        guard let identifier else { preconditionFailure("a sample without identifiers") }
        func spelling(_ id: IdentifierID) -> [UInt8] { Array(identifier(id).text.utf8) }
        var best: (rank: IdentifierRank, name: [UInt8])?
        for claim in people.claims(person) where claim.to == IdentifierClaim.open {
            let namespace = contract.namespaces.meant(claim.namespace)
            if namespace == .user { return spelling(claim.id) }
            let rank = IdentifierRank(namespace)
            if let best, best.rank < rank { continue }
            let name = spelling(claim.id)
            if let former = best, former.rank == rank,
                !name.lexicographicallyPrecedes(former.name)
            {
                continue
            }
            best = (rank, name)
        }
        return best?.name
    }
}

extension UInt64 {
    /// The draw of a name under a salt.
    fileprivate init(drawOf name: [UInt8], salt: String) {
        var hash = StableHash()
        hash.feed(salt)
        hash.feed(0)
        hash.feed(name.span)
        self = hash.value
        self ^= self >> 30
        self &*= 0xbf58_476d_1ce4_e5b9
        self ^= self >> 27
        self &*= 0x94d0_49bb_1331_11eb
        self ^= self >> 31
    }
}
