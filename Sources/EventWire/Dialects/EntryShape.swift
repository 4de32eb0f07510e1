/// Which members of an entry mean something, at any depth: a table, the same for reading and for messages.
///
/// Members that are not in it mean nothing. Where several have one role, the first of the table that is present
/// counts.
struct EntryShape: ExpressibleByDictionaryLiteral, Sendable {
    /// What a member is.
    indirect enum Meaning: ExpressibleByDictionaryLiteral, Sendable {
        /// It has that role.
        case role(FieldRole)
        /// It is an object whose members have roles.
        case object([(String, Meaning)])
        /// Both.
        case both(FieldRole, Meaning)

        init(dictionaryLiteral elements: (String, Meaning)...) { self = .object(elements) }

        fileprivate var role: FieldRole? {
            switch self {
            case .role(let role), .both(let role, _): role
            case .object: nil
            }
        }

        fileprivate var members: [(String, Meaning)] {
            switch self {
            case .role: []
            case .object(let members): members
            case .both(_, let inner): inner.members
            }
        }
    }

    /// A member of an object: where its name is, and what it is.
    struct Member: BitwiseCopyable, Sendable {
        let start: Int32
        let count: Int32
        /// The role's raw value; -1 of an object that has none itself.
        let role: Int16
        /// Its place in the table: of several with one role the lowest counts.
        let rank: Int16
        /// The level of its own members; -1 where they mean nothing.
        let level: Int16
    }

    /// All names, one behind the other.
    let names: [UInt8]
    /// All members, those of one object side by side: without references, so that to look at one counts none.
    let members: [Member]
    /// The members of each object; the first is the entry itself.
    let levels: [Range<Int>]
    /// By role, the ways from the entry to what has it, in the table's order: `context.traits`.
    private let paths: [[String]]

    init(dictionaryLiteral elements: (String, Meaning)...) {
        self.init(elements)
    }

    /// The shape of an entry with those members.
    init(_ elements: [(String, Meaning)]) {
        var builder = Builder()
        builder.collectPaths(elements, "")
        builder.add(elements)
        names = builder.names
        members = builder.members
        levels = builder.levels
        paths = builder.paths
    }

    private struct Builder {
        var names: [UInt8] = []
        var members: [Member] = []
        var levels: [Range<Int>] = []
        var paths = [[String]](repeating: [], count: FieldRole.allCases.count)
        /// The rank of the member added last.
        private var lastRank: Int16 = 0

        /// Collects the ways, in the table's order.
        mutating func collectPaths(_ elements: [(String, Meaning)], _ prefix: String) {
            for (name, meaning) in elements {
                if let role = meaning.role { paths[role.rawValue].append(prefix + name) }
                collectPaths(meaning.members, prefix + name + ".")
            }
        }

        /// Adds a level.
        ///
        /// - Returns: Which one it is; -1 for one without members.
        @discardableResult mutating func add(_ elements: [(String, Meaning)]) -> Int16 {
            guard !elements.isEmpty else { return -1 }
            let level = levels.count
            levels.append(0..<0)
            var own: [Member] = []
            for (name, meaning) in elements {
                lastRank += 1
                let (rank, start) = (lastRank, Int32(names.count))
                names += Array(name.utf8)
                own.append(
                    Member(
                        start: start,
                        count: Int32(name.utf8.count),
                        role: meaning.role.map { Int16($0.rawValue) } ?? -1,
                        rank: rank,
                        level: add(meaning.members)
                    )
                )
            }
            levels[level] = members.count..<members.count + own.count
            members += own
            return Int16(level)
        }
    }

    /// The ways to what has a role.
    func paths(of role: FieldRole) -> [String] { paths[role.rawValue] }
}
