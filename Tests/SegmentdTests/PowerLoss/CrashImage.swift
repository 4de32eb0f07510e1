import Foundation
import SegmentTesting

/// What a disk may hold when the power goes at some point of a trace.
///
/// The model: what was written before a sync of its file began is there once the sync has ended. Of
/// anything later each sector of 512 bytes may be there or not, in any order. A name (made, renamed,
/// removed) is as it should be once its folder was synced after that; before, the change may be there or not,
/// and with a change all earlier ones of that folder, since file systems keep their journal in order.
struct CrashImage {
    private static let sectorBytes = 512

    private struct Write {
        var offset: Int
        var bytes: Range<Int>
        /// The file's length, where this is no write but a truncation.
        var length: Int?
    }

    /// A file's content, whatever it is called.
    private final class Content {
        var durable: [UInt8] = []
        var pending: [Write] = []
        /// How many pending writes each sync under way covers.
        var syncing: [Int] = []
    }

    private enum Change {
        case add(name: String, Content)
        case remove(name: String)
        case move(from: String, to: String)
    }

    private final class Folder {
        var durable: [String: Content] = [:]
        var pending: [Change] = []
        var syncing: [Int] = []
        var now: [String: Content] = [:]
    }

    private var folders: [String: Folder] = [:]
    private let trace: WriteTrace
    private let root: String
    private var done = 0

    init(_ trace: WriteTrace, root: String) {
        self.trace = trace
        self.root = root
    }

    /// Brings the disk up to an event; never back.
    mutating func advance(to index: Int) {
        while done < index {
            apply(trace.events[done].event)
            done += 1
        }
    }

    private static func split(_ path: String) -> (folder: String, name: String) {
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        return (String(path[..<slash]), String(path[path.index(after: slash)...]))
    }

    private mutating func folder(_ path: String) -> Folder {
        if let found = folders[path] { return found }
        let made = Folder()
        folders[path] = made
        return made
    }

    private mutating func content(_ path: String) -> Content? {
        let (folder, name) = CrashImage.split(path)
        return self.folder(folder).now[name]
    }

    private mutating func apply(_ event: WriteTrace.Event) {
        switch event {
        case .open(let path, let truncates):
            guard folders[path] == nil else { return }
            let (parent, name) = CrashImage.split(path)
            let folder = folder(parent)
            if let known = folder.now[name] {
                if truncates { known.pending.append(Write(offset: 0, bytes: 0..<0, length: 0)) }
            } else {
                let fresh = Content()
                folder.now[name] = fresh
                folder.pending.append(.add(name: name, fresh))
            }
        case .write(let path, let offset, let bytes):
            content(path)?.pending.append(Write(offset: offset, bytes: bytes))
        case .truncate(let path, let length):
            content(path)?.pending.append(Write(offset: 0, bytes: 0..<0, length: length))
        case .syncBegin(let path):
            if let folder = folders[path] {
                folder.syncing.append(folder.pending.count)
            } else if let content = content(path) {
                content.syncing.append(content.pending.count)
            }
        case .syncEnd(let path):
            if let folder = folders[path] {
                let count = folder.syncing.removeFirst()
                for change in folder.pending.prefix(count) {
                    CrashImage.carryOut(change, &folder.durable)
                }
                folder.pending.removeFirst(count)
                folder.syncing = folder.syncing.map { max(0, $0 - count) }
            } else if let content = content(path) {
                let count = content.syncing.removeFirst()
                for write in content.pending.prefix(count) {
                    carryOut(write, &content.durable) { _ in true }
                }
                content.pending.removeFirst(count)
                content.syncing = content.syncing.map { max(0, $0 - count) }
            }
        case .rename(let from, let to):
            let (parent, name) = CrashImage.split(from)
            let target = CrashImage.split(to).name
            let folder = folder(parent)
            folder.now[target] = folder.now.removeValue(forKey: name)
            folder.pending.append(.move(from: name, to: target))
        case .unlink(let path):
            let (parent, name) = CrashImage.split(path)
            let folder = folder(parent)
            folder.now[name] = nil
            folder.pending.append(.remove(name: name))
        case .makeFolder(let path): _ = folder(path)
        }
    }

    private static func carryOut(_ change: Change, _ names: inout [String: Content]) {
        switch change {
        case .add(let name, let content): names[name] = content
        case .remove(let name): names[name] = nil
        case .move(let from, let to):
            if let content = names.removeValue(forKey: from) { names[to] = content }
        }
    }

    private func carryOut(
        _ write: Write,
        _ bytes: inout [UInt8],
        _ isThere: (Int) -> Bool
    ) {
        if let length = write.length {
            if isThere(0) {
                bytes.removeLast(max(0, bytes.count - length))
                bytes += [UInt8](repeating: 0, count: length - bytes.count)
            }
            return
        }
        var start = 0
        while start < write.bytes.count {
            let place = write.offset + start
            let sector = place / CrashImage.sectorBytes
            let end = min(
                write.bytes.count,
                (sector + 1) * CrashImage.sectorBytes - write.offset
            )
            if isThere(sector) {
                let missing = write.offset + end - bytes.count
                if missing > 0 { bytes += [UInt8](repeating: 0, count: missing) }
                let source = write.bytes.lowerBound
                bytes.replaceSubrange(
                    place..<write.offset + end,
                    with: trace.data[(source + start)..<(source + end)]
                )
            }
            start = end
        }
    }

    /// Writes one of the states in which the disk may be into a folder.
    func write(to target: String, _ random: inout SeededGenerator) throws {
        for (path, folder) in folders {
            let place = target + path.dropFirst(root.count)
            try FileManager.default.createDirectory(
                atPath: place,
                withIntermediateDirectories: true
            )
            var names = folder.durable
            let kept =
                folder.pending.isEmpty
                ? 0
                : Int.random(
                    in: 0...folder.pending.count,
                    using: &random
                )
            for change in folder.pending.prefix(kept) { CrashImage.carryOut(change, &names) }
            for (name, content) in names {
                var bytes = content.durable
                // All, none or some of what is not synced: the rare ends are drawn more often.
                let share = [0, 0, 20, 50, 80, 100, 100].randomElement(using: &random) ?? 50
                for write in content.pending {
                    carryOut(write, &bytes) { _ in
                        Int.random(in: 0..<100, using: &random) < share
                    }
                }
                try Data(bytes).write(to: URL(fileURLWithPath: "\(place)/\(name)"))
            }
        }
    }
}
