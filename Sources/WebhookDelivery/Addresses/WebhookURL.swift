/// Where webhooks go: an `http` or `https` URL in a narrow form that all parsers read alike.
package struct WebhookURL: Equatable, Sendable {
    /// A host by its name or its address.
    package enum Host: Equatable, Sendable {
        /// A name in lower case, to be resolved.
        case name(String)
        /// An address, however it was spelled.
        case address(IPAddress)
    }

    private static let bytesMax = 2_048
    private static let example = "give one such as https://example.com/hooks/segmentd"

    /// Whether the connection is encrypted and the receiver's certificate checked.
    package let isEncrypted: Bool
    /// The machine.
    package let host: Host
    /// The port.
    package let port: Int
    private let path: String
    private let query: String

    /// Reads a URL.
    ///
    /// - Throws: A `WebhookError` without the query and the user part, which may be secret.
    package init(_ text: String) throws(WebhookError) {
        guard !text.isEmpty, text.utf8.count <= WebhookURL.bytesMax,
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw WebhookError(
                "the webhook URL is empty, longer than \(WebhookURL.bytesMax) bytes or has blanks "
                    + "or letters beyond ASCII in it; \(WebhookURL.example)"
            )
        }
        var rest = text[...]
        if let found = WebhookURL.dropScheme("https://", of: &rest) {
            isEncrypted = found
        } else if WebhookURL.dropScheme("http://", of: &rest) != nil {
            isEncrypted = false
        } else {
            throw WebhookError(
                "the webhook URL begins neither with https:// nor with http://; \(WebhookURL.example)"
            )
        }
        let authority = rest.prefix { !"/?#\\".contains($0) }
        let (host, port) = try WebhookURL.split(authority)
        self.host = try WebhookURL.host(host)
        guard let port else {
            self.port = isEncrypted ? 443 : 80
            (path, query) = try WebhookURL.target(rest.dropFirst(authority.count))
            return
        }
        guard let number = UInt16(port), number > 0, port.first != "+" else {
            throw WebhookError(
                "\(quoted(String(port))) is no port of a webhook URL; give 1 to 65535, or none"
            )
        }
        self.port = Int(number)
        (path, query) = try WebhookURL.target(rest.dropFirst(authority.count))
    }

    /// What the HTTP client is given; the host is spelled as in `host`.
    var text: String { "\(shown)\(query)" }

    /// The URL for people: without its query, which may hold a secret.
    package var shown: String {
        let standard = isEncrypted ? 443 : 80
        let scheme = isEncrypted ? "https" : "http"
        return "\(scheme)://\(hostText)\(port == standard ? "" : ":\(port)")\(path)"
    }

    private var hostText: String {
        switch host {
        case .name(let name): name
        case .address(.v4(let bits)): IPAddress.v4(bits).description
        case .address(let address): "[\(address)]"
        }
    }

    private static func dropScheme(_ scheme: String, of rest: inout Substring) -> Bool? {
        guard rest.prefix(scheme.count).lowercased() == scheme else { return nil }
        rest = rest.dropFirst(scheme.count)
        return true
    }

    private static func split(
        _ authority: Substring
    ) throws(WebhookError) -> (host: Substring, port: Substring?) {
        guard !authority.contains("@") else {
            throw WebhookError(
                "the webhook URL has a user part (before an @); leave it out: requests are signed"
            )
        }
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            let behind = authority[authority.index(after: end)...]
            guard behind.isEmpty || behind.hasPrefix(":") else {
                throw WebhookError(
                    "the host \(quoted(String(authority))) of the webhook URL is no address"
                )
            }
            return (authority[...end], behind.isEmpty ? nil : behind.dropFirst())
        }
        let parts = authority.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        return (parts.first ?? "", parts.count == 2 ? parts[1] : nil)
    }

    private static func host(_ text: Substring) throws(WebhookError) -> Host {
        let malformed = WebhookError(
            "\(quoted(String(text))) is no host of a webhook URL; \(example)"
        )
        if text.hasPrefix("[") {
            guard text.hasSuffix("]"), let address = IPAddress(String(text.dropFirst().dropLast())),
                case .v6 = address
            else { throw malformed }
            return .address(address)
        }
        var name = text.lowercased()
        switch LooseIPv4.read(name) {
        case .address(let bits): return .address(.v4(bits))
        case .malformed: throw malformed
        case .name: break
        }
        if name.hasSuffix(".") { name.removeLast() }
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        let isName =
            name.utf8.count <= 253
            && labels.allSatisfy { label in
                (1...63).contains(label.utf8.count)
                    && label.utf8.allSatisfy {
                        (0x61...0x7A).contains($0) || (0x30...0x39).contains($0)
                            || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
                    }
            }
        guard isName else { throw malformed }
        return .name(name)
    }

    private static func target(
        _ text: Substring
    ) throws(WebhookError) -> (path: String, query: String) {
        let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = parts.first.map { String($0) } ?? ""
        let isPlain = text.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x40...0x5A).contains(byte)
                || (0x30...0x39).contains(byte) || "-._~!$&'()*+,;=:/?%".utf8.contains(byte)
        }
        guard isPlain, path.isEmpty || path.hasPrefix("/") else {
            throw WebhookError(
                "the path of the webhook URL has a character that has no place there (such as # "
                    + "or \\); write it as % and two digits, or leave it out"
            )
        }
        return (path.isEmpty ? "/" : path, parts.count == 2 ? "?\(parts[1])" : "")
    }
}
