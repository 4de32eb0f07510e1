import EventModel

/// Decodes the bodies of GA4's Measurement Protocol.
public struct AnalyticsDecoder: Sendable {
    private let limits: WireLimits

    /// A decoder with those bounds.
    public init(limits: WireLimits = WireLimits()) { self.limits = limits }

    /// `POST /mp/collect`: the attributes of a user, and then the events.
    public func collect(_ body: [UInt8]) throws(WireError) -> [SenderItem] {
        let body = try SenderBody(body, limits, bytesMax: limits.singleBodyBytesMax)
        // The whole request is no entry.
        var wide = limits
        wide.entryBytesMax = max(limits.entryBytesMax, limits.singleBodyBytesMax)
        let about = SenderEntry(body.document, 0, .analyticsUser, wide)
        let fields = EntryFields(body.document, entry: 0, dialect: .analyticsUser)
        let given = EntryDecoder.Given(
            identifiers: try about.decoder.identifiers(fields, .init()),
            timestamp: try about.decoder.timestamp(fields)
        )
        var items: [SenderItem] = []
        if fields[.traits] != nil {
            // What is wrong with them does not cost the events.
            do throws(WireError) { items.append(.entries([try about.entry(.identify)])) } catch {
                items.append(.problem(EntryProblem(error.code, error.message, index: 0)))
            }
        }
        return try items
            + body.items("events") { token, place throws(WireError) in
                let entry = SenderEntry(body.document, token, .analyticsEvent, limits, place)
                return .entries([try entry.entry(.track, given)])
            }
    }
}
