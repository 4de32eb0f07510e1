internal import CMemory
internal import EventModel

/// The idempotency keys of the last while, compared in full.
///
/// Keys enter in order of log time and leave in the same order, a chunk at a time once all of its keys are older
/// than the horizon. Open-addressed tables find them: 64 of them by the hash's upper bits. What has left stays in
/// a table until that is full, and goes when it is swept: then only one table is touched, which the processor's
/// cache holds, and only one has to grow at a time.
struct MessageIDTable {
    static let chunkKeysMax = 1 << chunkLog2
    private static let chunkLog2 = 14
    /// Chunks are numbered in so many bits, round and round.
    private static let chunkNumbers: UInt32 = 1 << (32 - UInt32(chunkLog2))
    private static let shardsLog2 = 6

    struct Key {
        /// The upper half of what a slot holds.
        var hash: UInt32
        var source: SymbolID
        /// Where its text ends.
        var end: UInt32
        var receivedAt: Instant
        var entry: Repeatable
    }

    struct Chunk {
        var text: [UInt8] = []
        var keys: [Key] = []

        mutating func reserve() {
            text.reserveCapacity(MessageIDTable.chunkKeysMax * 40)
            keys.reserveCapacity(MessageIDTable.chunkKeysMax)
        }

        /// Where the text of a key stands.
        func range(_ index: Int) -> Range<Int> {
            (index == 0 ? 0 : Int(keys[index - 1].end))..<Int(keys[index].end)
        }

        mutating func append(
            _ text: UnsafeRawBufferPointer,
            _ source: SymbolID,
            _ entry: Repeatable,
            at instant: Instant,
            hash: UInt32
        ) {
            self.text.append(contentsOf: text)
            keys.append(
                Key(
                    hash: hash,
                    source: source,
                    end: UInt32(self.text.count),
                    receivedAt: instant,
                    entry: entry
                )
            )
        }
    }

    /// Open addressing by linear probing.
    ///
    /// A slot holds the key's hash, whose highest bit is set, and its number; 0 where it is free. `count` of them
    /// are not.
    struct Shard {
        var slots: [UInt64] = Array(repeating: 0, count: 8)
        var count = 0
    }

    /// Where the slots of a table lie in memory: to be fetched ahead, never to be read.
    private struct SlotHint {
        var address: UInt
        var mask: Int
    }

    /// Chunks that are full, in order.
    var full: [Chunk] = []
    /// The chunk that takes keys.
    var open = Chunk()
    /// The number of the first chunk still held.
    private var firstChunk: UInt32 = 0
    /// When the last key of the first full chunk was received; the distant future where none is full.
    private var firstLeaves = Instant.distantFuture
    private(set) var shards = Array(repeating: Shard(), count: 1 << shardsLog2)
    /// Per table where its slots lie: a look at the table itself would count a reference to it, twice a key.
    private var hints = Array(repeating: SlotHint(address: 0, mask: 0), count: 1 << shardsLog2)
    /// Keys of a checkpoint, by table, so that each table is filled on its own, while the processor's cache
    /// holds it.
    var restored = [[UInt64]](repeating: [], count: 1 << shardsLog2)
    private let hasher: KeyedHash

    /// - Parameter hasher: The hash of its keys; several tables that share keys between them have the same.
    init(hasher: KeyedHash = KeyedHash()) { self.hasher = hasher }

    /// Looks an entry's key up, and takes it in unless it is a duplicate.
    ///
    /// - Returns: What it repeats within the horizon; nil where it is new.
    @inline(__always)
    mutating func repetition(
        _ head: UnsafePointer<EntryHead>,
        _ bytes: Span<UInt8>,
        _ key: HashedKey,
        _ settings: borrowing SettingsHistory
    ) -> Repetition? {
        let entry = Repeatable(sequence: head.pointee.sequence, payload: key.payload)
        let original = admit(
            bytes.extracting(head.pointee.messageID),
            source: head.pointee.source,
            hash: key.hash,
            entry,
            at: head.pointee.receivedAt,
            horizon: settings.current.duplicateHorizon,
            kept: settings.longestHorizon
        )
        return original.map { Repetition(of: $0, by: entry) }
    }

