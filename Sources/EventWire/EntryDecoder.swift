import EventModel

/// Turns one object of a document into an entry.
struct EntryDecoder {
    let document: JSONDocument
    let limits: WireLimits
    let place: EntryPlace
    let dialect: Dialect

    /// What stands elsewhere than in the object: in the path, in headers, around it.
    struct Given {
        /// Whom the path means.
        var identifiers: [Identifier] = []
        /// The event, where the object does not say it.
        var event: String?
        /// The list that the path names.
        var list: String?
        /// The token of the request's `sentAt`, for entries without their own.
        var sentAt: Int?
        /// The time, for entries without their own.
        var timestamp: Instant?
        /// The idempotency key, where the object has none.
        var messageID: String?
        /// Whether all of it is history sent late on purpose.
        var isBackfill = false
    }

    /// Decodes the object at a token.
    ///
    /// - Parameters:
    ///   - entry: The token.
    ///   - kind: What it is, or nil where its type says so.
    ///   - given: What stands elsewhere.
    func decode(
        _ entry: Int,
        as kind: NativeKind?,
        _ given: Given = Given()
    ) throws(WireError) -> EntryDraft {
        let fields = try fields(entry)
        if let kind { return try draft(kind, entry, fields, given) }
        guard case .entry(let kind) = try action(fields[.type]) else {
            throw unknownType(fields[.type])
        }
        return try draft(kind, entry, fields, given)
    }

    /// The members of the object that mean something, once its bounds are checked.
    func fields(_ entry: Int) throws(WireError) -> EntryFields {
        try checkShape(entry)
        return EntryFields(document, entry: entry, dialect: dialect)
    }

    /// The entry of that kind which the object says.
    func draft(
        _ kind: NativeKind,
        _ entry: Int,
        _ fields: EntryFields,
        _ given: Given
    ) throws(WireError) -> EntryDraft {
        var draft = EntryDraft(kind: kind.entryKind)
        draft.source = dialect.source
        switch kind {
        case .track:
            draft.identifiers = try identifiers(fields, given)
            draft.event = if let event = given.event { event } else { try event(fields[.event]) }
            draft.content = try content(kind, entry, fields)
        case .page, .screen, .group:
            draft.identifiers = try identifiers(fields, given)
            draft.event = kind.rawValue
            draft.content = try content(kind, entry, fields)
        case .identify:
            draft.identifiers = try identifiers(fields, given, attributesOf: entry)
            draft.content = try content(kind, entry, fields)
        case .alias:
            draft.identifiers = try alias(fields)
            draft.isAlias = true
        case .merge:
            draft.identifiers = try merged(fields)
            let keeps = try mark(.keepPrimary, fields, .invalidKeepPrimary)
            draft.isOn = keeps ?? dialect.mergesKeepPrimary
        case .suppress, .unsuppress:
            draft.identifiers = try identifiers(fields, given)
            draft.isOn = kind == .suppress
        case .addToList, .removeFromList:
            draft.event = try list(fields[.list], given.list)
            draft.identifiers = try identifiers(fields, given)
            draft.isOn = kind == .addToList
        }
        draft.timestamp = try timestamp(fields) ?? given.timestamp
        draft.sentAt =
            if let own = fields[.sentAt] {
                try instant(own, place.field(path(.sentAt)))
            } else if dialect.isLenient {
                // It corrects a clock; without it the clock is believed.
                try? instant(given.sentAt, "")
            } else {
                try instant(given.sentAt, "sentAt of the batch")
            }
        draft.messageID =
            if let id = given.messageID {
                id
            } else {
                try messageID(fields, draft.identifiers)
            }
        let isBackfill = try mark(.backfill, fields, .invalidBackfill)
        draft.isBackfill = given.isBackfill || isBackfill ?? false
        return draft
    }

    /// What messages call a member.
    func path(_ role: FieldRole) -> String { dialect.shape.paths(of: role).first ?? "\(role)" }

    private func checkShape(_ entry: Int) throws(WireError) {
        guard document.kind(entry) == .object else {
            throw WireError(
                .notAnObject,
                "\(place.entry) is \(document.describe(entry)); send an object"
                    + (dialect.example.isEmpty ? "" : " like \(dialect.example)")
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

    /// What the object's type asks for.
    func action(_ token: Int?) throws(WireError) -> SenderAction {
        guard let token else {
            throw WireError(
                .missingType,
                "\(place.field(path(.type))) is missing; send \(dialect.understood)"
            )
        }
        guard document.kind(token) == .string,
            let action = dialect.types[document.string(token)]
        else { throw unknownType(token) }
        return action
    }

    private func unknownType(_ token: Int?) -> WireError {
        WireError(
            .unknownType,
            "\(place.field(path(.type))) is \(token.map { document.describe($0) } ?? "missing"); "
                + "send \(dialect.understood)"
        )
    }

    /// The idempotency key: the sender's, or an id that repeats of the event share, which counts within the events
    /// of one name and one person.
    private func messageID(
        _ fields: EntryFields,
        _ identifiers: [Identifier]
    ) throws(WireError) -> String {
        if let token = fields[.messageID] {
            return try scalarText(token, path(.messageID), .invalidMessageID)
        }
        guard let token = fields[.uniqueID] else { return "" }
        let id = try scalarText(token, path(.uniqueID), .invalidMessageID)
        let who = identifiers.first?.canonical.text ?? ""
        let whole = try "\(event(fields[.event])) \(id) \(who)"
        return whole.utf8.count <= limits.identifierBytesMax ? whole : id
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
