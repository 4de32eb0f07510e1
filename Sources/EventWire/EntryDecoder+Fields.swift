import EventModel

extension EntryDecoder {
    /// The name of a `track`'s event, as received.
    func event(_ token: Int?) throws(WireError) -> String {
        guard let token else {
            throw WireError(
                .missingEvent,
                "\(place.field(path(.event))) is missing; send the event's name, for example "
                    + "\"Order Completed\""
            )
        }
        guard document.kind(token) == .string else {
            throw WireError(
                .invalidEvent,
                "\(place.field(path(.event))) is \(document.describe(token)); send a text of at most "
                    + "\(limits.nameBytesMax) bytes"
            )
        }
        let size = document.byteCount(token)
        guard size <= limits.nameBytesMax else {
            throw WireError(
                .invalidEvent,
                "\(place.field(path(.event))) has \(size) bytes; at most \(limits.nameBytesMax) fit: "
                    + "shorten it"
            )
        }
        let name = trimmed(document.string(token))
        guard !name.isBlank else {
            throw WireError(
                .invalidEvent,
                "\(place.field(path(.event))) is blank; send the event's name, for example "
                    + "\"Order Completed\""
            )
        }
        return name
    }

    /// A name as it counts: as received, or, where the sender's service does so, without the blanks around it.
    private func trimmed(_ name: String) -> String {
        guard dialect.isLenient else { return name }
        let scalars = name.unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return name }
        return String(scalars[first...last])
    }

    /// The name of a list: of the path, or of the entry's field.
    func list(_ token: Int?, _ name: String?) throws(WireError) -> String {
        let isText = token.map { document.kind($0) == .string } ?? false
        let text = name ?? (isText ? token.map { document.string($0) } : nil)
        guard let text else {
            let what = token.map { "is \(document.describe($0))" } ?? "is missing"
            throw WireError(
                .invalidList,
                "\(place.field(path(.list))) \(what); send the list's name, for example \"press_kit\""
            )
        }
        guard !text.isBlank, text.utf8.count <= limits.nameBytesMax else {
            throw WireError(
                .invalidList,
                "the list's name is blank or longer than \(limits.nameBytesMax) bytes; send the name "
                    + "that rules call it by"
            )
        }
        return text
    }

    /// Properties or attributes in the named form; an empty object where there are none.
    func content(
        _ kind: NativeKind,
        _ entry: Int,
        _ fields: EntryFields
    ) throws(WireError) -> [UInt8] {
        let isOfPerson = kind == .identify
        let parts = dialect.contents[kind] ?? []
        var writer = ContentWriter(
            document: document,
            limits: limits,
            place: place,
            emptyIsNull: isOfPerson && dialect.isLenient,
            bytes: document.byteCount(entry)
        )
        // What the bound on members is said of.
        var main = ""
        for part in parts {
            switch part {
            case .entry(let excluded): try writer.members(of: entry, "", without: excluded)
            case .members(let role, let excluded):
                guard let token = try object(fields[role], role, isOfPerson) else { continue }
                main = path(role)
                try writer.members(of: token, main, without: excluded)
            case .wrapped(let role, let inner):
                guard let token = try object(fields[role], role, isOfPerson) else { continue }
                main = path(role)
                try writer.members(of: token, main, inner: inner)
            case .member(let role, let name):
                guard let token = fields[role] else { continue }
                try writer.member(name, token, path(role))
            }
        }
        return try writer.finish(main)
    }

    private func object(
        _ token: Int?,
        _ role: FieldRole,
        _ isOfPerson: Bool
    ) throws(WireError) -> Int? {
        guard let token else { return nil }
        // What else stands in a context is none of ours.
        if role == .moreTraits, !dialect.isLenient, document.kind(token) != .object { return nil }
        guard document.kind(token) == .object else {
            throw WireError(
                isOfPerson || role == .traits ? .invalidTraits : .invalidProperties,
                "\(place.field(path(role))) is \(document.describe(token)); send an object or "
                    + "leave it out"
            )
        }
        return token
    }

    /// When it happened, as the sender says it.
    func timestamp(_ fields: EntryFields) throws(WireError) -> Instant? {
        guard let token = fields[.microseconds] else {
            return try instant(fields[.timestamp], place.field(path(.timestamp)))
        }
        let isText = document.kind(token) == .string || document.kind(token) == .number
        guard isText, let count = Int64(document.string(token)), count >= 0 else {
            throw WireError(
                .invalidTimestamp,
                "\(place.field(path(.microseconds))) is \(document.describe(token)), which is no "
                    + "time; send whole millionths of seconds since 1970 like 1769850000000000"
            )
        }
        return min(Instant(milliseconds: count / 1_000), .latestNamed)
    }

    /// Epoch numbers below this are seconds: as milliseconds they would lie before March 1973.
    private static let epochSecondsBelow = ExactDecimal(100_000_000_000)

    /// A time as RFC 3339 text, or as a whole number of milliseconds or seconds since 1970.
    func instant(_ token: Int?, _ field: @autoclosure () -> String) throws(WireError) -> Instant? {
        guard let token else { return nil }
        var instant: Instant?
        switch document.kind(token) {
        case .string:
            instant = Instant(rfc3339: document.string(token))
            if instant == nil, dialect.isLenient { instant = epoch(document.string(token)) }
        case .number: instant = epoch(document.string(token))
        default: break
        }
        guard let instant else {
            throw WireError(
                .invalidTimestamp,
                "\(field()) is \(document.describe(token)), which is no time; send RFC 3339 like "
                    + "\"2026-01-31T09:00:00Z\" or whole milliseconds since 1970 like "
                    + "1769850000000"
            )
        }
        guard (Instant.earliestNamed...Instant.latestNamed).contains(instant) else {
            throw WireError(
                .invalidTimestamp,
                "\(field()) is \(document.describe(token)), outside the years 1 to 9999; send RFC "
                    + "3339 like \"2026-01-31T09:00:00Z\""
            )
        }
        return instant
    }

    private func epoch(_ spelling: String) -> Instant? {
        guard let number = ExactDecimal(spelling) else { return nil }
        let limit = EntryDecoder.epochSecondsBelow
        let isSeconds = number.units.magnitude < limit.units.magnitude
        if isSeconds, dialect.isLenient {
            // Below 10^11 seconds: no overflow. Parts of a millisecond are dropped.
            return Instant(milliseconds: Int64(number.units * 1_000 / ExactDecimal.one))
        }
        guard number.units % ExactDecimal.one == 0,
            let whole = Int64(exactly: number.units / ExactDecimal.one)
        else { return nil }
        // At most 10^18 milliseconds or 10^14, by the digits that fit: no overflow.
        return Instant(milliseconds: isSeconds ? whole * 1_000 : whole)
    }

    /// Whether a member that is true or false is true; nil where it is not there.
    func mark(
        _ role: FieldRole,
        _ fields: EntryFields,
        _ code: WireCode
    ) throws(WireError) -> Bool? {
        guard let token = fields[role] else { return nil }
        guard document.kind(token) == .boolean else {
            throw WireError(
                code,
                "\(place.field(path(role))) is \(document.describe(token)); send true or false"
            )
        }
        return document.isTrue(token)
    }
}

extension JSONDocument {
    /// Whether there is nothing to see in a text.
    func isBlank(_ token: Int) -> Bool {
        let range = range(token)
        // Nearly every text begins with a letter or digit of ASCII: no String is made of it.
        if !range.isEmpty, (0x21..<0x7F).contains(text[range.lowerBound]) { return false }
        return string(token).isBlank
    }
}

extension String {
    /// Whether there is nothing to see in it.
    var isBlank: Bool {
        // Nearly every text begins with a letter or digit of ASCII.
        if let first = utf8.first, (0x21..<0x7F).contains(first) { return false }
        return unicodeScalars.allSatisfy(\.properties.isWhitespace)
    }
}
