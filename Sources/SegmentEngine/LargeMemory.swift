internal import CMemory

/// Memory for people by the million: in large pages where the system has some, since a miss of the processor's page
/// tables costs as much as one of its cache.
enum LargeMemory {
    private static let pageBytes = 2 << 20

    /// Memory that `deallocate` gives back; in large pages from four megabytes on, so that small engines stay small.
    static func allocate(bytes: Int, alignment: Int = 16) -> UnsafeMutableRawPointer {
        guard bytes >= 2 * pageBytes else {
            return .allocate(byteCount: bytes, alignment: alignment)
        }
        let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: pageBytes)
        prefer_large_pages(memory, bytes)
        return memory
    }
}
