internal import EventModel
internal import EventStore
internal import EventWire
internal import Hummingbird
internal import Materializer

/// What the routes of other products' senders have in common: bodies in, and for each item what became of it.
struct SenderIngest: Sendable {
    let partition: Partition
    let keys: KeyRing
    let limits: WireLimits

    /// What became of one item of a request.
    enum Outcome: Equatable {
        /// It is in the log, or there was nothing to be kept.
        case taken
        /// It is not.
        case refused(code: String, message: String)
    }

    /// The body of a request for one item.
    func single(_ request: Request) async throws -> [UInt8] {
        try await BodyReader.read(
            request,
            bytesMax: limits.singleBodyBytesMax,
            remedy: "send fewer or shorter properties"
        )
    }

    /// The body of a request for several.
    func batch(_ request: Request) async throws -> [UInt8] {
        try await BodyReader.read(
            request,
            bytesMax: limits.batchBodyBytesMax,
            remedy: "send smaller batches"
        )
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
    func take(_ items: [SenderItem], _ context: DoorContext) async throws(APIError) -> [Outcome] {
        var outcomes = [Outcome](repeating: .taken, count: items.count)
        var waiting: [EntryDraft] = []
        for (index, item) in items.enumerated() {
            switch item {
            case .entries(let drafts): waiting += drafts
            case .nothing: break
            case .problem(let problem):
                outcomes[index] = .refused(code: problem.code.rawValue, message: problem.message)
            case .erase(let identifier, let suppresses):
                try await append(&waiting)
                do throws(APIError) {
                    try await erase(identifier, suppresses: suppresses, context)
                } catch  where error.status < 429 {
                    outcomes[index] = .refused(code: error.code, message: error.message)
                }
            }
        }
        try await append(&waiting)
        return outcomes
    }

    /// Does what one item asks for.
    ///
    /// - Throws: What is wrong with it.
    func take(_ item: SenderItem, _ context: DoorContext) async throws(APIError) {
        for outcome in try await take([item], context) {
            if case .refused(let code, let message) = outcome {
                throw APIError(code == "insufficient_scope" ? 403 : 400, code, message)
            }
        }
    }

    private func append(_ drafts: inout [EntryDraft]) async throws(APIError) {
        guard !drafts.isEmpty else { return }
        _ = try await partition.submission(drafts, .briefly)
        drafts = []
    }

    /// Erases whom an identifier means; whoever is not known is suppressed all the same.
    private func erase(
        _ identifier: Identifier,
        suppresses: Bool,
        _ context: DoorContext
    ) async throws(APIError) {
        guard context.scopes.map({ $0.allow(.admin) }) ?? true else {
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
        _ = try await partition.submission([draft], .briefly)
    }
}
