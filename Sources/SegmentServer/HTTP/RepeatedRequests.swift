internal import Crypto
internal import EventModel
internal import EventStore
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Materializer
internal import Synchronization

/// A request that may be sent again: it has an idempotency key.
struct KeyedRequest: Sendable {
    /// The header's text.
    let key: String
    /// Names the request: the same key of another caller or on another path is another.
    private let place: [UInt8]
    /// The SHA-256 of the body.
    let fingerprint: [UInt8]

    private static let bytesMax = 200

    /// Names a part of it.
    func place(_ part: UInt32) -> [UInt8] {
        place + (0..<4).map { UInt8(truncatingIfNeeded: part >> (24 - 8 * $0)) }
    }

    /// The idempotency key of an entry that has none of its own: the same whenever the request is sent.
    ///
    /// - Parameter index: Which one of those that were sent it is, whatever became of the others.
    func messageID(_ index: Int) -> String {
        let tag = place.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return "\(key)/\(String(tag, radix: 36))/\(index)"
    }

    /// What a request's header says; nil without one.
    ///
    /// - Parameters:
    ///   - caller: The id of the API key that it came with.
    ///   - body: As it was understood.
    init?(_ request: Request, caller: String?, _ body: [UInt8]) throws(APIError) {
        guard let name = HTTPField.Name("Idempotency-Key"), let key = request.headers[name] else {
            return nil
        }
        guard !key.isEmpty, key.utf8.count <= KeyedRequest.bytesMax else {
            throw APIError(
                400,
                "invalid_idempotency_key",
                "the header Idempotency-Key has \(key.utf8.count) bytes; send 1 to "
                    + "\(KeyedRequest.bytesMax), such as a UUID"
            )
        }
        self.key = key
        let parts = [caller ?? "", request.uri.string, key].joined(separator: "\0")
        place = Array(SHA256.hash(data: Array(parts.utf8)))
        fingerprint = Array(SHA256.hash(data: body))
    }
}

/// Gives a request that is sent again the answer that it had the first time.
///
/// The answer is kept once its entries are durable, for a day. An entry without an idempotency key of its own gets one from
/// the request's: so that also after a crash between the two nothing counts twice.
final class RepeatedRequests: Sendable {
    /// How long an answer is kept.
    static let keptFor = TimeSpan.days(1)

    private let partition: Partition
    private let store: DeliveryStore
    private let underWay = Mutex<Set<[UInt8]>>([])

    init(_ partition: Partition, _ store: DeliveryStore) {
        (self.partition, self.store) = (partition, store)
    }

    /// Submits the entries of a request, or of a part of one, unless that was done before.
    ///
    /// - Parameters:
    ///   - request: Nil where the sender gave no key.
    ///   - first: How many entries of the request were submitted before these.
    func submit(
        _ drafts: [EntryDraft],
        _ wait: EvaluationWait,
        _ request: KeyedRequest?,
        first: Int = 0
    ) async throws(APIError) -> Submission {
        guard let request else { return try await take(drafts, wait) }
        try check(request)
        let part = UInt32(truncatingIfNeeded: first)
        return try await once(request, part, count: drafts.count) { () throws(APIError) in
            try await take(drafts, wait)
        }
    }

    /// Refuses a request whose key was used with another body.
    func check(_ request: KeyedRequest?) throws(APIError) {
        guard let request else { return }
        let bound = ClockSource.system.wall() - RepeatedRequests.keptFor
        for part in [0, RepeatedRequests.whole] {
            guard let kept = try kept(request.place(part)), kept.givenAt > bound else { continue }
            try check(kept, request)
        }
    }

    private func check(_ kept: KeptAnswer, _ request: KeyedRequest) throws(APIError) {
        guard kept.fingerprint == request.fingerprint else {
            throw APIError(
                422,
                "idempotency_key_reused",
                "a request with this Idempotency-Key had another body; send what is new with a "
                    + "new key"
            )
        }
    }

