internal import EventModel
internal import EventStore
internal import RuleLanguage
internal import SegmentEngine

/// The values of a person's attributes: of each the one of the latest event time, ties to the later
/// entry, whatever the order in which entries are shown.
struct AttributeFold {
    private struct Value {
        var occurredAt: Instant
        var sequence: SequenceNumber
        /// In the interned form; nil where the attribute is unset.
        var bytes: [UInt8]?

        var stamp: (Int64, UInt64) { (occurredAt.milliseconds, sequence.rawValue) }
    }

    private var values: [SymbolID: Value] = [:]

    /// Takes in an `identify` entry.
    mutating func fold(_ head: EntryHead, occurredAt: Instant, _ bytes: Span<UInt8>) {
        var root = ValueReader(at: head.content.lowerBound)
        guard !head.content.isEmpty, case .object(let members) = root.value(bytes) else { return }
        var reader = ValueReader(at: members.lowerBound)
        while reader.offset < members.upperBound {
            let symbol = SymbolID(UInt32(truncatingIfNeeded: reader.varint(bytes)))
            let start = reader.offset
            let view = reader.value(bytes)
            var value = Value(occurredAt: occurredAt, sequence: head.sequence)
            // Of members with the same name the last one counts.
            if let old = values[symbol], value.stamp < old.stamp { continue }
            if case .null = view {
            } else {
                value.bytes = (start..<reader.offset).map { bytes[$0] }
            }
            values[symbol] = value
        }
    }

    /// Takes over what another has of a later event time.
    mutating func join(_ other: AttributeFold) {
        values.merge(other.values) { $0.stamp < $1.stamp ? $1 : $0 }
    }

    /// The attributes that have a value, by what a contract calls them: of all names of one the latest value counts.
    func names(
        by contract: DataContract,
        _ drafts: inout DraftReader
    ) throws(StoreError) -> Set<String> {
        var latest: [String: Value] = [:]
        for (symbol, value) in values {
            let name = contract.attributeMeant(by: try drafts.name(symbol))
            if let other = latest[name], value.stamp < other.stamp { continue }
            latest[name] = value
        }
        return Set(
            latest.keys.filter { name in
                guard let bytes = latest[name]?.bytes else { return false }
                let type = contract.attributes.first { $0.name == name }?.type ?? .any
                return [.fits, .coerced].contains(ValueFit(type, at: 0, bytes.span))
            }
        )
    }

    /// Forgets attributes by what a contract calls them.
    mutating func forget(
        _ names: Set<String>,
        of contract: DataContract,
        _ drafts: inout DraftReader
    ) throws(StoreError) {
        for symbol in Array(values.keys) {
            let name = contract.attributeMeant(by: try drafts.name(symbol))
            if names.contains(name) { values[symbol] = nil }
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

/// The values of a person's attributes, entry by entry, where merges may have kept those of one of two.
///
/// What each had said is kept apart until they become one by such a merge; all others only take the latest of both.
struct AttributeStory {
    private let contract: DataContract
    /// The merges still to come, the next one last.
    private var merges: [PersonState.KeptAttributes]
    /// Per claim of the person whose fold its entries go to.
    private var foldOfClaim: [Int]
    private var folds: [AttributeFold]

    /// A story of which nothing is told yet.
    init(_ contract: DataContract, _ state: PersonState) {
        self.contract = contract
        merges = state.keptAttributes.reversed()
        let isOne = merges.isEmpty
        foldOfClaim = state.claims.indices.map { isOne ? 0 : $0 }
        folds = Array(
            repeating: AttributeFold(),
            count: isOne ? 1 : state.claims.count
        )
    }

    /// Takes in an `identify` entry, the claim by which it is the person's said; they come in order.
    mutating func fold(
        _ head: EntryHead,
        occurredAt: Instant,
        _ bytes: Span<UInt8>,
        by claim: Int
    ) {
        folds[foldOfClaim[claim]].fold(head, occurredAt: occurredAt, bytes)
    }

    /// Carries out the merges before an entry.
    mutating func reach(
        _ sequence: SequenceNumber,
        _ drafts: inout DraftReader
    ) throws(StoreError) {
        while let merge = merges.last, merge.sequence < sequence {
            merges.removeLast()
            guard let primary = join(merge.primary), let secondary = join(merge.secondary) else {
                continue
            }
            let kept = try folds[primary].names(by: contract, &drafts)
            try folds[secondary].forget(kept, of: contract, &drafts)
            // Both lie beside each other.
            let first = min(merge.primary.lowerBound, merge.secondary.lowerBound)
            _ = join(first..<max(merge.primary.upperBound, merge.secondary.upperBound))
        }
    }

    /// Makes what was said by claims one; gives the fold that has it, nil for no claims.
    private mutating func join(_ claims: Range<Int>) -> Int? {
        guard let first = claims.first else { return nil }
        let whole = foldOfClaim[first]
        for claim in claims where foldOfClaim[claim] != whole {
            let other = foldOfClaim[claim]
            folds[whole].join(folds[other])
            folds[other] = AttributeFold()
            foldOfClaim[claim] = whole
        }
        return whole
    }

    /// What is set in the end, in order of the bytes of the names.
    mutating func attributes(
        _ drafts: inout DraftReader
    ) throws(StoreError) -> [PersonProfile.Attribute] {
        try reach(SequenceNumber(.max), &drafts)
        var all = AttributeFold()
        for fold in folds { all.join(fold) }
        return try all.attributes(&drafts)
    }
}
