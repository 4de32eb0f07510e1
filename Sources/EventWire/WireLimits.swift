/// How large a body and its parts may be.
public struct WireLimits: Sendable {
    /// Bytes of a body that holds one entry.
    public var singleBodyBytesMax = 1 << 20
    /// Bytes of a body that holds a batch.
    public var batchBodyBytesMax = 4 << 20
    /// Entries of a batch.
    public var batchEntriesMax = 5_000
    /// Bytes of one entry's JSON, blanks included.
    public var entryBytesMax = 32 << 10
    /// Levels of objects and lists, the entry's own object being the first.
    public var depthMax = 32
    /// Members of an entry's `properties` or `traits`, not counting those further inside.
    public var propertiesMax = 300
    /// Bytes of an event's or property's name.
    public var nameBytesMax = 150
    /// Bytes of an identifier or a message id.
    public var identifierBytesMax = 255
    /// Characters of a number's spelling.
    public var numberCharactersMax = 1_000

    /// The default bounds.
    public init() {}
}
