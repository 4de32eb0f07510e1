internal import EventModel

/// What an `erase` entry says beside the identifier that it names: who was meant when it was asked for.
struct EraseEntry {
    private static let name = "personID"

    /// The entry to append.
    static func draft(_ person: PersonID, _ identifier: Identifier, suppresses: Bool) -> EntryDraft
    {
        var writer = ValueWriter()
        let root = writer.begin(.object)
        writer.name(name)
        writer.number(Array(person.description.utf8).span)
        writer.end(root)
        var draft = EntryDraft(kind: .erase)
        draft.identifiers = [identifier]
        draft.isOn = suppresses
        draft.content = writer.bytes
        return draft
    }

    /// Who was meant; nil where the entry does not say.
    static func person(
        _ head: EntryHead,
        _ bytes: Span<UInt8>,
        symbol: (String) -> SymbolID?
    ) -> PersonID? {
        var root = ValueReader(at: head.content.lowerBound)
        guard case .object(let members) = root.value(bytes), let name = symbol(name),
            let offset = ValueReader.member(name, of: members, in: bytes)
        else { return nil }
        var reader = ValueReader(at: offset)
        guard case .number(let number?) = reader.value(bytes) else { return nil }
        return PersonID(UInt64(truncatingIfNeeded: number.units / ExactDecimal.one))
    }
}
