/// How much room a store has taken, and what hinders it to use room again.
public struct StoreSize: Equatable, Sendable {
    /// Bytes of its file in use, free pages included.
    public var bytes: Int
    /// How many commits the oldest snapshot that is being read is behind the last one.
    public var readerLag: Int

    /// A size with its parts.
    public init(bytes: Int, readerLag: Int) {
        self.bytes = bytes
        self.readerLag = readerLag
    }
}
