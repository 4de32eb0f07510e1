public import EventModel

/// Turns records back into drafts: the other way round as `EntryEncoder`.
///
/// Remembers the names that it met, since entries share them; made for one answer.
public struct DraftReader {
    private let log: EventLog
    private var names: [SymbolID: String] = [:]

    /// A reader of that log's records.
    public init(_ log: EventLog) {
        self.log = log
    }

    /// The entry as its sender gave it.
    ///
    /// - Parameter bytes: The entry's record, from which the ranges of `head` are counted.
    public mutating func draft(
        _ head: EntryHead,
        _ bytes: Span<UInt8>
    ) throws(StoreError) -> EntryDraft {
        var draft = EntryDraft(kind: head.kind)
        for index in 0..<head.identifiers.count {
            if let identifier = try log.identifier(head.identifiers[index].id) {
                draft.identifiers.append(identifier)
            }
        }
        var spellings = ValueReader(at: head.spellings.lowerBound)
        while spellings.offset < head.spellings.upperBound {
            let place = Int(spellings.varint(bytes))
            let text = String(copying: bytes.extracting(spellings.text(bytes)))
            if place < draft.identifiers.count { draft.identifiers[place].text = text }
        }
        draft.event = try name(head.event)
        draft.source = try name(head.source)
        draft.timestamp = head.timestamp
        draft.sentAt = head.sentAt
        draft.messageID = String(copying: bytes.extracting(head.messageID))
        draft.isBackfill = head.isBackfill
        draft.isOn = head.isOn
        draft.isAlias = head.isAlias
        draft.isErased = head.isErased
        draft.repeated = head.repeated
        draft.repeatIsConflict = head.repeatIsConflict
        if !head.content.isEmpty {
            draft.content = try named(bytes, at: head.content.lowerBound)
        }
        return draft
    }

    /// A value in the named form.
    ///
    /// - Parameter offset: Where the tag of the value in the interned form is.
    public mutating func named(
        _ bytes: Span<UInt8>,
        at offset: Int
    ) throws(StoreError) -> [UInt8] {
        var reader = ValueReader(at: offset)
        var writer = ValueWriter()
        try copy(bytes, &reader, into: &writer)
        return writer.bytes
    }

    /// The text of a symbol; empty where the log has none of that number.
    public mutating func name(_ symbol: SymbolID) throws(StoreError) -> String {
        if let name = names[symbol] { return name }
        let name = try log.text(of: symbol) ?? ""
        names[symbol] = name
        return name
    }

    /// Copies one value; its depth was bounded when it was taken in.
    private mutating func copy(
        _ source: Span<UInt8>,
        _ reader: inout ValueReader,
        into writer: inout ValueWriter
    ) throws(StoreError) {
        let start = reader.offset
        switch reader.value(source) {
        case .list(let range):
            let mark = writer.begin(.list)
            var items = ValueReader(at: range.lowerBound)
            while items.offset < range.upperBound { try copy(source, &items, into: &writer) }
            writer.end(mark)
        case .object(let range):
            let mark = writer.begin(.object)
            var members = ValueReader(at: range.lowerBound)
            while members.offset < range.upperBound {
                let symbol = SymbolID(UInt32(truncatingIfNeeded: members.varint(source)))
                writer.name(try name(symbol))
                try copy(source, &members, into: &writer)
            }
            writer.end(mark)
        default: writer.raw(source.extracting(start..<reader.offset))
        }
    }
}
