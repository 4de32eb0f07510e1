public import EventModel

/// A key that lets a client in: what is kept of it, which is not enough to use it.
public struct APIKey: Equatable, Sendable {
    /// What a key is good for.
    public struct Scopes: OptionSet, Hashable, Sendable {
        /// The bits.
        public let rawValue: UInt8

        /// Scopes of those bits.
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// Sending people and events.
        public static let ingest = Scopes(rawValue: 1)
        /// Asking for everything that there is to know.
        public static let read = Scopes(rawValue: 2)
        /// Changing what the daemon does, and whatever the others may.
        public static let admin = Scopes(rawValue: 4)
    }

    /// Names the key, and stands in its text; never given again.
    public var id: String
    /// What people call it.
    public var name: String
    /// What it is good for.
    public var scopes: Scopes
    /// The SHA-256 of the secret in its text: 32 random bytes, so that nothing slower is needed.
    public var hash: [UInt8]
    /// When it was made; wall time.
    public var createdAt: Instant

    /// A key that was not stored yet.
    public init(id: String, name: String, scopes: Scopes, hash: [UInt8], createdAt: Instant) {
        self.id = id
        self.name = name
        self.scopes = scopes
        self.hash = hash
        self.createdAt = createdAt
    }
}

/// The record of a key; the layout is drawn in `OnDisk.md`.
enum APIKeyRecord {
    static let version: UInt8 = 1
    static let table = "keys"

    static func write(_ key: APIKey, place: Span<UInt8>) -> [UInt8] {
        var writer = RecordSeal.begin(version: version)
        writer.bytes.append(key.scopes.rawValue)
        writer.zigzag(key.createdAt.milliseconds)
        writer.name(key.name)
        writer.name(key.hash.span)
        RecordSeal.seal(&writer, from: 0, key: place)
        return writer.bytes
    }

    static func read(_ record: Span<UInt8>, place: Span<UInt8>) throws(StoreError) -> APIKey {
        try RecordSeal.check(record, key: place, table: table, version: version)
        let scopes = APIKey.Scopes(rawValue: record[RecordSeal.headerCount])
        var reader = ValueReader(at: RecordSeal.headerCount + 1)
        let createdAt = Instant(milliseconds: reader.zigzag(record))
        let name = String(copying: record.extracting(reader.text(record)))
        let hash = reader.text(record)
        return APIKey(
            id: String(copying: place),
            name: name,
            scopes: scopes,
            hash: hash.map { record[$0] },
            createdAt: createdAt
        )
    }
}
