internal import EventModel
internal import EventStore
internal import EventWire
internal import HTTPTypes
internal import Hummingbird
internal import Materializer

/// `POST /v1/track`, `/v1/identify` and `/v1/batch`: bodies to entries, and receipts to verdicts.
struct Ingest: Sendable {
    private let requests: RepeatedRequests
    private let keys: KeyRing
    private let decoder: NativeDecoder

    init(_ requests: RepeatedRequests, _ keys: KeyRing, _ limits: WireLimits) {
        self.requests = requests
        self.keys = keys
        decoder = NativeDecoder(limits: limits)
    }

    /// Takes one entry.
    ///
    /// - Parameter list: The list that the path names.
    func single(
        _ kind: NativeKind,
        list: String? = nil,
        _ request: Request,
        _ context: DoorContext
    ) async throws -> Response {
        let wait = try wait(request)
        _ = try bodyType(request, taking: [.json])
        let body = try await BodyReader.read(
            request,
            bytesMax: decoder.limits.singleBodyBytesMax,
            remedy: "send fewer or shorter properties"
        )
        let keyed = try keyed(request, context, body)
        let decoded = try readable { () throws(WireError) in
            [try decoder.decodeSingle(kind, list: list, body: body)]
        }
        return try await submit(decoded, wait, keyed)
    }

    /// Takes a batch, which becomes durable as a whole.
    func batch(_ request: Request, _ context: DoorContext) async throws -> Response {
        let wait = try wait(request)
        let type = try bodyType(request, taking: [.json, .lines])
        let body = try await BodyReader.read(
            request,
            bytesMax: decoder.limits.batchBodyBytesMax,
            remedy: "send smaller batches"
        )
        let keyed = try keyed(request, context, body)
        // Only of a body that says nothing the decoder has to find out how it is written.
        let contentType = type == .lines ? "application/x-ndjson" : request.headers[.contentType]
        let decoded = try readable { () throws(WireError) in
            try decoder.decodeBatch(body: body, contentType: contentType)
        }
        return try await submit(decoded, wait, keyed)
    }

    private func readable(
        _ decode: () throws(WireError) -> [DecodedEntry]
    ) throws(APIError) -> [DecodedEntry] {
        do throws(WireError) { return try decode() } catch { throw APIError(error) }
    }

    func submit(
        _ decoded: [DecodedEntry],
        _ wait: EvaluationWait,
        _ keyed: KeyedRequest? = nil
    ) async throws(APIError) -> Response {
        let drafts = decoded.enumerated().compactMap { index, entry -> EntryDraft? in
            guard case .success(var draft) = entry else { return nil }
            if draft.messageID.isEmpty, let keyed { draft.messageID = keyed.messageID(index) }
            return draft
        }
        let submission = try await requests.submit(drafts, wait, keyed)
        var receipts = submission.receipts.makeIterator()
        let verdicts = decoded.compactMap { entry -> IngestAnswer.Verdict? in
            switch entry {
            case .failure(let problem): .invalid(problem)
            case .success: receipts.next().map(IngestAnswer.Verdict.init)
            }
        }
        let answer = IngestAnswer(
            entries: verdicts,
            evaluatedThrough: submission.evaluatedThrough
        )
        return .json(answer.json)
    }

    private func wait(_ request: Request) throws(APIError) -> EvaluationWait {
        switch request.parameter("wait") {
        case nil: return .briefly
        case "evaluated": return .fully
        case let other?:
            throw APIError(
                400,
                "invalid_wait",
                "wait is '\(printable(other, charactersMax: 60))'; send wait=evaluated, or leave "
                    + "it out"
            )
        }
    }
}

extension Ingest {
    private func bodyType(
        _ request: Request,
        taking types: [BodyType]
    ) throws(APIError) -> BodyType {
        let header = request.headers[.contentType]
        if let type = BodyType(header), types.contains(type) { return type }
        let remedy =
            types.contains(.lines)
            ? "application/json for {\"batch\":[…]}, or application/x-ndjson for one entry a line"
            : "application/json, and several entries to /v1/batch"
        throw APIError(
            415,
            "unsupported_media_type",
            "the body's Content-Type is '\(printable(header ?? "", charactersMax: 60))'; send "
                + remedy
        )
    }

    /// Lets in who brings the key in the body, as `writeKey`; and finds out whether the request may be sent again.
    private func keyed(
        _ request: Request,
        _ context: DoorContext,
        _ body: [UInt8]
    ) throws(APIError) -> KeyedRequest? {
        var key = context.key
        if context.awaitsKey {
            key = try keys.admit(decoder.writeKey(body).map { [$0] } ?? [], .ingest)
        }
        return try KeyedRequest(request, caller: key?.id, body)
    }
}

extension IngestAnswer.Verdict {
    fileprivate init(_ receipt: EntryReceipt) {
        if let original = receipt.duplicateOf {
            self = .duplicate(receipt.sequence, of: original, isConflict: receipt.isConflict)
        } else if receipt.isSuppressed {
            self = .suppressed(receipt.sequence)
        } else {
            self = .accepted(receipt.sequence)
        }
    }
}
