internal import Foundation
internal import WebhookDelivery

/// The webhook as the configuration has it: texts that are yet to be checked.
package struct WebhookOptions: Sendable {
    /// The receiver's URL.
    package var url: String
    /// The file that has the secret; nil where the environment has it.
    package var secretFile: String?
    /// What the environment has as the secret; counts where no file is named.
    package var secretInEnvironment: String?
    /// Blocks of addresses that may be sent to although they are not public.
    package var allowedNetworks: [String]

    /// The variable of the environment.
    package static let secretVariable = "SEGMENTD_WEBHOOK_SECRET"
    private static let secretBytesMax = 4_096

    /// A webhook to that URL.
    package init(
        url: String,
        secretFile: String?,
        secretInEnvironment: String?,
        allowedNetworks: [String]
    ) {
        self.url = url
        self.secretFile = secretFile
        self.secretInEnvironment = secretInEnvironment
        self.allowedNetworks = allowedNetworks
    }

    /// Checks everything but the addresses.
    func target() throws(WebhookError) -> WebhookTarget {
        WebhookTarget(
            url: try WebhookURL(url),
            secret: try WebhookSecret(try secret(), from: secretOrigin),
            userAgent: "segmentd/\(Product.version)"
        )
    }

    /// The rules for addresses.
    func rules() throws(WebhookError) -> AddressRules {
        try WebhookOptions.rules(allowing: allowedNetworks)
    }

    /// The rules for addresses that allow those blocks besides public ones.
    static func rules(allowing networks: [String]) throws(WebhookError) -> AddressRules {
        var blocks: [AddressBlock] = []
        for text in networks {
            do throws(WebhookError) {
                blocks.append(try AddressBlock(text))
            } catch {
                throw WebhookError("--allow-webhook-network: \(error)")
            }
        }
        return AddressRules(allowing: blocks)
    }

    /// The secret's text.
    func secret() throws(WebhookError) -> String {
        if let secretFile { return try WebhookOptions.secret(file: secretFile) }
        if let secretInEnvironment { return secretInEnvironment }
        throw WebhookError(
            "a webhook needs a secret to sign with: name a file that has it with "
                + "--webhook-secret-file, or set \(WebhookOptions.secretVariable)"
        )
    }

    private var secretOrigin: String {
        secretFile.map { printable($0) } ?? WebhookOptions.secretVariable
    }

    /// The text of a secret that a file has.
    ///
    /// - Parameter name: What messages call it.
    static func secret(
        file: String,
        _ name: String = "the webhook secret"
    ) throws(WebhookError) -> String {
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: file))
            let data = try handle.read(upToCount: secretBytesMax) ?? Data()
            return String(decoding: data, as: UTF8.self)
        } catch {
            throw WebhookError(
                "cannot read \(name) from \(printable(file)); check that it is a file "
                    + "and who may read it"
            )
        }
    }
}
