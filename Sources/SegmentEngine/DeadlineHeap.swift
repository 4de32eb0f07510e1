internal import EventModel

/// People by the instant at which time alone may change something about them: a binary heap.
///
/// A person may stand in it several times; the person's record says which of them counts.
struct DeadlineHeap {
    struct Item {
        var at: Instant
        var person: PersonSlot
    }

    private var items: [Item] = []

    var first: Item? { items.first }

    mutating func reserve(_ count: Int) { items.reserveCapacity(count) }

    mutating func push(_ item: Item) {
        items.append(item)
        var index = items.count - 1
        while index > 0 {
            let parent = (index - 1) / 2
            if items[parent].at <= item.at { break }
            items[index] = items[parent]
            index = parent
        }
        items[index] = item
    }

    mutating func removeFirst() {
        let last = items.removeLast()
        guard !items.isEmpty else { return }
        var index = 0
        while true {
            var child = 2 * index + 1
            guard child < items.count else { break }
            if child + 1 < items.count, items[child + 1].at < items[child].at { child += 1 }
            if items[child].at >= last.at { break }
            items[index] = items[child]
            index = child
        }
        items[index] = last
    }
}
