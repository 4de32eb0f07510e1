internal import EventModel

/// People by the instant at which time alone may change something about them: a calendar queue, whose slots
/// are sorted when their time comes.
///
/// Slots are 70 minutes wide, and 4,096 of them stand in a ring, some 199 days; what is later waits apart. So
/// a push is an append (Brown, "Calendar queues", CACM 1988). What is pushed into the slot under way stands in
/// a heap beside its run, and so does a slot with very many, which would take long to sort. A person may
/// stand in it several times; the person's record says which of them counts.
///
/// Invariants: in the run and the heap stands everything of slots up to `current`, the run in falling order; in the
/// ring what is of the `slotCount - 1` slots behind it, none beyond `ringLast`; `later` holds the rest, whose
/// first slot is `laterFirst`. Run and heap are empty only where everything is. Nothing may be pushed that is
/// earlier than what was taken.
struct DeadlineQueue: ~Copyable {
    struct Item: BitwiseCopyable {
        var at: Instant
        var person: PersonSlot
    }

    private static let slotLog2: Int64 = 22
    private static let slotCount: Int64 = 4_096
    /// A slot with no more is sorted at once.
    private static let runItemsMax = 8_192
    private static let bucketLog2: Int64 = 8
    /// With no more in run and heap, the slot under way may become an earlier one again.
    private static let rewindItemsMax = 64

    /// A slot's items, in blocks of one list: where its newest block begins, -1 for none.
    ///
    /// Not private: the 6.3 compiler breaks on private types in `PlainList` without optimization.
    struct Block: BitwiseCopyable {
        static let room = 30
        var next: Int32
        var count: Int32
        var items: InlineArray<30, Item>
    }

    private var run = PlainList<Item>()
    private var heap = PlainList<Item>()
    private var heads = PlainList<Int32>(capacity: 1)
    private var occupied = PlainList<UInt64>(capacity: 1)
    private var blocks = PlainList<Block>(capacity: 1)
    private var freeBlock: Int32 = -1
    private var current = Int64.min
    private var ringLast = Int64.min
    /// How many stand in the ring.
    private var ringCount = 0
    private var later = PlainList<Item>()
    private var laterFirst = Int64.max
    /// For sorting: the items of a slot, and per part of it where its items begin.
    private var unsorted = PlainList<Item>()
    private var buckets = PlainList<Int32>(capacity: 1)

    /// Whether another slot has come to be under way, so that its people will be looked at soon.
    var hasNewSlot = false

    /// How many of the slot under way will be looked at, and who, those first that are due first, or nearly so in a
    /// large slot.
    @inline(__always)
    var dueCount: Int { run.isEmpty ? heap.count : run.count }
    @inline(__always)
    func duePerson(_ index: Int) -> PersonSlot {
        run.isEmpty ? heap[index].person : run[run.count &- 1 &- index].person
    }

    /// The earliest instant; the distant future where there is none.
    private(set) var firstAt = Instant.distantFuture

    @inline(__always)
    var first: Item? {
        if isRunFirst { return run[run.count - 1] }
        return heap.isEmpty ? nil : heap[0]
    }

    @inline(__always)
    private var isEmpty: Bool { run.isEmpty && heap.isEmpty }

    /// Whether the earliest of all stands in the run.
    @inline(__always)
    private var isRunFirst: Bool {
        !run.isEmpty && (heap.isEmpty || run[run.count - 1].at <= heap[0].at)
    }

    @inline(__always)
    private static func slot(_ instant: Instant) -> Int64 { instant.milliseconds >> slotLog2 }

    @inline(__always)
    mutating func push(_ item: Item) {
        let slot = DeadlineQueue.slot(item.at)
        if slot <= current {
            if slot < current { rewind(to: slot) }
            pushHeap(item)
            firstAt = min(firstAt, item.at)
        } else if isEmpty {
            // Nothing at all was there: its slot is the one under way.
            begin(at: slot)
            pushHeap(item)
            firstAt = item.at
        } else {
            pushAhead(item, slot)
        }
    }

    mutating func removeFirst() {
        if isRunFirst {
            _ = run.removeLast()
        } else {
            let last = heap.removeLast()
            if !heap.isEmpty { sift(last, from: 0) }
        }
        if isEmpty { refill() }
        firstAt = first?.at ?? .distantFuture
    }

    // MARK: - Slots

    private mutating func begin(at slot: Int64) {
        current = slot
        ringLast = slot
        guard heads.isEmpty else { return }
        for _ in 0..<DeadlineQueue.slotCount { heads.append(-1) }
        for _ in 0..<DeadlineQueue.slotCount / 64 { occupied.append(0) }
    }

    /// Makes an earlier slot the one under way, where that costs little: else what is pushed next to a slot far
    /// ahead, with nothing before it, would all stand in the heap.
    private mutating func rewind(to slot: Int64) {
        guard run.count + heap.count <= DeadlineQueue.rewindItemsMax,
            ringCount == 0 || ringLast &- slot < DeadlineQueue.slotCount
        else { return }
        for index in 0..<run.count { heap.append(run[index]) }
        run.removeAll()
        if ringCount == 0 { ringLast = slot }
        current = slot
        var left = 0
        for index in 0..<heap.count {
            let item = heap[index]
            let itemSlot = DeadlineQueue.slot(item.at)
            if itemSlot > slot {
                pushAhead(item, itemSlot)
            } else {
                heap[left] = item
                left += 1
            }
        }
        heap.removeAll(behind: left)
        order()
    }

