import Foundation
import SegmentTesting

/// A program of the system that a test needs, and may not have.
enum Tool {
    /// Where it lies; nil where it is not installed.
    static func path(_ name: String) -> String? {
        ["/usr/bin", "/usr/sbin", "/bin", "/sbin"].map { "\($0)/\(name)" }.first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
    }

    /// Runs it to its end; whether it went well.
    @discardableResult
    static func run(_ name: String, _ arguments: String...) -> Bool {
        guard let path = path(name) else { return false }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}

/// A small file system of a test's own, unmounted with everything in it when the object goes.
final class SmallDisk: Sendable {
    /// What the file system is.
    enum Kind: String, CaseIterable {
        case ext4
        case tmpfs
    }

    let path: String
    private let image: String

    /// Makes it.
    ///
    /// - Returns: nil where that needs more than this machine gives; says why.
    init?(_ kind: Kind, mebibytes: Int, _ folder: String) throws {
        path = folder + "/disk"
        image = folder + "/disk.image"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let isMounted: Bool
        switch kind {
        case .tmpfs:
            isMounted = Tool.run("mount", "-t", "tmpfs", "-o", "size=\(mebibytes)m", "tmpfs", path)
        case .ext4:
            isMounted =
                Tool.run("truncate", "-s", "\(mebibytes)M", image)
                && Tool.run("mkfs.ext4", "-q", "-F", image)
                && mountImage()
        }
        guard isMounted else {
            print(
                "full disk, \(kind.rawValue): SKIPPED, since it cannot be mounted (root is needed)"
            )
            return nil
        }
    }

    deinit { Tool.run("umount", "-l", path) }

    private func mountImage() -> Bool {
        Tool.run("mount", "-o", "loop,errors=remount-ro", image, path)
    }

    /// Fails as ext4 does when its disk does: what is being written is refused, in the midst of everything,
    /// and the file system is read-only from here.
    func abort() -> Bool { Tool.run("mount", "-o", "remount,abort", path) }

    /// Mounts it again, after nobody has it open.
    func mountAgain() -> Bool { Tool.run("umount", path) && mountImage() }

    /// Forbids or allows writing.
    func remount(readOnly: Bool) -> Bool {
        Tool.run("mount", "-o", readOnly ? "remount,ro" : "remount,rw", path)
    }
}
