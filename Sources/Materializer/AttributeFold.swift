internal import EventModel
internal import EventStore
internal import SegmentEngine

/// The values of a person's attributes: of each the one of the latest event time, ties to the later
/// entry, whatever the order in which entries are shown.
struct AttributeFold {
    private struct Value {
        var occurredAt: Instant
        var sequence: SequenceNumber
        /// In the interned form; nil where the attribute is unset.
        var bytes: [UInt8]?
    }

    private var values: [SymbolID: Value] = [:]

    /// Takes in an `identify` entry, but for attributes of which it says nothing any more.
    mutating func fold(
        _ head: EntryHead,
        occurredAt: Instant,
        _ bytes: Span<UInt8>,
        where counts: (SymbolID) throws(StoreError) -> Bool
    ) throws(StoreError) {
        var root = ValueReader(at: head.content.lowerBound)
        guard !head.content.isEmpty, case .object(let members) = root.value(bytes) else { return }
        var reader = ValueReader(at: members.lowerBound)
        while reader.offset < members.upperBound {
            let symbol = SymbolID(UInt32(truncatingIfNeeded: reader.varint(bytes)))
            let start = reader.offset
            let view = reader.value(bytes)
            guard try counts(symbol) else { continue }
            let stamp = (occurredAt.milliseconds, head.sequence.rawValue)
            // Of members with the same name the last one counts.
            if let old = values[symbol],
                stamp < (old.occurredAt.milliseconds, old.sequence.rawValue)
            {
                continue
            }
            var value = Value(occurredAt: occurredAt, sequence: head.sequence)
            if case .null = view {
            } else {
                value.bytes = (start..<reader.offset).map { bytes[$0] }
            }
            values[symbol] = value
        }
    }

    /// What is set, in order of the bytes of the names.
    func attributes(
        _ drafts: inout DraftReader
    ) throws(StoreError) -> [PersonProfile.Attribute] {
        var attributes: [PersonProfile.Attribute] = []
        for (symbol, value) in values {
            guard let bytes = value.bytes else { continue }
            attributes.append(
                PersonProfile.Attribute(
                    name: try drafts.name(symbol),
                    value: try drafts.named(bytes.span, at: 0),
                    occurredAt: value.occurredAt,
                    sequence: value.sequence
                )
            )
        }
        return attributes.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }
}

/// What merges that kept attributes have left of those of others.
struct LeftAttributes {
    private var merges: [(merge: PersonState.KeptAttributes, names: Set<String>)] = []

    /// Adds a merge, with the attributes that whom it names first had.
    mutating func add(_ merge: PersonState.KeptAttributes, _ names: [String]) {
        merges.append((merge, Set(names)))
    }

    /// The attributes of which an entry says nothing any more.
    func names(_ owner: IdentifierID, at sequence: SequenceNumber) -> Set<String> {
        merges.reduce(into: []) { names, kept in
            if kept.merge.isOfSecondary(owner, at: sequence) { names.formUnion(kept.names) }
        }
    }
}