    private mutating func pushAhead(_ item: Item, _ slot: Int64) {
        // `current` is far from either end of its range once something is there.
        guard slot &- current < DeadlineQueue.slotCount else {
            later.append(item)
            laterFirst = min(laterFirst, slot)
            return
        }
        ringLast = max(ringLast, slot)
        ringCount += 1
        let place = Int(slot & (DeadlineQueue.slotCount - 1))
        let head = heads[place]
        if head >= 0, blocks.pointer(head).pointee.count < Int32(Block.room) {
            blocks.withElement(head) { block in
                block.items[Int(block.count)] = item
                block.count += 1
            }
            return
        }
        var block = Block(next: head, count: 1, items: InlineArray(repeating: item))
        block.items[0] = item
        if freeBlock >= 0 {
            let index = freeBlock
            freeBlock = blocks.pointer(index).pointee.next
            blocks[index] = block
            heads[place] = index
        } else {
            heads[place] = Int32(blocks.count)
            blocks.append(block)
        }
        occupied[place >> 6] |= 1 << UInt64(place & 63)
    }

    /// Makes the next slot that has anything the one under way; run and heap are empty.
    private mutating func refill() {
        while run.isEmpty {
            let next = nextOccupied()
            if laterFirst <= next {
                guard laterFirst != .max else { return }
                takeLater()
                continue
            }
            current = next
            hasNewSlot = true
            empty(Int(next & (DeadlineQueue.slotCount - 1)))
        }
        guard run.count > DeadlineQueue.runItemsMax else { return sortRun() }
        swap(&run, &heap)
        order()
    }

    /// Puts the run, which is of one slot, in falling order: by parts of the slot first.
    private mutating func sortRun() {
        guard run.count > 32 else { return run.sort { $0.at > $1.at } }
        let bucketCount = 1 << Int(DeadlineQueue.bucketLog2)
        while buckets.count < bucketCount { buckets.append(0) }
        for bucket in 0..<bucketCount { buckets[bucket] = 0 }
        for index in 0..<run.count { buckets[DeadlineQueue.bucket(run[index])] += 1 }
        var place: Int32 = 0
        for bucket in (0..<bucketCount).reversed() {
            (buckets[bucket], place) = (place, place + buckets[bucket])
        }
        unsorted.removeAll()
        swap(&run, &unsorted)
        for index in 0..<unsorted.count { run.append(unsorted[index]) }
        for index in 0..<unsorted.count {
            let bucket = DeadlineQueue.bucket(unsorted[index])
            run[buckets[bucket]] = unsorted[index]
            buckets[bucket] += 1
        }
        var start = 0
        for bucket in (0..<bucketCount).reversed() {
            let end = Int(buckets[bucket])
            if end - start > 1 { run.sort(start..<end) { $0.at > $1.at } }
            start = end
        }
    }

    /// The part of its slot that an item is due in.
    @inline(__always)
    private static func bucket(_ item: Item) -> Int {
        let offset = item.at.milliseconds & (1 << slotLog2 - 1)
        return Int(offset >> (slotLog2 - bucketLog2))
    }

    /// Makes a heap of what stands in it in no order.
    private mutating func order() {
        var index = heap.count / 2
        while index > 0 {
            index -= 1
            sift(heap[index], from: index)
        }
    }

    /// The first slot behind `current` that has items in the ring; the greatest number where none has.
    private func nextOccupied() -> Int64 {
        var slot = current + 1
        let end = current + DeadlineQueue.slotCount
        while slot < end {
            let place = slot & (DeadlineQueue.slotCount - 1)
            let word = occupied[Int(place >> 6)] >> UInt64(place & 63)
            if word != 0 {
                let found = slot + Int64(word.trailingZeroBitCount)
                // Bits of the word that stand for slots of the ring's other end come last.
                return found < end ? found : .max
            }
            slot += 64 - (place & 63)
        }
        return .max
    }

    /// Moves a slot's items into the run, in no order.
    private mutating func empty(_ place: Int) {
        var index = heads[place]
        heads[place] = -1
        occupied[place >> 6] &= ~(1 << UInt64(place & 63))
        while index >= 0 {
            let block = blocks.pointer(index)
            for item in 0..<Int(block.pointee.count) { run.append(block.pointee.items[item]) }
            let next = block.pointee.next
            ringCount -= Int(block.pointee.count)
            blocks.withElement(index) { $0.next = freeBlock }
            freeBlock = index
            index = next
        }
    }

    /// Brings what now has a place in the ring, and the first slot under way where the ring is empty.
    private mutating func takeLater() {
        current = laterFirst - 1
        ringLast = max(ringLast, current)
        laterFirst = .max
        var left = 0
        for index in 0..<later.count {
            let item = later[index]
            let slot = DeadlineQueue.slot(item.at)
            if slot &- current < DeadlineQueue.slotCount {
                pushAhead(item, slot)
            } else {
                later[left] = item
                left += 1
                laterFirst = min(laterFirst, slot)
            }
        }
        later.removeAll(behind: left)
    }

    // MARK: - Heap

    @inline(__always)
    private mutating func pushHeap(_ item: Item) {
        heap.append(item)
        var index = heap.count - 1
        while index > 0 {
            let parent = (index - 1) / 2
            if heap[parent].at <= item.at { break }
            heap[index] = heap[parent]
            index = parent
        }
        heap[index] = item
    }

    @inline(__always)
    private mutating func sift(_ item: Item, from start: Int) {
        var index = start
        while true {
            var child = 2 * index + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, heap[child + 1].at < heap[child].at { child += 1 }
            if heap[child].at >= item.at { break }
            heap[index] = heap[child]
            index = child
        }
        heap[index] = item
    }
}
