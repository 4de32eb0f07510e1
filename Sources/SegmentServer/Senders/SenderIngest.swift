internal import EventModel
internal import EventStore
internal import EventWire
internal import Hummingbird
internal import Materializer

/// What the routes of other products' senders have in common: bodies in, and for each item what became of it.
struct SenderIngest: Sendable {
    let partition: Partition
    let requests: RepeatedRequests
    let keys: KeyRing
    let limits: WireLimits

    /// What became of one item of a request.
    enum Outcome: Equatable {
        /// It is in the log, or there was nothing to be kept.
        case taken
        /// It is not.
        case refused(code: String, message: String)
    }

    /// A request whose body was read.
    struct Body {
        var bytes: [UInt8]
        var context: DoorContext
        var keyed: KeyedRequest?
    }

    /// The body of a request for one item.
    func single(_ request: Request, _ context: DoorContext) async throws -> Body {
        let bytes = try await BodyReader.read(
            request,
            bytesMax: limits.singleBodyBytesMax,
            remedy: "send fewer or shorter properties"
        )
        return try body(request, context, bytes)
    }

    /// The body of a request for several.
    ///
    /// - Parameter key: The API key that it has, for those who put it there.
    func batch(
        _ request: Request,
        _ context: DoorContext,
        key: ([UInt8]) throws(WireError) -> String? = { _ in nil }
    ) async throws -> Body {
        let bytes = try await BodyReader.read(
            request,
            bytesMax: limits.batchBodyBytesMax,
            remedy: "send smaller batches"
        )
        var context = context
        if context.awaitsKey {
            let found = try decoded { () throws(WireError) in try key(bytes) }
            context.key = try keys.admit(found.map { [$0] } ?? [], .ingest)
        }
        return try body(request, context, bytes)
    }

    private func body(
        _ request: Request,
        _ context: DoorContext,
        _ bytes: [UInt8]
    ) throws(APIError) -> Body {
        let keyed = try KeyedRequest(request, caller: context.key?.id, bytes)
        return Body(bytes: bytes, context: context, keyed: keyed)
    }

    /// Decodes a body.
    func decoded<Decoded>(
        _ decode: () throws(WireError) -> Decoded
    ) throws(APIError) -> Decoded {
        do throws(WireError) { return try decode() } catch { throw APIError(error) }
    }

    /// Does what the items ask for, in their order: entries that follow one another become durable together.
    ///
    /// - Returns: What became of each.
    func take(
        _ items: [SenderItem],
        _ context: DoorContext,
        _ keyed: KeyedRequest?
    ) async throws(APIError) -> [Outcome] {
        var outcomes = [Outcome](repeating: .taken, count: items.count)
        var waiting: [EntryDraft] = []
        var count = 0
        for (index, item) in items.enumerated() {
            switch item {
            case .entries(let drafts): waiting += drafts
            case .nothing: break
            case .problem(let problem):
                outcomes[index] = .refused(code: problem.code.rawValue, message: problem.message)
            case .erase(let identifier, let suppresses):
                try await append(&waiting, &count, keyed)
                do throws(APIError) {
                    try await requests.act(keyed, item: index) { () throws(APIError) in
                        try await erase(identifier, suppresses: suppresses, context)
                    }
                } catch  where error.status < 429 {
                    outcomes[index] = .refused(code: error.code, message: error.message)
                }
            }
        }
        try await append(&waiting, &count, keyed)
        return outcomes
    }

    /// Does what one item asks for.
    ///
    /// - Throws: What is wrong with it.
    func take(
        _ item: SenderItem,
        _ context: DoorContext,
        _ keyed: KeyedRequest? = nil
    ) async throws(APIError) {
        for outcome in try await take([item], context, keyed) {
            if case .refused(let code, let message) = outcome {
                throw APIError(code == "insufficient_scope" ? 403 : 400, code, message)
            }
        }
    }

    private func append(
        _ drafts: inout [EntryDraft],
        _ count: inout Int,
        _ keyed: KeyedRequest?
    ) async throws(APIError) {
        guard !drafts.isEmpty else { return }
        _ = try await requests.submit(drafts, .briefly, keyed, first: count)
        count += drafts.count
        drafts = []
    }

    /// Erases whom an identifier means; whoever is not known is suppressed all the same.
    private func erase(
        _ identifier: Identifier,
        suppresses: Bool,
        _ context: DoorContext
    ) async throws(APIError) {
        guard context.key?.scopes.allow(.admin) ?? true else {
            throw APIError(
                403,
                "insufficient_scope",
                "to \(suppresses ? "suppress" : "delete") a person erases what the log has of them, "
                    + "for ever: it needs a key with the scope admin"
            )
        }
        let reference = PersonReference(identifier)
        do throws(PartitionError) {
            if try await partition.erase(reference, suppresses: suppresses) != nil { return }
        } catch  where error.kind != .erased {
            throw APIError(error)
        } catch {
            // Somebody else did it at the same time.
            return
        }
        guard suppresses else { return }
        var draft = EntryDraft(kind: .suppress)
        draft.identifiers = [identifier]
        draft.isOn = true
        _ = try await requests.submit([draft], .briefly, nil)
    }
}