    /// How many keys are kept.
    var count: Int { full.count * MessageIDTable.chunkKeysMax + open.keys.count }

    /// All chunks, in order.
    var chunks: [Chunk] { full + [open] }

    /// Has the processor fetch where a key will be looked for.
    @inline(__always)
    func prefetch(_ hash: UInt32) {
        let hint = hints[MessageIDTable.shard(hash)]
        let offset = UInt(bitPattern: (Int(hash) & hint.mask) &* MemoryLayout<UInt64>.stride)
        prefetch_line(UnsafeRawPointer(bitPattern: hint.address &+ offset))
    }

    /// Replaces a table.
    mutating func replace(_ shard: Int, with filled: consuming Shard) {
        hints[shard] = filled.slots.withUnsafeBufferPointer {
            SlotHint(address: UInt(bitPattern: $0.baseAddress), mask: $0.count - 1)
        }
        shards[shard] = filled
    }

    /// Looks a key up, and takes it in unless it is a duplicate.
    ///
    /// - Parameters:
    ///   - hash: What `hash` gives for it.
    ///   - kept: How long keys are kept: the longest horizon that ever holds; nil for `horizon`.
    /// - Returns: The entry whose key it repeats within the horizon, nil where it is new.
    mutating func admit(
        _ text: Span<UInt8>,
        source: SymbolID,
        hash: UInt32,
        _ entry: Repeatable,
        at instant: Instant,
        horizon: TimeSpan,
        kept: TimeSpan? = nil
    ) -> Repeatable? {
        expire(before: instant - (kept ?? horizon))
        return text.withUnsafeBytes { text in
            let number = nextNumber
            if let place = find(text, source, hash) {
                let key = key(UInt32(truncatingIfNeeded: shards[place.shard].slots[place.slot]))
                if instant < key.receivedAt + horizon { return key.entry }
                // Older than the horizon, and still there: the new one takes its place.
                shards[place.shard].slots[place.slot] = UInt64(hash) << 32 | UInt64(number)
            } else {
                enter(hash, number)
            }
            if open.keys.count == MessageIDTable.chunkKeysMax { closeChunk() }
            open.append(text, source, entry, at: instant, hash: hash)
            return nil
        }
    }

    /// The number of the key that comes next.
    var nextNumber: UInt32 {
        let chunk = firstChunk &+ UInt32(full.count)
        return (chunk << UInt32(MessageIDTable.chunkLog2)) &+ UInt32(open.keys.count)
    }

    mutating func closeChunk() {
        full.append(open)
        noteFirst()
        open = Chunk()
        open.reserve()
    }

    /// The chunk of a key's number, by its place among those held, and the key's place in it.
    @inline(__always)
    func place(of number: UInt32) -> (chunk: Int, index: Int) {
        let chunk = number >> UInt32(MessageIDTable.chunkLog2)
        return (
            Int((chunk &- firstChunk) & (MessageIDTable.chunkNumbers - 1)),
            Int(number) & (MessageIDTable.chunkKeysMax - 1)
        )
    }

    private func key(_ number: UInt32) -> Key {
        let (chunk, index) = place(of: number)
        return chunk < full.count ? full[chunk].keys[index] : open.keys[index]
    }

    // MARK: - Tables

    static func shard(_ hash: UInt32) -> Int {
        Int(hash >> (31 - UInt32(shardsLog2))) & (1 << shardsLog2 - 1)
    }

