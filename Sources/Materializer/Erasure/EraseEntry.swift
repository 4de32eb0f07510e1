internal import EventModel

/// What an `erase` entry says: an identifier of the person, and who was meant when it was asked for.
enum EraseEntry {
    /// The entry to append.
    static func draft(_ person: PersonID, _ identifier: Identifier, suppresses: Bool) -> EntryDraft
    {
        var draft = EntryDraft(kind: .erase)
        draft.identifiers = [identifier]
        draft.isOn = suppresses
        // A person's id is the number of the entry that made it.
        draft.repeated = SequenceNumber(person.rawValue)
        return draft
    }
}
