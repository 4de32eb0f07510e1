internal import CMemory

/// A list of plain values in chunks: a frozen view of it costs next to nothing, and after one only the chunks
/// that change are copied.
///
/// So a checkpoint can hold on to a list as it is at an instant while the engine goes on. Other than with
/// `ChunkedArray`, a change looks at no reference count.
///
/// Invariants: `bases` are the chunks' memory, which `chunks` own; a chunk that a frozen view may have is
/// marked in `isShared` and is not written to. Places are checked in debug builds only: callers hold them
/// against `count`.
struct SharedList<Element: BitwiseCopyable>: ~Copyable {
    final class Chunk: @unchecked Sendable {
        // Written by the list that owns it alone, and not once it is shared.
        let base: UnsafeMutablePointer<Element>

        init() { base = .allocate(capacity: SharedList.chunkCount) }

        deinit { base.deallocate() }
    }

    /// The list as it was.
    struct Frozen: RandomAccessCollection, Sendable {
        fileprivate let chunks: [Chunk]
        let count: Int

        var startIndex: Int { 0 }
        var endIndex: Int { count }

        subscript(index: Int) -> Element {
            precondition(index >= 0 && index < count, "no such place")
            return chunks[index >> SharedList.chunkLog2].base[index & (SharedList.chunkCount - 1)]
        }
    }

    private static var chunkLog2: Int { 12 }
    private static var chunkCount: Int { 1 << chunkLog2 }

    private var chunks: [Chunk] = []
    private var bases = PlainList<UnsafeMutablePointer<Element>>()
    private var isShared = PlainList<Bool>()
    private(set) var count = 0

    init() {}

    @inline(__always)
    subscript(index: Int) -> Element {
        get {
            assert(index >= 0 && index < count, "no such place")
            return bases[index >> Self.chunkLog2][index & (Self.chunkCount - 1)]
        }
        set {
            assert(index >= 0 && index < count, "no such place")
            let chunk = index >> Self.chunkLog2
            if isShared[chunk] { copy(chunk) }
            bases[chunk][index & (Self.chunkCount - 1)] = newValue
        }
    }

    @inline(never)
    private mutating func copy(_ index: Int) {
        let fresh = Chunk()
        let first = index << Self.chunkLog2
        fresh.base.update(from: bases[index], count: min(Self.chunkCount, count - first))
        bases[index] = fresh.base
        chunks[index] = fresh
        isShared[index] = false
    }

    @inline(never)
    mutating func append(_ element: Element) {
        if count == chunks.count << Self.chunkLog2 {
            let fresh = Chunk()
            chunks.append(fresh)
            bases.append(fresh.base)
            isShared.append(false)
        }
        if isShared[count >> Self.chunkLog2] { copy(count >> Self.chunkLog2) }
        count += 1
        self[count - 1] = element
    }

    /// The list as it is.
    ///
    /// - Complexity: O(chunks)
    mutating func freeze() -> Frozen {
        for index in 0..<isShared.count { isShared[index] = true }
        return Frozen(chunks: chunks, count: count)
    }

    /// Has the processor fetch an element that will be changed soon.
    @inline(__always)
    func prefetch(_ index: Int) {
        guard index < count else { return }
        prefetch_line(bases[index >> Self.chunkLog2] + (index & (Self.chunkCount - 1)))
    }
}
