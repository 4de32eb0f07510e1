/// A list in chunks: a copy costs next to nothing, and after one only the chunks that change are copied.
///
/// So a checkpoint can hold on to a list as it is at an instant while the engine goes on.
struct ChunkedArray<Element>: RandomAccessCollection, MutableCollection {
    private static var chunkLog2: Int { 12 }
    private static var chunkCount: Int { 1 << chunkLog2 }

    private var chunks: [[Element]] = []
    private(set) var count = 0

    init() {}

    var startIndex: Int { 0 }
    var endIndex: Int { count }

    @inline(__always)
    subscript(index: Int) -> Element {
        get { chunks[index >> Self.chunkLog2][index & (Self.chunkCount - 1)] }
        _modify { yield &chunks[index >> Self.chunkLog2][index & (Self.chunkCount - 1)] }
    }

    mutating func append(_ element: Element) {
        if count & (Self.chunkCount - 1) == 0 {
            chunks.append([])
            // The first one grows as it must: most engines of tests stay small.
            if count > 0 { chunks[chunks.count - 1].reserveCapacity(Self.chunkCount) }
        }
        chunks[chunks.count - 1].append(element)
        count += 1
    }

    /// - Complexity: O(elements behind).
    mutating func insert(_ element: Element, at place: Int) {
        append(element)
        var index = count - 1
        while index > place {
            self[index] = self[index - 1]
            index -= 1
        }
        self[place] = element
    }
}

extension ChunkedArray: Sendable where Element: Sendable {}

extension RandomAccessCollection where Index == Int {
    /// The place of the first element for which `isBehind` holds; all after it must do so too.
    ///
    /// - Complexity: O(log n)
    func partitioningIndex(where isBehind: (Element) -> Bool) -> Int {
        var low = startIndex
        var high = endIndex
        while low < high {
            let middle = (low + high) / 2
            if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
