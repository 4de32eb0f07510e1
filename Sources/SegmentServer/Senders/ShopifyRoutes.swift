internal import Crypto
internal import EventWire
internal import Foundation
internal import HTTPTypes
internal import Hummingbird

/// Shopify's webhooks, which are signed instead of bringing a key.
struct ShopifyRoutes: Sendable {
    private let senders: SenderIngest
    private let decoder: ShopifyDecoder
    private let secrets: [[UInt8]]

    /// - Parameter secrets: Any of them may have signed a webhook; without one none is taken.
    init(_ senders: SenderIngest, secrets: [[UInt8]]) {
        self.senders = senders
        decoder = ShopifyDecoder(limits: senders.limits)
        self.secrets = secrets
    }

    private static func header(_ name: String, _ request: Request) -> String? {
        HTTPField.Name("X-Shopify-" + name).flatMap { request.headers[$0] }
    }

    var endpoints: [Endpoint] {
        [
            Endpoint(.post, "/webhooks/shopify", nil) { request, context in
                // An order may be as large as a batch; what Shopify cannot deliver it stops to send.
                let body = try await senders.batch(request, context).bytes
                try check(body, Self.header("Hmac-Sha256", request))
                guard let topic = Self.header("Topic", request), !topic.isEmpty else {
                    throw APIError(
                        400,
                        "missing_topic",
                        "the header X-Shopify-Topic is missing; send it as Shopify does, for "
                            + "example orders/create"
                    )
                }
                let item = try senders.decoded { () throws(WireError) in
                    try decoder.webhook(
                        topic: topic,
                        eventID: Self.header("Event-Id", request),
                        triggeredAt: Self.header("Triggered-At", request),
                        body
                    )
                }
                // The signature is worth what a key with the scope admin is.
                try await senders.take(item, context)
                return .json(Array("{}".utf8))
            }
        ]
    }

    /// Checks the signature over the body as it came, in constant time.
    private func check(_ body: [UInt8], _ signature: String?) throws(APIError) {
        guard !secrets.isEmpty else {
            throw APIError(
                401,
                "no_secret",
                "no secret is set by which a webhook of Shopify can be checked; put the app's "
                    + "client secret in a file, and start segmentd with --shopify-secret-file FILE"
            )
        }
        guard let signature, let given = Data(base64Encoded: signature) else {
            throw APIError(
                401,
                "missing_signature",
                "the header X-Shopify-Hmac-Sha256 is missing or no base64; send the webhook as "
                    + "Shopify signs it"
            )
        }
        let isSigned = secrets.contains { secret in
            HMAC<SHA256>.isValidAuthenticationCode(
                given,
                authenticating: body,
                using: SymmetricKey(data: secret)
            )
        }
        guard isSigned else {
            throw APIError(
                401,
                "wrong_signature",
                "the header X-Shopify-Hmac-Sha256 is not the signature of this body; check that "
                    + "the secret is the one of the app or shop that sends, and that nothing on the "
                    + "way changes the body"
            )
        }
    }
}
