internal import EventModel

/// The idempotency keys of the last while, compared in full.
///
/// Keys enter in order of log time and leave in the same order, a chunk at a time, when all keys of
/// a chunk are older than the horizon. One open-addressed table finds them.
struct MessageIDTable {
    static let chunkKeysMax = 16_384

    struct Chunk {
        var text: [UInt8] = []
        /// Where each key's text ends.
        var ends: [UInt32] = []
        var sources: [SymbolID] = []
        var entries: [Repeatable] = []
        var receivedAt: [Instant] = []
        var hashes: [UInt64] = []

        mutating func reserve() {
            text.reserveCapacity(MessageIDTable.chunkKeysMax * 40)
            ends.reserveCapacity(MessageIDTable.chunkKeysMax)
            sources.reserveCapacity(MessageIDTable.chunkKeysMax)
            entries.reserveCapacity(MessageIDTable.chunkKeysMax)
            receivedAt.reserveCapacity(MessageIDTable.chunkKeysMax)
            hashes.reserveCapacity(MessageIDTable.chunkKeysMax)
        }
    }

    private(set) var chunks: [Chunk] = []
    /// The number of the first chunk still held; keys are numbered on from the first of all.
    private var firstChunk = 0
    /// Per slot a key's number plus one, 0 where it is free.
    private var slots: [UInt64] = Array(repeating: 0, count: 64)
    private(set) var count = 0

    /// Looks a key up, and takes it in unless it is a duplicate.
    ///
    /// - Returns: The entry whose key it repeats within the horizon, nil where it is new.
    mutating func admit(
        _ text: Span<UInt8>,
        source: SymbolID,
        _ entry: Repeatable,
        at instant: Instant,
        horizon: TimeSpan
    ) -> Repeatable? {
        expire(before: instant - horizon)
        let hash = MessageIDTable.hash(text, source)
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 {
            let key = Int(slots[slot] - 1)
            let chunk = key / MessageIDTable.chunkKeysMax - firstChunk
            let index = key % MessageIDTable.chunkKeysMax
            if isEqual(chunk, index, text, source, hash) {
                if instant < chunks[chunk].receivedAt[index] + horizon {
                    return chunks[chunk].entries[index]
                }
                // Older than the horizon, in a chunk that is not: the new one takes its place.
                slots[slot] = UInt64(append(text, source, entry, instant, hash)) + 1
                return nil
            }
            slot = (slot + 1) & mask
        }
        slots[slot] = UInt64(append(text, source, entry, instant, hash)) + 1
        count += 1
        if count * 10 > slots.count * 6 { rebuild(slots.count * 2) }
        return nil
    }

    /// The last chunk where it has room, taken out; an empty one where it has none.
    mutating func takeUnfilled() -> Chunk {
        let hasRoom = chunks.last.map { $0.ends.count < MessageIDTable.chunkKeysMax } ?? false
        return hasRoom ? chunks.removeLast() : Chunk()
    }

    /// Puts a chunk behind the others.
    mutating func keep(_ chunk: consuming Chunk) {
        if !chunk.ends.isEmpty { chunks.append(chunk) }
    }

    private func isEqual(
        _ chunk: Int,
        _ index: Int,
        _ text: Span<UInt8>,
        _ source: SymbolID,
        _ hash: UInt64
    ) -> Bool {
        guard chunks[chunk].hashes[index] == hash, chunks[chunk].sources[index] == source else {
            return false
        }
        let start = index == 0 ? 0 : Int(chunks[chunk].ends[index - 1])
        guard Int(chunks[chunk].ends[index]) - start == text.count else { return false }
        for offset in 0..<text.count where chunks[chunk].text[start + offset] != text[offset] {
            return false
        }
        return true
    }

