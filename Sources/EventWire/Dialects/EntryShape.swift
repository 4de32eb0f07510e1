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

    /// A member of an object.
    struct Member: Sendable {
        let name: [UInt8]
        let role: FieldRole?
        /// Its place in the table: of several with one role the lowest counts.
        let rank: Int
        /// The members of the object that it is, so far as they mean something.
        let members: [Member]
    }

    /// The members of the entry itself.
    let members: [Member]
    /// By role, the ways from the entry to what has it, in the table's order: `context.traits`.
    private let paths: [[String]]

    init(dictionaryLiteral elements: (String, Meaning)...) {
        self.init(elements)
    }

    /// The shape of an entry with those members.
    init(_ elements: [(String, Meaning)]) {
        var paths = [[String]](repeating: [], count: FieldRole.allCases.count)
        var rank = 0
        members = EntryShape.members(elements, "", &paths, &rank)
        self.paths = paths
    }

    private static func members(
        _ elements: [(String, Meaning)],
        _ prefix: String,
        _ paths: inout [[String]],
        _ rank: inout Int
    ) -> [Member] {
        var members: [Member] = []
        for (name, meaning) in elements {
            let path = prefix + name
            rank += 1
            let own = rank
            if let role = meaning.role { paths[role.rawValue].append(path) }
            members.append(
                Member(
                    name: Array(name.utf8),
                    role: meaning.role,
                    rank: own,
                    members: EntryShape.members(meaning.members, path + ".", &paths, &rank)
                )
            )
        }
        return members
    }

    /// The ways to what has a role.
    func paths(of role: FieldRole) -> [String] { paths[role.rawValue] }
}
