import EventModel

/// The members of an entry that mean something, as token indexes; others are ignored.
///
/// Of members with the same name the last one counts; null counts as absent.
struct EntryFields {
    /// By role, the token and the rank of the member that has it; 0 where there is none.
    private var found: InlineArray<32, (token: Int32, rank: Int32)>
    private let blankIsAbsent: Bool

    /// Finds the members of an object.
    init(_ document: JSONDocument, entry: Int, dialect: Dialect) {
        found = InlineArray(repeating: (0, 0))
        blankIsAbsent = dialect.isLenient
        fill(document, document.text.span, entry, dialect.shape, 0)
    }

    /// The token of what has a role.
    subscript(role: FieldRole) -> Int? {
        let token = found[role.rawValue].token
        return token == 0 ? nil : Int(token)
    }

    private mutating func fill(
        _ document: JSONDocument,
        _ text: Span<UInt8>,
        _ object: Int,
        _ shape: EntryShape,
        _ level: Int
    ) {
        guard document.kind(object) == .object else { return }
        let (names, members) = (shape.names.span, shape.members.span)
        let range = shape.levels[level]
        var key = object + 1
        while key < document.end(object) {
            let value = key + 1
            // As bytes: a String for each name would be most of the work.
            let name = text.extracting(document.range(key))
            search: for index in range where members[index].count == name.count {
                let start = Int(members[index].start)
                for place in 0..<name.count where names[start + place] != name[place] {
                    continue search
                }
                let member = members[index]
                if let role = FieldRole(rawValue: Int(member.role)) {
                    take(document, value, role, Int32(member.rank))
                }
                if member.level >= 0 { fill(document, text, value, shape, Int(member.level)) }
                break
            }
            key = document.end(value)
        }
    }

    private mutating func take(
        _ document: JSONDocument,
        _ token: Int,
        _ role: FieldRole,
        _ rank: Int32
    ) {
        let former = found[role.rawValue]
        switch document.kind(token) {
        case .null: break
        case .string where blankIsAbsent && document.isBlank(token): break
        default:
            // A document has fewer tokens than bytes, and those are bounded.
            if former.token == 0 || rank <= former.rank {
                found[role.rawValue] = (Int32(token), rank)
            }
            return
        }
        if former.rank == rank { found[role.rawValue] = (0, 0) }
    }
}
