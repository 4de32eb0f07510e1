import EventModel

/// Turns one object of a document into an entry.
struct EntryDecoder {
    let document: JSONDocument
    let limits: WireLimits
    let place: EntryPlace

    /// Decodes the object at a token.
    ///
    /// - Parameters:
    ///   - entry: The token.
    ///   - kind: What it is, or nil where its `type` says so.
    ///   - list: The list, or nil where its `list` says so.
    ///   - batchSentAt: The token of the batch's `sentAt`, for entries without their own.
    func decode(
        _ entry: Int,
        as kind: NativeKind?,
        list: String? = nil,
        batchSentAt: Int? = nil
    ) throws(WireError) -> EntryDraft {
        try checkShape(entry)
        let fields = EntryFields(document, entry: entry)
        let kind = if let kind { kind } else { try type(fields.type) }
        var draft = EntryDraft(kind: kind.entryKind)
        switch kind {
        case .track:
            draft.identifiers = try identifiers(fields)
            draft.event = try event(fields.event)
            draft.content = try content(fields.properties, "properties", .invalidProperties)
        case .identify:
            draft.identifiers = try identifiers(fields, traits: fields.traits)
            draft.content = try content(fields.traits, "traits", .invalidTraits)
        case .alias:
            draft.identifiers = try alias(fields)
            draft.isAlias = true
        case .merge: draft.identifiers = try merged(fields)
        case .suppress, .unsuppress:
            draft.identifiers = try identifiers(fields)
            draft.isOn = kind == .suppress
        case .addToList, .removeFromList:
            draft.event = try self.list(fields.list, list)
            draft.identifiers = try identifiers(fields)
            draft.isOn = kind == .addToList
        }
        draft.timestamp = try instant(fields.timestamp, place.field("timestamp"))
        draft.sentAt =
            if let own = fields.sentAt {
                try instant(own, place.field("sentAt"))
            } else {
                try instant(batchSentAt, "sentAt of the batch")
            }
        draft.messageID = try messageID(fields.messageID)
        draft.isBackfill = try backfill(fields.backfill)
        return draft
    }

    private func checkShape(_ entry: Int) throws(WireError) {
        guard document.kind(entry) == .object else {
            throw WireError(
                .notAnObject,
                "\(place.entry) is \(document.describe(entry)); send an object like "
                    + NativeKind.example
            )
        }
        let size = document.byteCount(entry)
        guard size <= limits.entryBytesMax else {
            throw WireError(
                .entryTooLarge,
                "\(place.entry) has \(size) bytes of JSON; at most \(limits.entryBytesMax) fit: "
                    + "send fewer or shorter properties"
            )
        }
        let depth = document.height(entry)
        guard depth <= limits.depthMax else {
            throw WireError(
                .tooDeep,
                "\(place.entry) is nested \(depth) levels deep; at most \(limits.depthMax) fit: "
                    + "flatten it"
            )
        }
    }

    private func type(_ token: Int?) throws(WireError) -> NativeKind {
        guard let token else {
            throw WireError(
                .missingType,
                "\(place.field("type")) is missing; send \(NativeKind.understood)"
            )
        }
        guard document.kind(token) == .string,
            let kind = NativeKind(rawValue: document.string(token))
        else {
            throw WireError(
                .unknownType,
                "\(place.field("type")) is \(document.describe(token)); send "
                    + NativeKind.understood
            )
        }
        return kind
    }

    private func messageID(_ token: Int?) throws(WireError) -> String {
        guard let token else { return "" }
        return try scalarText(token, "messageId", .invalidMessageID)
    }

    /// A text, or a number as its canonical text.
    func scalarText(
        _ token: Int,
        _ name: String,
        _ code: WireCode
    ) throws(WireError) -> String {
        var text: String?
        switch document.kind(token) {
        case .string where document.byteCount(token) <= limits.identifierBytesMax:
            return document.string(token)
        case .string: text = document.string(token)
        case .number: text = canonicalNumber(document.string(token))
        default: break
        }
        guard let text else {
            throw WireError(
                code,
                "\(place.field(name)) is \(document.describe(token)); send a text of at most "
                    + "\(limits.identifierBytesMax) bytes"
            )
        }
        guard text.utf8.count <= limits.identifierBytesMax else {
            throw WireError(
                code,
                "\(place.field(name)) has \(text.utf8.count) bytes; at most "
                    + "\(limits.identifierBytesMax) fit: shorten it"
            )
        }
        return text
    }

    /// Whole numbers with more digits than `ExactDecimal` holds are canonical as they are spelled.
    func canonicalNumber(_ spelling: String) -> String? {
        if let number = ExactDecimal(spelling) { return number.description }
        let digits = spelling.utf8.first == UInt8(ascii: "-") ? spelling.dropFirst() : spelling[...]
        return digits.utf8.allSatisfy { (0x30...0x39).contains($0) } ? spelling : nil
    }
}
