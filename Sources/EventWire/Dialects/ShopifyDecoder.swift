import EventModel

/// Decodes the bodies of Shopify's webhooks.
public struct ShopifyDecoder: Sendable {
    private let limits: WireLimits

    /// A decoder with those bounds; an order may be as large as a body.
    public init(limits: WireLimits = WireLimits()) {
        var limits = limits
        limits.entryBytesMax = max(limits.entryBytesMax, limits.singleBodyBytesMax)
        self.limits = limits
    }

    /// One webhook: about a customer, attributes of somebody; else an event that is called as the topic.
    ///
    /// - Parameters:
    ///   - topic: The header `X-Shopify-Topic`: `orders/create`.
    ///   - eventID: The header `X-Shopify-Event-Id`, which webhooks of several topics may share.
    ///   - triggeredAt: The header `X-Shopify-Triggered-At`, for bodies that say no time.
    public func webhook(
        topic: String,
        eventID: String?,
        triggeredAt: String?,
        _ body: [UInt8]
    ) throws(WireError) -> SenderItem {
        let body = try SenderBody(body, limits, bytesMax: limits.singleBodyBytesMax)
        let given = EntryDecoder.Given(
            event: topic,
            timestamp: triggeredAt.flatMap { Instant(rfc3339: $0) },
            messageID: eventID.map { "\(topic) \($0)" }
        )
        switch topic {
        case "customers/redact": return try redact(body)
        case "customers/data_request", "shop/redact": return .nothing
        case "customers/create", "customers/update", "customers/enable", "customers/disable":
            let entry = SenderEntry(body.document, 0, .shopify(topic), limits)
            return .entries([try entry.entry(.identify, given)])
        default:
            let entry = SenderEntry(body.document, 0, .shopify(topic), limits)
            let fields = try entry.decoder.fields(0)
            // Products, stock, the shop itself: nobody did anything.
            let isAboutSomebody = [FieldRole.userID, .email, .anonymousID].contains {
                fields[$0] != nil
            }
            guard isAboutSomebody else { return .nothing }
            return .entries([try entry.decoder.draft(.track, 0, fields, given)])
        }
    }

    /// A shop's customer asks that what is known of them be gone.
    private func redact(_ body: SenderBody) throws(WireError) -> SenderItem {
        let decoder = SenderEntry(body.document, 0, .shopifyRedact, limits).decoder
        let identifiers = try decoder.identifiers(try decoder.fields(0), .init())
        return .erase(identifiers[0], suppresses: false)
    }
}
