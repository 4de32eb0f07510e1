internal import EventModel

/// A part of a checkpoint: words of 64 bits of one kind.
///
/// What they hold is drawn in `Checkpoint.md`. A checkpoint is read by the version that wrote it, under
/// the rules that it was written under, and by nothing else: all of it follows from the log.
public struct CheckpointBlock: Sendable {
    /// What the words are.
    public enum Kind: UInt8, Sendable {
        /// Numbers of the apply stage.
        case numbers = 1
        /// People, each a row.
        case people = 2
        /// Per identifier the last entry that names it.
        case chainHeads = 3
        /// Per identifier whom it means.
        case holders = 4
        /// Entries that repeat others.
        case duplicates = 5
        /// Entries that had no effect.
        case suppressedEntries = 6
        /// Links that were refused.
        case refusals = 7
        /// Who became one with whom.
        case merges = 8
        /// Identifiers that are suppressed.
        case suppressedIdentifiers = 9
        /// Idempotency keys.
        case messageIDs = 10
        /// Business keys.
        case uniqueKeys = 11
        /// Merges that keep attributes.
        case keptAttributes = 12
    }

    /// What the words are.
    public var kind: Kind
    /// The words.
    public var words: [UInt64]

    /// A block of those words.
    public init(_ kind: Kind, _ words: [UInt64]) {
        self.kind = kind
        self.words = words
    }

    /// How many words a block has at most, but for one row that is longer.
    static let wordsMax = 1 << 16
}

/// Why a checkpoint cannot be used.
public struct CheckpointError: Error, Sendable {
    /// What is wrong with it.
    public var what: String
}

/// Names the layout of checkpoints: raised whenever a word of them changes its meaning.
public let checkpointLayoutVersion = 6

/// Collects rows into blocks.
struct BlockWriter {
    let kind: CheckpointBlock.Kind
    var words: [UInt64] = []

    init(_ kind: CheckpointBlock.Kind) { self.kind = kind }

    /// Hands the block on when it has as many words as one should have.
    mutating func endRow<Failure: Error>(
        _ emit: (CheckpointBlock) throws(Failure) -> Void
    ) throws(Failure) {
        if words.count >= CheckpointBlock.wordsMax { try flush(emit) }
    }

    mutating func flush<Failure: Error>(
        _ emit: (CheckpointBlock) throws(Failure) -> Void
    ) throws(Failure) {
        guard !words.isEmpty else { return }
        try emit(CheckpointBlock(kind, words))
        words.removeAll(keepingCapacity: true)
    }
}

extension [UInt64] {
    /// Two halves of 32 bits, the lower first.
    mutating func append(_ low: UInt32, _ high: UInt32) {
        append(UInt64(low) | UInt64(high) << 32)
    }

    /// Bytes in words, the last filled up with zeros; their count is kept elsewhere.
    mutating func append(bytes: ArraySlice<UInt8>) {
        let start = count
        append(contentsOf: repeatElement(0, count: (bytes.count + 7) / 8))
        bytes.withUnsafeBytes { source in
            withUnsafeMutableBytes { target in
                let place = UnsafeMutableRawBufferPointer(rebasing: target[(start * 8)...])
                place.copyMemory(from: source)
            }
        }
    }
}

extension UInt64 {
    var low: UInt32 { UInt32(truncatingIfNeeded: self) }
    var high: UInt32 { UInt32(truncatingIfNeeded: self >> 32) }
}

/// Reads a block's words in order.
struct BlockReader {
    let words: UnsafeBufferPointer<UInt64>
    private(set) var offset = 0

    init(_ words: UnsafeBufferPointer<UInt64>) { self.words = words }

    var isAtEnd: Bool { offset >= words.count }

    mutating func word() throws(CheckpointError) -> UInt64 {
        guard offset < words.count else { throw CheckpointError(what: "a block is too short") }
        defer { offset += 1 }
        return words[offset]
    }

    mutating func signed() throws(CheckpointError) -> Int64 {
        Int64(bitPattern: try word())
    }

    mutating func sequence() throws(CheckpointError) -> SequenceNumber {
        SequenceNumber(try word())
    }

    /// So many words, within the block.
    mutating func words(_ count: Int) throws(CheckpointError) -> UnsafeBufferPointer<UInt64> {
        guard count <= words.count - offset else {
            throw CheckpointError(what: "a block is too short")
        }
        defer { offset += count }
        return UnsafeBufferPointer(rebasing: words[offset..<offset + count])
    }

    /// So many bytes, within the block.
    mutating func bytes(_ count: Int) throws(CheckpointError) -> UnsafeRawBufferPointer {
        let found = try words((count + 7) / 8)
        return UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(found)[..<count])
    }
}
