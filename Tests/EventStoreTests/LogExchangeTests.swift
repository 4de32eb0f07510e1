import EventModel
import EventStore
import Foundation
import SegmentTesting
import Testing

/// A process that dies while a scrubbed log takes the place of the log.
@Suite struct LogExchangeTests {
    private static func entryCount(_ path: String) throws -> UInt64 {
        let directory = try DataDirectory(path: path)
        let log = try EventLog(directory: directory.log, newID: "made by a test")
        return try log.lastSequence().rawValue
    }

    private static func make(_ path: String, entries: Int) throws {
        let directory = try DataDirectory(path: path)
        let log = try EventLog(directory: directory.log, newID: "made by a test")
        let writer = try LogWriter(log)
        for number in 0..<entries {
            _ = try writer.append(
                [EntryDraft(kind: .tick)],
                receivedAt: Instant(milliseconds: Int64(number))
            )
        }
    }

    /// Which folders a process leaves, by what they hold, and which log counts then.
    @Test(arguments: [
        (["log": 2], 2), (["log": 2, "log.next": 3], 2), (["log.former": 2, "log.next": 3], 3),
        (["log": 3, "log.former": 2], 3), (["log.former": 2], 2),
    ])
    func theOldOrTheNewLogCounts(folders: [String: Int], expected: Int) throws {
        let folder = try TemporaryDirectory()
        let files = FileManager.default
        let data = folder.path + "/data"
        try Self.make(data, entries: 0)
        try files.removeItem(atPath: data + "/log")
        for (name, entries) in folders {
            let other = folder.path + "/" + name
            try Self.make(other, entries: entries)
            try files.moveItem(atPath: other + "/log", toPath: data + "/" + name)
        }
        #expect(try Self.entryCount(data) == UInt64(expected))
        let left = try files.contentsOfDirectory(atPath: data).filter { $0.hasPrefix("log.") }
        #expect(left == [])
    }
}
