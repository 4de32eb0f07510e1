/// Chunks of memory by 32-bit reference, in units of 8 bytes: small, flat, and never moved.
///
/// Chunks have size classes of 1, 2, 3, 4, 6, 8, 12, 16, 24 … units; a freed chunk is the first to
/// be used again in its class. References stay 4 bytes, so the arena ends at 32 GiB.
///
/// Invariants: a reference is only used with the unit count that it was made with (or with another one of its
/// size class); blocks are `blockUnits` long, or a run of consecutive block numbers covers one large chunk.
struct SlabArena: ~Copyable {
    private static let blockUnitsLog2 = 19
    private static let blockUnits = 1 << blockUnitsLog2

    private var blocks = PlainList<UnsafeMutablePointer<Int64>>()
    /// The pointers that were allocated, to be freed in the end.
    private var owned: [UnsafeMutablePointer<Int64>] = []
    private var nextUnit = 0
    private var blockEnd = 0
    /// Per class the first free chunk, which holds the next one's reference.
    private var free = PlainList<UInt32>(repeating: 0, count: 64)
    /// Units in use, by whole classes.
    private(set) var usedUnits = 0

    init() {
        // Reference 0 means none.
        grow()
        nextUnit = 1
    }

    deinit { for pointer in owned { pointer.deallocate() } }

    @inline(__always)
    func pointer(_ reference: UInt32) -> UnsafeMutablePointer<Int64> {
        blocks[Int(reference) >> SlabArena.blockUnitsLog2]
            + (Int(reference) & (SlabArena.blockUnits - 1))
    }

    /// The class that holds so many units, and how many it has.
    private static func sizeClass(_ units: Int) -> (index: Int, units: Int) {
        if units <= 2 { return (units, units) }
        // Powers of two at even places, one and a half times them at odd ones.
        let log = Int.bitWidth - (units - 1).leadingZeroBitCount
        let power = 1 << log
        let below = power / 4 * 3
        return units <= below ? (2 * log - 1, below) : (2 * log, power)
    }

    /// How many units a chunk for `units` really has.
    static func capacity(_ units: Int) -> Int { sizeClass(units).units }

    mutating func allocate(_ units: Int) -> UInt32 {
        let (index, size) = SlabArena.sizeClass(units)
        usedUnits += size
        let first = free[index]
        if first != 0 {
            free[index] = UInt32(truncatingIfNeeded: pointer(first).pointee)
            return first
        }
        if size > SlabArena.blockUnits { return allocateRun(size) }
        if nextUnit + size > blockEnd { grow() }
        let reference = UInt32(nextUnit)
        nextUnit += size
        return reference
    }

    mutating func release(_ reference: UInt32, units: Int) {
        let (index, size) = SlabArena.sizeClass(units)
        usedUnits -= size
        pointer(reference).pointee = Int64(free[index])
        free[index] = reference
    }

    private mutating func grow() {
        // Small engines have one block, whose pages are there as they are used.
        let pointer =
            blocks.isEmpty
            ? UnsafeMutablePointer<Int64>.allocate(capacity: SlabArena.blockUnits)
            : SlabArena.largeBlocks(1)
        owned.append(pointer)
        nextUnit = blocks.count << SlabArena.blockUnitsLog2
        blocks.append(pointer)
        blockEnd = blocks.count << SlabArena.blockUnitsLog2
        precondition(blockEnd <= Int(UInt32.max), "people's state has outgrown 32 GiB")
    }

    private static func largeBlocks(_ count: Int) -> UnsafeMutablePointer<Int64> {
        LargeMemory.allocate(bytes: count * blockUnits * MemoryLayout<Int64>.stride)
            .bindMemory(to: Int64.self, capacity: count * blockUnits)
    }

    /// A chunk larger than a block: consecutive block numbers over one allocation.
    private mutating func allocateRun(_ units: Int) -> UInt32 {
        let count = (units + SlabArena.blockUnits - 1) / SlabArena.blockUnits
        let pointer = SlabArena.largeBlocks(count)
        owned.append(pointer)
        let reference = UInt32(blocks.count << SlabArena.blockUnitsLog2)
        for index in 0..<count { blocks.append(pointer + index * SlabArena.blockUnits) }
        // What was left of the block before is lost; such chunks are rare.
        nextUnit = blocks.count << SlabArena.blockUnitsLog2
        blockEnd = nextUnit
        return reference
    }
}
