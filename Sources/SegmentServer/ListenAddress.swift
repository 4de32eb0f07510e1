internal import NIOCore

/// Where the daemon listens: a host and a port of this machine.
package struct ListenAddress: Equatable, Sendable {
    /// An address of this machine, or `localhost`.
    package var host: String
    /// The port; 0 asks for any free one.
    package var port: Int

    /// The address that commands and documentation take for granted.
    package static let standard = ListenAddress(host: "127.0.0.1", port: 7433)

    /// An address with its parts.
    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `127.0.0.1:7433`, `localhost:7433` or `[::1]:7433`.
    ///
    /// - Throws: An `AddressError` where the text is no address with a port.
    package init(_ text: String) throws(AddressError) {
        guard let colon = text.lastIndex(of: ":") else { throw .malformed(text) }
        var host = text[..<colon]
        let digits = text[text.index(after: colon)...]
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        if isBracketed { host = host.dropFirst().dropLast() }
        guard !host.isEmpty, host.contains(":") == isBracketed,
            digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let port = UInt16(digits)
        else { throw .malformed(text) }
        self.init(host: String(host), port: Int(port))
    }

    /// Whether nobody but this machine can reach it.
    package var isLoopback: Bool {
        if host == "localhost" { return true }
        // The canonical spelling that comes back settles forms such as 0:0:0:0:0:0:0:1.
        guard let address = try? SocketAddress(ipAddress: host, port: port),
            let spelling = address.ipAddress
        else { return false }
        return spelling == "::1" || (spelling.hasPrefix("127.") && !spelling.contains(":"))
    }

    /// What to bind: the name `localhost` could be made to mean anything by a hosts file.
    var boundHost: String { host == "localhost" ? "127.0.0.1" : host }

    /// The base of URLs on this address.
    package var url: String { "http://\(self)" }

    /// The same for connections with TLS.
    var secureURL: String { "https://\(self)" }
}

extension ListenAddress: CustomStringConvertible {
    /// The form that the initializer reads.
    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// Why a text names no address to listen on.
package enum AddressError: Error, Equatable, Sendable {
    /// It is no host and port.
    case malformed(String)
    /// Other machines could reach it, and there are no keys to keep them out.
    case noKeys(ListenAddress)
}

extension AddressError: CustomStringConvertible {
    /// What is wrong and what to do.
    package var description: String {
        switch self {
        case .malformed(let text):
            "'\(printable(text))' is no address to listen on; give a host and a port, such as "
                + "--listen \(ListenAddress.standard)"
        case .noKeys(let address):
            "refusing to listen on \(printable(address.description)): other machines could reach "
                + "it, and there is no API key to keep them out. Make one with: segmentd keys "
                + "create --scope ingest; or listen on a loopback address, such as --listen "
                + "\(ListenAddress.standard)"
        }
    }
}
