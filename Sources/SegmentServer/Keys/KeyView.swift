internal import EventModel
package import EventStore
internal import EventWire

/// An API key as JSON shows it: never with its secret, but for the answer that makes it.
package struct KeyView: Codable, Equatable, Sendable {
    /// Names the key.
    package var id: String
    /// What people call it.
    package var name: String
    /// What it is good for: `ingest`, `read`, `admin`.
    package var scopes: [String]
    /// When it was made.
    package var createdAt: String
    /// The key, once: in the answer that makes it.
    package var key: String?

    /// The view of a key.
    package init(_ key: APIKey, text: String? = nil) {
        id = key.id
        name = key.name
        scopes = key.scopes.names
        createdAt = key.createdAt.rfc3339
        self.key = text
    }

    /// The answer's body.
    package var json: [UInt8] {
        var bytes: [UInt8] = []
        appendJSON(to: &bytes)
        return bytes
    }
}

extension KeyView: JSONRepresentable {
    /// Appends the view as an object.
    package func appendJSON(to bytes: inout [UInt8]) {
        var json = JSONWriter()
        json.object {
            $0.field("id", id)
            $0.field("name", name)
            $0.array("scopes") { for scope in scopes { $0.item(scope) } }
            $0.field("createdAt", createdAt)
            $0.field("key", ifPresent: key)
        }
        bytes += json.bytes
    }
}

/// All API keys, the eldest first.
package struct KeyList: Codable, Equatable, Sendable {
    /// The keys.
    package var keys: [KeyView]

    /// A list of those.
    package init(_ keys: [APIKey]) {
        self.keys = keys.map { KeyView($0) }
    }

    /// The answer's body.
    package var json: [UInt8] {
        var json = JSONWriter()
        json.object {
            $0.array("keys") { for key in keys { $0.item(key) } }
        }
        return json.bytes
    }
}

/// What somebody asks for who wants a key.
package struct KeyRequest: Codable, Equatable, Sendable {
    /// What to call it; nil for the scopes' names.
    package var name: String?
    /// What it is to be good for.
    package var scopes: [String]

    /// A request for a key.
    package init(name: String?, scopes: [String]) {
        self.name = name
        self.scopes = scopes
    }

    private static let nameCharactersMax = 64

    /// The name and the scopes, checked.
    package func checked() throws(APIError) -> (name: String, scopes: APIKey.Scopes) {
        let scopes = try APIKey.Scopes(names: scopes)
        let name = name ?? scopes.names.joined(separator: "-")
        let isPlain = name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
        guard isPlain, (1...KeyRequest.nameCharactersMax).contains(name.count) else {
            throw APIError(
                400,
                "invalid_key",
                "the name of a key has 1 to \(KeyRequest.nameCharactersMax) characters, and no "
                    + "control characters"
            )
        }
        return (name, scopes)
    }
}
