import EventModel

/// Decodes the bodies of Shopify's webhooks.
public struct ShopifyDecoder: Sendable {
    private static let headerBytesMax = 120
    private let limits: WireLimits

    /// A decoder with those bounds; an order may be as large as a body.
    public init(limits: WireLimits = WireLimits()) {
        var limits = limits
        limits.entryBytesMax = max(limits.entryBytesMax, limits.batchBodyBytesMax)
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
        let body = try SenderBody(body, limits, bytesMax: limits.batchBodyBytesMax)
        guard topic.utf8.count <= ShopifyDecoder.headerBytesMax,
            eventID?.utf8.count ?? 0 <= ShopifyDecoder.headerBytesMax
        else {
            throw WireError(
                .invalidEvent,
                "the topic or the event id has more than \(ShopifyDecoder.headerBytesMax) bytes"
            )
        }
        let given = EntryDecoder.Given(
            event: topic,
            timestamp: triggeredAt.flatMap { Instant(rfc3339: $0) },
            messageID: eventID.map { "\(topic) \($0)" }
        )
        switch topic {
        case "customers/redact": return try redact(body)
        case "customers/data_request": return .nothing
        // The shop itself, and its owner.
        case _ where topic.hasPrefix("shop/") || topic.hasPrefix("app/"): return .nothing
        case "customers/create", "customers/update", "customers/enable", "customers/disable":
            let entry = SenderEntry(body.document, 0, .shopify(topic), limits)
            return .entries([try entry.entry(.identify, given)])
        default:
            let entry = SenderEntry(body.document, 0, .shopify(topic), limits)
            let fields = try entry.decoder.fields(0)
            // Products, stock, the shop itself: nobody did anything.
            let isAboutSomebody = [FieldRole.userID, .email, .phone, .anonymousID].contains {
                fields[$0] != nil
            }
            guard isAboutSomebody else { return .nothing }
            return .entries([try entry.decoder.draft(.track, 0, fields, given)])
        }
    }

    /// A shop's customer asks that what is known of them be gone: whoever has the id, the address or the number.
    ///
    /// The topic is not signed: no other body has this shape.
    private func redact(_ body: SenderBody) throws(WireError) -> SenderItem {
        guard body.member("shop_domain") != nil, body.member("customer") != nil else {
            throw WireError(
                .wrongShape,
                "the body is no request to redact a customer: it has no shop_domain, or no customer"
            )
        }
        let decoder = SenderEntry(body.document, 0, .shopifyRedact, limits).decoder
        let identifiers = try decoder.identifiers(try decoder.fields(0), .init())
        return .erase(identifiers, suppresses: false)
    }
}