    /// Which part stands for the whole request.
    private static let whole = UInt32.max

    /// Keeps what the body of a request was before anything is done that cannot be done again.
    func open(_ request: KeyedRequest?) async throws(APIError) {
        guard let request else { return }
        _ = try await once(request, RepeatedRequests.whole, count: 0) { () throws(APIError) in
            Submission(receipts: [], evaluatedThrough: .zero)
        }
    }

    /// Does something that a request asks for besides its entries, unless that was done before.
    ///
    /// - Parameter item: Its place in the request.
    func act(
        _ request: KeyedRequest?,
        item: Int,
        _ body: () async throws(APIError) -> Void
    ) async throws(APIError) {
        guard let request else { return try await body() }
        // The upper half of the numbers: the lower one counts entries.
        let part = UInt32(truncatingIfNeeded: item) | 1 << 31
        _ = try await once(request, part, count: 0) { () throws(APIError) in
            try await body()
            return Submission(receipts: [], evaluatedThrough: .zero)
        }
    }

    /// Gives what was kept of a part of a request; else does it, and keeps what came of it.
    ///
    /// - Parameter count: How many verdicts there must be.
    private func once(
        _ request: KeyedRequest,
        _ part: UInt32,
        count: Int,
        _ body: () async throws(APIError) -> Submission
    ) async throws(APIError) -> Submission {
        let place = request.place(part)
        guard underWay.withLock({ $0.insert(place).inserted }) else {
            throw APIError(
                409,
                "request_under_way",
                "a request with this Idempotency-Key is being answered; send it again in 1 second",
                retryAfterSeconds: 1
            )
        }
        defer { underWay.withLock { _ = $0.remove(place) } }
        let now = ClockSource.system.wall()
        if let kept = try kept(place), kept.givenAt > now - RepeatedRequests.keptFor {
            try check(kept, request)
            // Other bounds may have refused more, or less, of the same body.
            if kept.verdicts.count == count { return Submission(kept) }
        }
        let submission = try await body()
        let answer = KeptAnswer(submission, givenAt: now, fingerprint: request.fingerprint)
        let outcome = try await store.blocking { store throws(StoreError) in
            try store.keep(answer, at: place, forgettingBefore: now - RepeatedRequests.keptFor)
        }
        // What counts is done: sent again it would be answered as a duplicate.
        if case .failure(let error) = outcome {
            Console.warn("the answer to a request with an Idempotency-Key is not kept: \(error)")
        }
        return submission
    }

    private func kept(_ place: [UInt8]) throws(APIError) -> KeptAnswer? {
        do throws(StoreError) { return try store.answer(place) } catch {
            throw APIError(503, "failed", error.description)
        }
    }

    private func take(
        _ drafts: [EntryDraft],
        _ wait: EvaluationWait
    ) async throws(APIError) -> Submission {
        do throws(SubmitError) { return try await partition.submit(drafts, wait: wait) } catch {
            throw APIError(error)
        }
    }
}

extension KeptAnswer {
    fileprivate init(_ submission: Submission, givenAt: Instant, fingerprint: [UInt8]) {
        self.init(
            givenAt: givenAt,
            fingerprint: fingerprint,
            evaluatedThrough: submission.evaluatedThrough,
            verdicts: submission.receipts.map { receipt in
                Verdict(
                    sequence: receipt.sequence,
                    duplicateOf: receipt.duplicateOf,
                    isConflict: receipt.isConflict,
                    isSuppressed: receipt.isSuppressed
                )
            }
        )
    }
}

extension Submission {
    fileprivate init(_ kept: KeptAnswer) {
        let receipts = kept.verdicts.map { verdict in
            EntryReceipt(
                sequence: verdict.sequence,
                duplicateOf: verdict.duplicateOf,
                isConflict: verdict.isConflict,
                isSuppressed: verdict.isSuppressed
            )
        }
        self.init(receipts: receipts, evaluatedThrough: kept.evaluatedThrough)
    }
}
