internal import Crypto
package import EventModel
package import EventStore
internal import Foundation
internal import Materializer
internal import Synchronization

/// The API keys of a daemon: who is let in, and for what.
package final class KeyRing: Sendable {
    /// How a key's text begins.
    static let prefix = "sd"

    private let store: DeliveryStore
    private let keys: Mutex<(byID: [String: APIKey], wereThere: Bool)>
    /// Whether a key is needed where there are none: other machines can reach the daemon.
    private let isAlwaysNeeded: Bool

    /// The keys of a directory.
    package init(_ store: DeliveryStore, isAlwaysNeeded: Bool) throws(StoreError) {
        self.store = store
        self.isAlwaysNeeded = isAlwaysNeeded
        let found = try store.keys()
        let byID = Dictionary(uniqueKeysWithValues: found.map { ($0.id, $0) })
        keys = Mutex((byID, !found.isEmpty))
    }

    /// All keys, the eldest first.
    package var all: [APIKey] {
        keys.withLock { Array($0.byID.values) }.sorted {
            ($0.createdAt, $0.id) < ($1.createdAt, $1.id)
        }
    }

    /// Whether requests need a key: there was one since the start, or other machines can reach the daemon.
    ///
    /// Who revokes the last one wants nobody let in, rather than everybody.
    var isNeeded: Bool { isAlwaysNeeded || keys.withLock { $0.wereThere || !$0.byID.isEmpty } }

    /// The key of a text; nil where there is none.
    ///
    /// The secret is compared by its hash, and that in constant time.
    func key(_ text: String) -> APIKey? {
        let parts = text.split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == KeyRing.prefix,
            let key = keys.withLock({ $0.byID[String(parts[1])] })
        else { return nil }
        let hash = Array(SHA256.hash(data: Data(parts[2].utf8)))
        guard hash.count == key.hash.count else { return nil }
        var difference: UInt8 = 0
        for index in hash.indices { difference |= hash[index] ^ key.hash[index] }
        return difference == 0 ? key : nil
    }

    /// Makes a key.
    ///
    /// - Returns: It, and its text, which is kept nowhere.
    func create(
        name: String,
        scopes: APIKey.Scopes
    ) async throws(APIError) -> (key: APIKey, text: String) {
        let (key, text) = KeyRing.random(name: name, scopes: scopes, at: ClockSource.system.wall())
        try await write { store throws(StoreError) in try store.put(key) }
        keys.withLock { $0 = ($0.byID.merging([key.id: key]) { $1 }, true) }
        return (key, text)
    }

    /// Makes a key that is not stored yet.
    package static func random(
        name: String,
        scopes: APIKey.Scopes,
        at now: Instant
    ) -> (key: APIKey, text: String) {
        let alphabet = Array("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789")
        var generator = SystemRandomNumberGenerator()
        func digits(_ count: Int) -> String {
            String((0..<count).compactMap { _ in alphabet.randomElement(using: &generator) })
        }
        // 57 letters: 44 of them hold 256 bits.
        let (id, secret) = (digits(10), digits(44))
        let key = APIKey(
            id: id,
            name: name,
            scopes: scopes,
            hash: Array(SHA256.hash(data: Data(secret.utf8))),
            createdAt: now
        )
        return (key, "\(prefix)_\(id)_\(secret)")
    }

    /// Lets nobody in with a key any more.
    ///
    /// - Parameter name: The key's id, or its name where no other has it.
    func revoke(_ name: String) async throws(APIError) -> APIKey {
        let key = try KeyRing.find(name, among: all)
        try await write { store throws(StoreError) in try store.removeKey(key.id) }
        keys.withLock { $0.byID[key.id] = nil }
        return key
    }

    /// The key of an id, or of a name that no other has.
    package static func find(_ name: String, among keys: [APIKey]) throws(APIError) -> APIKey {
        let found = keys.filter { $0.id == name || $0.name == name }
        if found.count == 1 { return found[0] }
        let shown = printable(name, charactersMax: 60)
        guard found.isEmpty else {
            let ids = found.map(\.id).joined(separator: ", ")
            throw APIError(
                409,
                "ambiguous_key",
                "\(found.count) keys are called '\(shown)'; say which by its id: \(ids)"
            )
        }
        throw APIError(
            404,
            "unknown_key",
            "no key is called '\(shown)'; "
                + (keys.isEmpty
                    ? "there are none"
                    : "there are: \(keys.prefix(20).map(\.name).joined(separator: ", "))")
        )
    }

    private func write(
        _ body: @escaping @Sendable (DeliveryStore) throws(StoreError) -> Void
    ) async throws(APIError) {
        let outcome = try await store.blocking(body)
        if case .failure(let error) = outcome { throw APIError(503, "failed", error.description) }
    }
}

extension APIKey.Scopes {
    /// The scopes by their names, in the order in which they are shown.
    package static let named: [(name: String, scope: APIKey.Scopes)] = [
        ("ingest", .ingest), ("read", .read), ("admin", .admin),
    ]

    /// The names of those that are in it.
    package var names: [String] {
        APIKey.Scopes.named.filter { contains($0.scope) }.map(\.name)
    }

    /// The scopes of names.
    package init(names: [String]) throws(APIError) {
        var scopes: APIKey.Scopes = []
        for name in names {
            guard let found = APIKey.Scopes.named.first(where: { $0.name == name }) else {
                let known = APIKey.Scopes.named.map(\.name).joined(separator: ", ")
                throw APIError(
                    400,
                    "invalid_key",
                    "there is no scope '\(printable(name, charactersMax: 60))'; there are: \(known)"
                )
            }
            scopes.insert(found.scope)
        }
        guard !scopes.isEmpty else {
            throw APIError(
                400,
                "invalid_key",
                "a key needs a scope: ingest to send people and events, read to ask, admin for "
                    + "everything"
            )
        }
        self = scopes
    }

    /// Whether somebody with these may do what needs that.
    func allow(_ needed: APIKey.Scopes) -> Bool { contains(.admin) || isSuperset(of: needed) }
}
