public import EventModel

/// The first look at a log that several cores are to fold: which identifiers come together, and which entries
/// repeat an idempotency key.
///
/// Several scouts look at the same entries, each with its part of the keys. People who may ever become one
/// must be folded by one core, and what a key repeats may be anybody's: both are known before anybody folds.
public struct ReplayScout: Sendable {
    /// How scouts share the work.
    public struct Division: Sendable {
        let parts: Int
        let hasher = KeyedHash()

        /// Among so many scouts, 1 to 255.
        public init(parts: Int) { self.parts = parts }
    }

    private let part: Int
    private let division: Division
    private let settings: EngineSettings
    private let quarantined: Set<SequenceNumber>
    private var messageIDs: MessageIDTable
    private(set) var repeats: [ReplayRepeats.Row] = []
    /// Pairs of identifiers that one entry names.
    private(set) var links: [(IdentifierID, IdentifierID)] = []
    /// Per identifier how many entries name it first, of those that this scout counts.
    private(set) var counts: [UInt32] = []

    /// Whether the log suppresses identifiers: then who is suppressed decides which keys count, and the log
    /// must be folded by one core.
    public private(set) var needsOneCore = false

    /// One scout of several.
    ///
    /// - Parameter part: Which, from 0.
    public init(
        part: Int,
        of division: Division,
        settings: EngineSettings,
        quarantined: Set<SequenceNumber>
    ) {
        self.part = part
        self.division = division
        self.settings = settings
        self.quarantined = quarantined
        messageIDs = MessageIDTable(hasher: division.hasher)
    }

    /// Looks at the next entry; all of the log, in order.
    public mutating func look(_ head: EntryHead, _ bytes: Span<UInt8>) {
        if head.kind == .suppress { needsOneCore = true }
        if Int(truncatingIfNeeded: head.sequence.rawValue) % division.parts == part { count(head) }
        guard !head.messageID.isEmpty, !quarantined.contains(head.sequence),
            isMine(bytes.extracting(head.messageID))
        else { return }
        let found = messageIDs.repetition(head, bytes, horizon: settings.duplicateHorizon)
        if let found { repeats.append(found) }
    }

    private func isMine(_ key: Span<UInt8>) -> Bool {
        guard division.parts > 1 else { return true }
        // Other bits than those that tables are made of.
        let hash = key.withUnsafeBytes { division.hasher.hash($0, .max) }
        return Int(truncatingIfNeeded: hash >> 8 & 0xFFFF) % division.parts == part
    }

    private mutating func count(_ head: EntryHead) {
        guard head.identifiers.count > 0 else { return }
        let first = head.identifiers[0].id
        let index = Int(first.rawValue)
        while counts.count <= index { counts.append(0) }
        counts[index] += 1
        for other in 1..<max(1, head.identifiers.count) where head.identifiers[other].id != first {
            links.append((first, head.identifiers[other].id))
        }
    }
}

/// What scouts have found: which core folds whom, and what repeats what.
public struct ReplayShares: Sendable {
    /// How many cores fold.
    public let parts: Int
    let repeats: ReplayRepeats
    /// Per identifier its core.
    private let partOfIdentifier: [UInt8]

    /// Divides people so that each core has about as many entries.
    public init(_ scouts: [ReplayScout], parts: Int) {
        self.parts = parts
        repeats = ReplayRepeats(scouts.flatMap(\.repeats))
        let links = scouts.flatMap(\.links)
        var identifiers = scouts.map(\.counts.count).max() ?? 0
        for (_, other) in links { identifiers = max(identifiers, Int(other.rawValue) + 1) }
        var groups = DisjointSets(count: identifiers)
        for (one, other) in links { groups.join(Int(one.rawValue), Int(other.rawValue)) }
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

    /// The core of the people whom an identifier means, one that a scout has seen.
    public func part(of identifier: IdentifierID) -> Int {
        Int(partOfIdentifier[Int(identifier.rawValue)])
    }

    /// Whom one core folds.
    public func members(of part: Int) -> ReplayMembers {
        ReplayMembers(PlainList(partOfIdentifier.map { $0 == part }))
    }

    /// What repeats what, in memory that nobody else has: cores that count references to the same memory wait
    /// for each other.
    func ownRepeats() -> ReplayRepeats { repeats.copied() }
}

/// The identifiers of the people whom one core folds, in memory of its own.
public struct ReplayMembers: ~Copyable {
    private let isMember: PlainList<Bool>

    /// Nobody known.
    public init() { isMember = PlainList() }

    fileprivate init(_ isMember: consuming PlainList<Bool>) { self.isMember = isMember }

    /// Whether another core folds the people whom an identifier means; nobody is known to fold what no scout
    /// has seen.
    @inline(__always)
    public func excludes(_ identifier: IdentifierID) -> Bool {
        Int(identifier.rawValue) < isMember.count && !isMember[Int(identifier.rawValue)]
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
