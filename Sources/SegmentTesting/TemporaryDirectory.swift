internal import Glibc

/// A folder of its own for one test, removed with everything in it when the object goes.
public final class TemporaryDirectory: Sendable {
    /// Where it lies.
    public let path: String

    /// Makes a new empty folder.
    public init() {
        var template = Array("/tmp/segmentd-test-XXXXXX".utf8CString)
        let made = unsafe template.withUnsafeMutableBufferPointer { buffer in
            unsafe mkdtemp(buffer.baseAddress) != nil
        }
        precondition(made, "cannot make a folder under /tmp")
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        unsafe nftw(path, { file, _, _, _ in unsafe remove(file) }, 16, FTW_DEPTH | FTW_PHYS)
    }
}
