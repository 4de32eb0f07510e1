internal import Foundation

/// A folder of its own for one test, removed with everything in it when the object goes.
public final class TemporaryDirectory: Sendable {
    /// Where it lies.
    public let path: String

    /// Makes a new empty folder.
    ///
    /// - Throws: What the file system says.
    public init() throws {
        let url = FileManager.default.temporaryDirectory
            .appendingPathComponent("segmentd-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
