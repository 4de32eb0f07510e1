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
        fill(document, document.text.span, entry, dialect.shape.members)
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
        _ members: [EntryShape.Member]
    ) {
        var key = object + 1
        while key < document.end(object) {
            let value = key + 1
            // As bytes: a String for each name would be most of the work.
            let name = text.extracting(document.range(key))
            if let member = members.first(where: { isEqual($0.name, name) }) {
                if let role = member.role { take(document, value, role, Int32(member.rank)) }
                if !member.members.isEmpty, document.kind(value) == .object {
                    fill(document, text, value, member.members)
                }
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

/// Whether bytes are a name.
private func isEqual(_ name: [UInt8], _ bytes: Span<UInt8>) -> Bool {
    guard name.count == bytes.count else { return false }
    for index in name.indices where name[index] != bytes[index] { return false }
    return true
}
