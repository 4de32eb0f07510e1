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
    /// Where something was done, the rest is waited for as long as it takes: a sender that was told to send all of it
    /// again would do the first part twice.
    ///
    /// - Returns: What became of each.
    func take(
        _ items: [SenderItem],
        _ context: DoorContext,
        _ keyed: KeyedRequest?
    ) async throws(APIError) -> [Outcome] {
        try requests.check(keyed)
        var work = Work(keyed: keyed)
        // An erasure is known by the request as a whole; entries are by themselves.
        if items.contains(where: \.isErasure) { try await requests.open(keyed) }
        var outcomes = [Outcome](repeating: .taken, count: items.count)
        for (index, item) in items.enumerated() {
            switch item {
            case .entries(let drafts): work.add(drafts, of: index)
            case .nothing: break
            case .problem(let problem):
                outcomes[index] = .refused(code: problem.code.rawValue, message: problem.message)
            case .erase(let identifiers, let suppresses):
                // Who was named just before must be there to be erased.
                try await append(&work, .fully)
                do throws(APIError) {
                    try mayErase(context, suppresses)
                    try await patiently(work.isBegun) { () throws(APIError) in
                        try await requests.act(keyed, item: index) { () throws(APIError) in
                            try await erase(identifiers, suppresses: suppresses)
                        }
                    }
                    work.isBegun = true
                } catch  where error.status < 429 {
                    outcomes[index] = .refused(code: error.code, message: error.message)
                }
            }
        }
        if work.isEmpty, !work.isBegun, keyed != nil {
            _ = try await requests.submit([], .briefly, keyed)
        }
        try await append(&work, .briefly)
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

    /// How far a request has got.
    private struct Work {
        let keyed: KeyedRequest?
        var waiting: [EntryDraft] = []
        /// How many entries were appended.
        var count = 0
        /// Whether something was done.
        var isBegun = false

        var isEmpty: Bool { waiting.isEmpty && count == 0 }

        mutating func add(_ drafts: [EntryDraft], of item: Int) {
            for (index, draft) in drafts.enumerated() {
                var draft = draft
                if draft.messageID.isEmpty, let keyed {
                    draft.messageID = keyed.messageID(item) + (index == 0 ? "" : "/\(index)")
                }
                waiting.append(draft)
            }
        }
    }

    private func append(_ work: inout Work, _ wait: EvaluationWait) async throws(APIError) {
        guard !work.waiting.isEmpty else { return }
        let (drafts, keyed, first) = (work.waiting, work.keyed, work.count)
        try await patiently(work.isBegun) { () throws(APIError) in
            _ = try await requests.submit(drafts, wait, keyed, first: first)
        }
        work.isBegun = true
        work.count += drafts.count
        work.waiting = []
    }

    private static let patience = 120

    /// Does something again and again while too much is waiting, for two minutes.
    ///
    /// - Parameter isBegun: Whether the request is half done; else it is refused at once.
    private func patiently(
        _ isBegun: Bool,
        _ body: () async throws(APIError) -> Void
    ) async throws(APIError) {
        var tries = 0
        while true {
            do throws(APIError) { return try await body() } catch
                where isBegun
                && error.status == 429 && tries < SenderIngest.patience
            {
                tries += 1
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    private func mayErase(_ context: DoorContext, _ suppresses: Bool) throws(APIError) {
        guard context.key?.scopes.allow(.admin) ?? true else {
            throw APIError(
                403,
                "insufficient_scope",
                "to \(suppresses ? "suppress" : "delete") a person erases what the log has of them, "
                    + "for ever: it needs a key with the scope admin"
            )
        }
    }

    /// Erases whoever one of the identifiers means; where that is asked for, they are suppressed, known or not.
    private func erase(_ identifiers: [Identifier], suppresses: Bool) async throws(APIError) {
        for identifier in identifiers {
            var isErased = false
            var tries = 0
            while !isErased, tries < 3 {
                tries += 1
                do throws(PartitionError) {
                    let erasure = try await partition.erase(
                        PersonReference(identifier),
                        suppresses: suppresses
                    )
                    isErased = erasure != nil
                    if !isErased { break }
                } catch  where error.kind != .erased {
                    throw APIError(error)
                } catch {
                    // Somebody else did it at the same time, or the person became one with another: look again.
                }
            }
            guard suppresses, !isErased else { continue }
            var draft = EntryDraft(kind: .suppress)
            draft.identifiers = [identifier]
            draft.isOn = true
            _ = try await requests.submit([draft], .briefly, nil)
        }
    }
}

extension SenderItem {
    fileprivate var isErasure: Bool {
        if case .erase = self { true } else { false }
    }
}