    private func find(
        _ text: UnsafeRawBufferPointer,
        _ source: SymbolID,
        _ hash: UInt32
    ) -> (shard: Int, slot: Int)? {
        let shard = MessageIDTable.shard(hash)
        let mask = shards[shard].slots.count - 1
        var slot = Int(hash) & mask
        while true {
            let held = shards[shard].slots[slot]
            if held == 0 { return nil }
            if UInt32(held >> 32) == hash, isKept(UInt32(truncatingIfNeeded: held)),
                isKey(UInt32(truncatingIfNeeded: held), text, source)
            {
                return (shard, slot)
            }
            slot = (slot + 1) & mask
        }
    }

    func isKey(
        _ number: UInt32,
        _ text: UnsafeRawBufferPointer,
        _ source: SymbolID
    ) -> Bool {
        let (chunk, index) = place(of: number)
        return chunk < full.count
            ? MessageIDTable.isKey(full[chunk], index, text, source)
            : MessageIDTable.isKey(open, index, text, source)
    }

    private static func isKey(
        _ chunk: borrowing Chunk,
        _ index: Int,
        _ text: UnsafeRawBufferPointer,
        _ source: SymbolID
    ) -> Bool {
        guard chunk.keys[index].source == source else { return false }
        let range = chunk.range(index)
        guard range.count == text.count else { return false }
        return chunk.text.withUnsafeBytes {
            UnsafeRawBufferPointer(rebasing: $0[range]).isEqual(to: text)
        }
    }

    /// Whether the key of a number that is in a table has not left.
    @inline(__always)
    private func isKept(_ number: UInt32) -> Bool { place(of: number).chunk <= full.count }

    /// Enters a key that cannot be found yet.
    private mutating func enter(_ hash: UInt32, _ number: UInt32) {
        let shard = MessageIDTable.shard(hash)
        if shards[shard].isFull { sweep(shard) }
        shards[shard].enter(UInt64(hash) << 32 | UInt64(number))
    }

    /// Makes room in a table: takes out what has left, and doubles it where that is little.
    private mutating func sweep(_ shard: Int) {
        var filled = Shard()
        swap(&filled, &shards[shard])
        let former = filled.slots
        // Which slots are kept nobody can foretell, the processor neither: so each is written down, and the next
        // one over it where it goes.
        let kept = [UInt64](unsafeUninitializedCapacity: former.count) { kept, count in
            for held in former {
                kept[count] = held
                let stays = isKept(UInt32(truncatingIfNeeded: held))
                count &+= (held == 0 ? 0 : 1) & (stays ? 1 : 0)
            }
        }
        filled = Shard()
        filled.reserve(kept.count * 3 / 2)
        for held in kept { filled.enter(held) }
        replace(shard, with: filled)
    }

    /// Lets the keys of chunks go that were all received at or before the given instant.
    @inline(__always)
    private mutating func expire(before instant: Instant) {
        guard firstLeaves <= instant else { return }
        full.removeFirst()
        firstChunk = (firstChunk &+ 1) & (MessageIDTable.chunkNumbers - 1)
        noteFirst()
    }

    /// Takes note of when the last key of the first chunk was received, where that is full.
    private mutating func noteFirst() {
        firstLeaves = full.first?.keys.last?.receivedAt ?? .distantFuture
    }

    func hash(_ text: UnsafeRawBufferPointer, _ source: SymbolID) -> UInt32 {
        MessageIDTable.half(hasher.hash(text, UInt64(source.rawValue)))
    }

    /// What tables use of a key's hash: never 0, since a slot that holds 0 is free.
    @inline(__always)
    static func half(_ hash: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: hash >> 32) | 0x8000_0000
    }
}

extension MessageIDTable.Shard {
    /// Whether it must be swept before another key enters.
    @inline(__always) var isFull: Bool { count * 10 > slots.count * 6 }

    /// Makes room, so that so many keys enter without growing.
    mutating func reserve(_ count: Int) {
        var wanted = slots.count
        while count * 10 > wanted * 6 { wanted *= 2 }
        slots = Array(repeating: 0, count: wanted)
    }

    @inline(__always)
    mutating func enter(_ held: UInt64) {
        let mask = slots.count - 1
        var slot = Int(held >> 32) & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = held
        count += 1
    }
}
