/// Decodes the bodies of PostHog's capture endpoints.
public struct PostHogDecoder: Sendable {
    private let limits: WireLimits

    /// A decoder with those bounds.
    public init(limits: WireLimits = WireLimits()) { self.limits = limits }

    /// `POST /batch/`, or `POST /i/v0/e/` and the like with one message.
    ///
    /// - Returns: What each message asks for.
    public func messages(_ body: [UInt8]) throws(WireError) -> [SenderItem] {
        let body = try SenderBody(body, limits, bytesMax: limits.batchBodyBytesMax)
        var given = EntryDecoder.Given(sentAt: body.member("sent_at"))
        if let token = body.member("historical_migration") {
            given.isBackfill = body.document.isTrue(token)
        }
        guard body.member("batch") == nil else {
            return try body.items("batch") { token, place throws(WireError) in
                try item(body, token, place, given)
            }
        }
        do throws(WireError) {
            return [try item(body, 0, .body, given)]
        } catch {
            return [.problem(EntryProblem(error.code, error.message, index: 0))]
        }
    }

    /// The API key that a body brings; nil where it has none.
    public func key(_ body: [UInt8]) throws(WireError) -> String? {
        let body = try SenderBody(body, limits, bytesMax: limits.batchBodyBytesMax)
        guard let token = body.member("api_key") ?? body.member("token"),
            body.document.kind(token) == .string
        else { return nil }
        return body.document.string(token)
    }

    private func item(
        _ body: SenderBody,
        _ token: Int,
        _ place: EntryPlace,
        _ given: EntryDecoder.Given
    ) throws(WireError) -> SenderItem {
        let event = body.member("event", of: token)
        let name = event.map { body.document.kind($0) == .string ? body.document.string($0) : "" }
        let entry = SenderEntry(body.document, token, .postHog, limits, place)
        switch name {
        case "$set", "$identify": return .entries([try entry.entry(.identify, given)])
        // What belongs to a company is nobody's.
        case "$groupidentify": return .nothing
        case "$create_alias":
            let alias = SenderEntry(body.document, token, .postHogAlias, limits, place)
            return .entries([try alias.entry(.alias, given)])
        default: return .entries(try entry.eventWithAttributes([.traits, .moreTraits], given))
        }
    }
}
