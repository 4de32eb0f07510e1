internal import Glibc
internal import NIOPosix

/// Finds the addresses of a webhook's host and checks every one of them.
package struct TargetResolver: Sendable {
    private let rules: AddressRules
    private let lookUp: @Sendable (String) async throws(WebhookError) -> [IPAddress]

    /// A resolver under rules.
    ///
    /// - Parameter lookUp: Gives the addresses of a name; the system's resolver where it is left out.
    package init(
        rules: AddressRules,
        lookUp: @escaping @Sendable (String) async throws(WebhookError) -> [IPAddress] =
            TargetResolver.system
    ) {
        self.rules = rules
        self.lookUp = lookUp
    }

    /// Addresses to connect to, in the resolver's order: never none.
    ///
    /// - Throws: Where the name has no address, or any address of it is refused: one good address
    ///   beside a bad one is how a check is got round.
    package func addresses(of host: WebhookURL.Host) async throws(TargetError) -> [IPAddress] {
        let found: [IPAddress]
        var name = ""
        switch host {
        case .address(let address): found = [address]
        case .name(let text):
            name = text
            do throws(WebhookError) {
                if let local = TargetResolver.local(text) {
                    found = local
                } else {
                    found = try await lookUp(text)
                }
            } catch {
                throw .unresolved(error.description)
            }
        }
        for address in found {
            guard let refusal = rules.refusal(of: address) else { continue }
            let shown = name.isEmpty ? "\(address)" : "\(name) (\(address))"
            throw .refused("\(shown) is \(refusal.rawValue)")
        }
        guard !found.isEmpty else { throw .unresolved("\(name) has no address") }
        return found
    }

    /// Names that mean this machine whatever a resolver says (RFC 6761).
    private static func local(_ name: String) -> [IPAddress]? {
        name == "localhost" || name.hasSuffix(".localhost") ? [.v4(0x7F00_0001)] : nil
    }

    /// Asks the system's resolver, on a thread that may block.
    package static let system: @Sendable (String) async throws(WebhookError) -> [IPAddress] = {
        name throws(WebhookError) in
        let result: Result<[IPAddress], WebhookError>
        do {
            result = try await NIOThreadPool.singleton.runIfActive { ask(name) }
        } catch {
            throw WebhookError("looking up \(name) was cut off")
        }
        return try result.get()
    }

    private static func ask(_ name: String) -> Result<[IPAddress], WebhookError> {
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = AF_UNSPEC
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(name, nil, &hints, &list)
        guard code == 0 else {
            let why = unsafe String(cString: gai_strerror(code))
            return .failure(WebhookError("cannot look up \(name): \(why)"))
        }
        defer { unsafe freeaddrinfo(list) }
        var found: [IPAddress] = []
        var next = unsafe list
        while let entry = unsafe next {
            if let address = unsafe address(of: entry.pointee), !found.contains(address) {
                found.append(address)
            }
            unsafe next = entry.pointee.ai_next
        }
        return .success(found)
    }

    private static func address(of entry: addrinfo) -> IPAddress? {
        guard let socket = unsafe entry.ai_addr else { return nil }
        var text = [CChar](repeating: 0, count: 1_025)
        let code = unsafe getnameinfo(
            socket,
            entry.ai_addrlen,
            &text,
            socklen_t(text.count),
            nil,
            0,
            NI_NUMERICHOST
        )
        guard code == 0 else { return nil }
        // Behind a % comes the link that a link-local address is of.
        let plain = text.prefix { $0 != 0 && $0 != CChar(UInt8(ascii: "%")) }
        return IPAddress(String(decoding: plain.map { UInt8($0) }, as: UTF8.self))
    }
}

/// Why a host gives no address to connect to.
package enum TargetError: Error, Equatable, Sendable {
    /// An address is not to be spoken to.
    case refused(String)
    /// No address is known, now.
    case unresolved(String)
}
