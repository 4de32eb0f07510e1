/// Decodes the bodies of the native API, which has the shape of the Segment spec.
///
/// One bad entry never costs the others: each becomes a draft or a problem of its own. The draft's
/// `source` is left empty, for whoever knows whose API key it was.
public struct NativeDecoder: Sendable {
    /// The bounds that bodies and entries are held to.
    public let limits: WireLimits

    /// A decoder with those bounds.
    public init(limits: WireLimits = WireLimits()) {
        self.limits = limits
    }

    /// Decodes the body of `POST /v1/track` and the like: one object.
    ///
    /// - Parameter list: The list that the path names.
    /// - Throws: A `WireError` where the body is too large, no JSON or no object.
    public func decodeSingle(
        _ kind: NativeKind,
        list: String? = nil,
        body: [UInt8]
    ) throws(WireError) -> DecodedEntry {
        try check(body, bytesMax: limits.singleBodyBytesMax)
        let document = try JSONParser().parse(body.span.extracting(start(of: body)..<body.count))
        guard document.kind(0) == .object else {
            throw WireError(
                .wrongShape,
                "the body is \(document.describe(0)); send one object like \(NativeKind.example)"
            )
        }
        let decoder = EntryDecoder(
            document: document,
            limits: limits,
            place: .body,
            dialect: .native
        )
        do throws(WireError) {
            return .success(try decoder.decode(0, as: kind, .init(list: list)))
        } catch {
            return .failure(EntryProblem(error.code, error.message, index: 0))
        }
    }

    /// Decodes the body of `POST /v1/batch`: `{"batch":[…],"sentAt":…}`, or one entry a line.
    ///
    /// The content type decides which. Where it says neither, a body is read as one JSON document
    /// if it is one, unless it is a single line with an object that has no `batch`; else as lines,
    /// if the first one by itself is a JSON object.
    /// - Returns: One result for each entry, in the order of the body. Blank lines are none.
    /// - Throws: A `WireError` where the body is too large, has too many entries, or is no such
    ///   document. A line that is no JSON is a problem of that entry only.
    public func decodeBatch(
        body: [UInt8],
        contentType: String? = nil
    ) throws(WireError) -> [DecodedEntry] {
        try check(body, bytesMax: limits.batchBodyBytesMax)
        let parser = try JSONParser()
        switch BodyFormat(contentType: contentType) {
        case .lines: return try decodeLines(body, parser)
        case .json: return try decodeDocument(parse(body, parser))
        case .unsaid:
            let document: JSONDocument
            do throws(WireError) {
                document = try parse(body, parser)
            } catch {
                guard try firstLineIsObject(body, parser) else { throw error }
                return try decodeLines(body, parser)
            }
            if document.kind(0) == .object, document.member("batch", of: 0) == nil,
                lineCount(body, upTo: 2) == 1
            {
                return try decodeLines(body, parser)
            }
            return try decodeDocument(document)
        }
    }

    /// The `writeKey` of a body; nil where there is none.
    public func writeKey(_ body: [UInt8]) -> String? {
        guard let document = try? parse(body, JSONParser()), document.kind(0) == .object,
            let key = document.member("writeKey", of: 0), document.kind(key) == .string
        else { return nil }
        return document.string(key)
    }

    private func decodeDocument(_ document: JSONDocument) throws(WireError) -> [DecodedEntry] {
        let shape = #"send {"batch":[{"type":"track",…},…],"sentAt":"…"}"#
        guard document.kind(0) == .object else {
            throw WireError(.wrongShape, "the body is \(document.describe(0)); \(shape)")
        }
        guard let batch = document.member("batch", of: 0) else {
            throw WireError(
                .wrongShape,
                "the body has no \"batch\"; \(shape), or one entry a line with the content type "
                    + "application/x-ndjson"
            )
        }
        guard document.kind(batch) == .array else {
            throw WireError(.wrongShape, "batch is \(document.describe(batch)); \(shape)")
        }
        let count = document.elementCount(batch)
        guard count <= limits.batchEntriesMax else { throw tooManyEntries("has \(count)") }
        var sentAt = document.member("sentAt", of: 0)
        if let token = sentAt, document.kind(token) == .null { sentAt = nil }
        var entries: [DecodedEntry] = []
        entries.reserveCapacity(count)
        var entry = batch + 1
        while entry < document.end(batch) {
            let index = entries.count
            let decoder = EntryDecoder(
                document: document,
                limits: limits,
                place: .element("batch", index),
                dialect: .native
            )
            do throws(WireError) {
                entries.append(.success(try decoder.decode(entry, as: nil, .init(sentAt: sentAt))))
            } catch {
                entries.append(.failure(EntryProblem(error.code, error.message, index: index)))
            }
            entry = document.end(entry)
        }
        return entries
    }
}

extension NativeDecoder {
    func check(_ body: [UInt8], bytesMax: Int) throws(WireError) {
        guard body.count <= bytesMax else {
            throw WireError(
                .bodyTooLarge,
                "the body has \(body.count) bytes; at most \(bytesMax) fit: send smaller batches"
            )
        }
    }

    func tooManyEntries(_ found: String) -> WireError {
        WireError(
            .batchTooLarge,
            "the batch \(found) entries; at most \(limits.batchEntriesMax) fit: send smaller "
                + "batches"
        )
    }

    func parse(_ body: [UInt8], _ parser: JSONParser) throws(WireError) -> JSONDocument {
        try parser.parse(body.span.extracting(start(of: body)..<body.count))
    }

    /// Where the text begins: behind a byte order mark, which some tools of Windows write.
    func start(of body: [UInt8]) -> Int {
        body.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }
}
