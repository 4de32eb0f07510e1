internal import EventModel

extension MessageIDTable {
    /// Takes in a key of a checkpoint, behind those before; it is found once `finishRestoring` was called.
    mutating func restore(
        _ text: UnsafeRawBufferPointer,
        _ source: SymbolID,
        _ entry: Repeatable,
        at instant: Instant
    ) {
        if open.keys.count == MessageIDTable.chunkKeysMax { closeChunk() }
        let hash = hash(text, source)
        restored[MessageIDTable.shard(hash)].append(UInt64(hash) << 32 | UInt64(nextNumber))
        open.append(text, source, entry, at: instant, hash: hash)
    }

    /// Makes the keys that were taken in findable; of equal ones the later.
    mutating func finishRestoring() {
        for shard in shards.indices {
            var filled = Shard()
            filled.reserve(restored[shard].count)
            for held in restored[shard] {
                filled.enter(held) { isSameKey($0, UInt32(truncatingIfNeeded: held)) }
            }
            replace(shard, with: filled)
            restored[shard] = []
        }
    }

    private func isSameKey(_ left: UInt32, _ right: UInt32) -> Bool {
        let (chunk, index) = place(of: right)
        let holder = chunk < full.count ? full[chunk] : open
        let range = holder.range(index)
        return holder.text.withUnsafeBytes {
            isKey(left, UnsafeRawBufferPointer(rebasing: $0[range]), holder.keys[index].source)
        }
    }
}

extension MessageIDTable.Shard {
    /// Enters a key, in place of an earlier one that is the same.
    mutating func enter(_ held: UInt64, isSame: (UInt32) -> Bool) {
        let mask = slots.count - 1
        var slot = Int(held >> 32) & mask
        while slots[slot] != 0 {
            if slots[slot] >> 32 == held >> 32, isSame(UInt32(truncatingIfNeeded: slots[slot])) {
                slots[slot] = held
                return
            }
            slot = (slot + 1) & mask
        }
        slots[slot] = held
        count += 1
    }
}
