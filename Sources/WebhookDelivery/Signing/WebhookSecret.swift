internal import Crypto
internal import Foundation

/// The key that signs webhooks; its text never shows in a description, a log or an error.
package struct WebhookSecret: Sendable {
    private static let prefix = "whsec_"
    /// How many bytes a key has, by the Standard Webhooks specification.
    private static let bytesRange = 24...64

    private let key: SymmetricKey

    /// Reads `whsec_` and the key in base 64; blanks and line ends around it do not count.
    ///
    /// - Parameter origin: Where the text is from, for the error.
    package init(_ text: String, from origin: String) throws(WebhookError) {
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        let make = "make one with: echo whsec_$(openssl rand -base64 32)"
        guard !trimmed.isEmpty else {
            throw WebhookError("the webhook secret in \(origin) is empty; \(make)")
        }
        guard trimmed.hasPrefix(WebhookSecret.prefix) else {
            throw WebhookError(
                "the webhook secret in \(origin) does not begin with whsec_; \(make)"
            )
        }
        var digits = String(trimmed.dropFirst(WebhookSecret.prefix.count))
        // Some tools leave the padding out.
        if !digits.hasSuffix("="), digits.utf8.count % 4 > 1 {
            digits += String(repeating: "=", count: 4 - digits.utf8.count % 4)
        }
        guard let bytes = Data(base64Encoded: digits) else {
            throw WebhookError(
                "the webhook secret in \(origin) is not base 64 behind whsec_; \(make)"
            )
        }
        guard WebhookSecret.bytesRange.contains(bytes.count) else {
            throw WebhookError(
                "the webhook secret in \(origin) has \(bytes.count) bytes behind whsec_; 24 to 64 "
                    + "are allowed: \(make)"
            )
        }
        key = SymmetricKey(data: bytes)
    }

    /// The text of a new secret: 32 random bytes.
    package static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        return prefix + Data(bytes).base64EncodedString()
    }

    /// The value of `webhook-signature` for a message that is sent at a time.
    ///
    /// - Parameter timestamp: The value of `webhook-timestamp`: seconds since 1970.
    package func signature(id: String, timestamp: Int64, body: [UInt8]) -> String {
        var code = HMAC<SHA256>(key: key)
        code.update(data: Data("\(id).\(timestamp).".utf8))
        code.update(data: Data(body))
        return "v1," + Data(code.finalize()).base64EncodedString()
    }
}

extension WebhookSecret: CustomStringConvertible, CustomReflectable {
    /// Says nothing about the key.
    package var description: String { "a webhook secret" }
    /// Shows nothing of the key.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
