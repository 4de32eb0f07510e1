internal import EventModel

/// Which namespaces identified somebody when: the well-known ones always, others while declared.
public struct NamespaceHistory: Sendable {
    private struct Era: Sendable {
        var from: SequenceNumber
        /// Each declared namespace, with that whose other name it is, where that is a well-known one.
        var declared: [SymbolID: SymbolID]
    }

    private var eras: [Era] = []

    /// No declarations yet.
    init() {}

    /// The entry since which the last declaration holds.
    var since: SequenceNumber { eras.last?.from ?? .zero }

    mutating func declare(_ declared: [SymbolID: SymbolID], at sequence: SequenceNumber) {
        if eras.last?.from == sequence { eras.removeLast() }
        guard declared != eras.last?.declared ?? [:] || eras.isEmpty else { return }
        eras.append(Era(from: sequence, declared: declared))
    }

    /// How much a namespace says who somebody is, at an entry; nil where it says nothing.
    @inline(__always)
    func rank(_ namespace: SymbolID, at sequence: SequenceNumber) -> IdentifierRank? {
        if IdentifierRank.isWellKnown(namespace) { return IdentifierRank(namespace) }
        let era = eras.last { $0.from <= sequence }
        return era?.declared[namespace].map { IdentifierRank($0) }
    }

    /// The well-known namespace whose other name one is now; else itself.
    @inline(__always)
    func meant(_ namespace: SymbolID) -> SymbolID {
        if IdentifierRank.isWellKnown(namespace) { return namespace }
        return eras.last?.declared[namespace] ?? namespace
    }

    /// Whether a namespace was that of canonical customer ids at an entry, by whatever name.
    func isUser(_ namespace: SymbolID, at sequence: SequenceNumber) -> Bool {
        namespace == .user
            || eras.last { $0.from <= sequence }?.declared[namespace] == .user
    }

    /// Whether a namespace is that of canonical customer ids now, by whatever name.
    @inline(__always)
    func isUser(_ namespace: SymbolID) -> Bool {
        namespace == .user || eras.last?.declared[namespace] == .user
    }

    /// The place of the identifier that says whose an entry is: the first of the highest rank.
    ///
    /// - Parameter isRefused: Whether the entry's identifier was not linked.
    func owner(
        of head: EntryHead,
        isRefused: (IdentifierID) -> Bool
    ) -> Int? {
        var highest: (place: Int, rank: IdentifierRank)?
        for index in 0..<head.identifiers.count {
            let reference = head.identifiers[index]
            guard let rank = rank(reference.namespace, at: head.sequence),
                highest.map({ rank < $0.rank }) ?? true, !isRefused(reference.id)
            else { continue }
            highest = (index, rank)
        }
        return highest?.place
    }
}

/// How much a namespace says who somebody is: the smaller, the more.
struct IdentifierRank: Comparable {
    private let value: UInt8

    init(_ namespace: SymbolID) {
        switch namespace {
        case .user: value = 0
        case .email, .phone: value = 128
        case .anonymous: value = 255
        default: value = 64
        }
    }

    static let last = IdentifierRank(.anonymous)

    @inline(__always)
    static func isWellKnown(_ namespace: SymbolID) -> Bool {
        SymbolID.user <= namespace && namespace <= .phone
    }

    static func < (left: IdentifierRank, right: IdentifierRank) -> Bool {
        left.value < right.value
    }
}
