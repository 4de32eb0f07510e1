internal import AsyncHTTPClient
internal import NIOCore

/// HTTP clients that are each bound to one address that was checked.
///
/// AsyncHTTPClient resolves names itself when it connects; what it would find then need not be what
/// was checked before. Its `dnsOverride` has it connect to a given address while it still asks for
/// the name's certificate and sends the name as host. That is a setting of a client, so there is a
/// client for each address, and connections are kept open in it.
actor AddressedClients {
    /// How many addresses at most have open connections.
    private static let clientsMax = 4
    /// How long a look-up counts.
    private static let freshness = Duration.seconds(30)

    private struct Entry {
        var client: HTTPClient
        var users = 0
        var lastUse = 0
    }

    private let host: WebhookURL.Host
    private let resolver: TargetResolver
    private var entries: [IPAddress: Entry] = [:]
    private var uses = 0
    private var known: (addresses: [IPAddress], until: ContinuousClock.Instant)?
    private var preferred = 0

    init(host: WebhookURL.Host, resolver: TargetResolver) {
        self.host = host
        self.resolver = resolver
    }

    /// A client for the next attempt, and the address that it is bound to; to be given back.
    func lease() async throws(TargetError) -> (client: HTTPClient, address: IPAddress) {
        let addresses = try await addresses()
        let address = addresses[preferred % addresses.count]
        uses += 1
        var entry = entries[address] ?? Entry(client: makeClient(for: address))
        entry.users += 1
        entry.lastUse = uses
        entries[address] = entry
        return (entry.client, address)
    }

    /// Gives a client back.
    ///
    /// - Parameter reached: Whether the receiver answered; if not, names are looked up again and the
    ///   next address is tried.
    func giveBack(_ address: IPAddress, reached: Bool) async {
        entries[address]?.users -= 1
        if !reached {
            known = nil
            preferred = (preferred + 1) & 0xFFFF
        }
        guard entries.count > AddressedClients.clientsMax else { return }
        let idle = entries.filter { $0.value.users == 0 }
        guard let oldest = idle.min(by: { $0.value.lastUse < $1.value.lastUse }) else { return }
        entries[oldest.key] = nil
        // It has nothing on its way: what could fail here is of no consequence.
        try? await oldest.value.client.shutdown()
    }

    /// Cuts off everything and closes all connections.
    func shutDown() async {
        let all = entries.values.map(\.client)
        entries = [:]
        for client in all { try? await client.shutdown() }
    }

    private func addresses() async throws(TargetError) -> [IPAddress] {
        if let known, ContinuousClock.now < known.until { return known.addresses }
        let found = try await resolver.addresses(of: host)
        known = (found, ContinuousClock.now.advanced(by: AddressedClients.freshness))
        return found
    }

    private func makeClient(for address: IPAddress) -> HTTPClient {
        var configuration = HTTPClient.Configuration()
        if case .name(let name) = host { configuration.dnsOverride = [name: address.description] }
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        configuration.timeout.connect = .seconds(10)
        // Shorter than receivers keep idle connections: one that they close under a request is a
        // failed attempt.
        configuration.connectionPool.idleTimeout = .seconds(4)
        // The schedule of retries is the only one.
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }
}
