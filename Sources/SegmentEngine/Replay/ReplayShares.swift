public import EventModel
public import RuleLanguage

/// Which identifiers come together in a part of a log that several cores are to fold.
///
/// People who may ever become one must be folded by one core, which must be known before anybody folds.
public struct ReplayScout: Sendable {
    /// Per identifier how many entries name it first.
    private(set) var counts: [UInt32]
    /// Pairs of identifiers that one entry names.
    private(set) var links: [(IdentifierID, IdentifierID)] = []
    /// Whether the log suppresses identifiers: then who is suppressed decides which keys count, and the log
    /// must be folded by one core.
    public private(set) var needsOneCore = false

    /// - Parameter identifiers: How many identifiers the log has.
    public init(identifiers: Int) { counts = Array(repeating: 0, count: identifiers) }

    /// Looks at an entry.
    ///
    /// - Parameter identifiers: What it names, `count` of them; those that the log does not have are passed
    ///   over.
    public mutating func look(
        _ kind: EntryKind?,
        _ identifiers: InlineArray<8, IdentifierID>,
        count: Int
    ) {
        if kind == .suppress { needsOneCore = true }
        guard count > 0, Int(identifiers[0].rawValue) < counts.count else { return }
        counts[Int(identifiers[0].rawValue)] += 1
        for other in 1..<max(1, count) where Int(identifiers[other].rawValue) < counts.count {
            if identifiers[other] != identifiers[0] {
                links.append((identifiers[0], identifiers[other]))
            }
        }
    }
}

/// Which core folds whom.
public struct ReplayShares: Sendable {
    /// How many cores fold.
    public let parts: Int
    /// Per identifier its core.
    private let partOfIdentifier: [UInt8]

    /// Whether people can be told apart before anybody folds: other names of identifiers make people one whom
    /// no entry names together.
    public static func canDivide(_ ruleSets: [RuleSet]) -> Bool {
        !ruleSets.contains { $0.contract.identifiers.contains { !$0.aliases.isEmpty } }
    }

    /// Divides people so that each core has about as many entries.
    ///
    /// - Parameter scouts: Those that have seen the log between them; at least one.
    public init(_ scouts: [ReplayScout], parts: Int) {
        self.parts = parts
        let identifiers = scouts.map(\.counts.count).max() ?? 0
        var groups = DisjointSets(count: identifiers)
        for scout in scouts {
            for (one, other) in scout.links { groups.join(Int(one.rawValue), Int(other.rawValue)) }
        }
        var entries = [UInt32](repeating: 0, count: identifiers)
        for scout in scouts {
            for (identifier, count) in scout.counts.enumerated() where count > 0 {
                entries[groups.root(of: identifier)] += count
            }
        }
        // The largest first, each to whoever has least; few are so large that their order matters.
        let large = entries.indices.filter { entries[$0] > 1_000 }
            .sorted { (entries[$0], $1) > (entries[$1], $0) }
        var partOfRoot = [UInt8](repeating: 0, count: identifiers)
        var loads = [UInt64](repeating: 0, count: parts)
        func give(_ root: Int) {
            var least = 0
            for part in 1..<max(1, parts) where loads[part] < loads[least] { least = part }
            partOfRoot[root] = UInt8(least)
            loads[least] += UInt64(entries[root])
        }
        for root in large { give(root) }
        for root in entries.indices where (1...1_000).contains(entries[root]) { give(root) }
        partOfIdentifier = (0..<identifiers).map { partOfRoot[groups.root(of: $0)] }
    }

    /// The core that folds whom an entry is about; nil where the entry is for all of them.
    @inline(__always)
    func part(of head: EntryHead) -> Int? {
        guard head.identifiers.count > 0 else { return nil }
        let first = Int(head.identifiers[0].id.rawValue)
        return first < partOfIdentifier.count ? Int(partOfIdentifier[first]) : 0
    }
}

/// Sets that only grow together (Tarjan 1975), by numbers from 0.
private struct DisjointSets {
    private var parents: [UInt32]

    init(count: Int) { parents = (0..<UInt32(count)).map { $0 } }

    mutating func root(of element: Int) -> Int {
        var element = element
        while Int(parents[element]) != element {
            parents[element] = parents[Int(parents[element])]
            element = Int(parents[element])
        }
        return element
    }

    mutating func join(_ one: Int, _ other: Int) {
        let (one, other) = (root(of: one), root(of: other))
        if one < other { parents[other] = UInt32(one) } else { parents[one] = UInt32(other) }
    }
}