    private mutating func append(
        _ text: Span<UInt8>,
        _ source: SymbolID,
        _ entry: Repeatable,
        _ instant: Instant,
        _ hash: UInt64
    ) -> Int {
        if chunks.last.map({ $0.ends.count == MessageIDTable.chunkKeysMax }) ?? true {
            chunks.append(Chunk())
        }
        let last = chunks.count - 1
        for index in 0..<text.count { chunks[last].text.append(text[index]) }
        chunks[last].ends.append(UInt32(chunks[last].text.count))
        chunks[last].sources.append(source)
        chunks[last].entries.append(entry)
        chunks[last].receivedAt.append(instant)
        chunks[last].hashes.append(hash)
        return (firstChunk + last) * MessageIDTable.chunkKeysMax + chunks[last].ends.count - 1
    }

    /// Drops chunks whose last key was received at or before the given instant.
    private mutating func expire(before instant: Instant) {
        var dropped = 0
        while dropped < chunks.count, let last = chunks[dropped].receivedAt.last,
            chunks[dropped].ends.count == MessageIDTable.chunkKeysMax, last <= instant
        { dropped += 1 }
        guard dropped > 0 else { return }
        for chunk in 0..<dropped {
            for index in chunks[chunk].ends.indices { remove(chunk, index) }
        }
        chunks.removeFirst(dropped)
        firstChunk += dropped
    }

    /// Takes a key out of the table, unless a later one like it has taken its place; what was pushed
    /// on by it moves back (Knuth, TAOCP 3, 6.4, Algorithm R).
    private mutating func remove(_ chunk: Int, _ index: Int) {
        let mask = slots.count - 1
        let key = UInt64((firstChunk + chunk) * MessageIDTable.chunkKeysMax + index) + 1
        var hole = Int(truncatingIfNeeded: chunks[chunk].hashes[index]) & mask
        while slots[hole] != key {
            guard slots[hole] != 0 else { return }
            hole = (hole + 1) & mask
        }
        count -= 1
        var next = (hole + 1) & mask
        while slots[next] != 0 {
            let home = Int(truncatingIfNeeded: hash(of: slots[next] - 1)) & mask
            // May move where its home does not lie between the hole and its place.
            if (next &- home) & mask >= (next &- hole) & mask {
                slots[hole] = slots[next]
                hole = next
            }
            next = (next + 1) & mask
        }
        slots[hole] = 0
    }

    private func hash(of key: UInt64) -> UInt64 {
        chunks[Int(key) / MessageIDTable.chunkKeysMax - firstChunk]
            .hashes[Int(key) % MessageIDTable.chunkKeysMax]
    }

    /// Enters all keys anew; of equal ones the later.
    mutating func rebuild(_ size: Int) {
        slots = Array(repeating: 0, count: size)
        count = 0
        let mask = size - 1
        for chunk in chunks.indices {
            for index in chunks[chunk].ends.indices {
                let hash = chunks[chunk].hashes[index]
                let key = UInt64((firstChunk + chunk) * MessageIDTable.chunkKeysMax + index) + 1
                var slot = Int(truncatingIfNeeded: hash) & mask
                while slots[slot] != 0, !isRepeat(slots[slot] - 1, of: chunk, index) {
                    slot = (slot + 1) & mask
                }
                if slots[slot] == 0 { count += 1 }
                slots[slot] = key
            }
        }
    }

    private func isRepeat(_ key: UInt64, of chunk: Int, _ index: Int) -> Bool {
        let other = Int(key) / MessageIDTable.chunkKeysMax - firstChunk
        let start = index == 0 ? 0 : Int(chunks[chunk].ends[index - 1])
        let text = chunks[chunk].text
        return isEqual(
            other,
            Int(key) % MessageIDTable.chunkKeysMax,
            text.span.extracting(start..<Int(chunks[chunk].ends[index])),
            chunks[chunk].sources[index],
            chunks[chunk].hashes[index]
        )
    }

    /// Seeded per process, so that nobody can choose keys that collide; no result depends on it.
    private static func hash(_ text: Span<UInt8>, _ source: SymbolID) -> UInt64 {
        text.withUnsafeBufferPointer { hash(UnsafeRawBufferPointer($0), source) }
    }

    static func hash(_ text: UnsafeRawBufferPointer, _ source: SymbolID) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(source.rawValue)
        hasher.combine(bytes: text)
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }
}
