import EventModel
import EventStore
import Foundation
import SegmentTesting
import Testing

/// Entries that were sealed are read as if they were still in the table.
@Suite struct SealedLogTests {
    private static func entry(_ number: Int) -> TestEntry {
        var entry = TestEntry(
            receivedAt: Instant(milliseconds: Int64(number) * 1_000),
            kind: number.isMultiple(of: 50) ? .rules : number.isMultiple(of: 77) ? .erase : .track
        )
        entry.user = "u\(number % 7)"
        entry.event = "view"
        entry.members = ["text": .text(String(repeating: "ab\(number) ", count: number % 40))]
        return entry
    }

    private struct Seen: Equatable {
        var sequence: UInt64
        var receivedAt: Instant
        var bytes: [UInt8]
    }

    private static func seen(_ head: EntryHead, _ bytes: Span<UInt8>) -> Seen {
        Seen(
            sequence: head.sequence.rawValue,
            receivedAt: head.receivedAt,
            bytes: (0..<bytes.count).map { bytes[$0] }
        )
    }

    private static func scan(_ log: EventLog, from first: UInt64 = 1) throws -> [Seen] {
        var found: [Seen] = []
        try log.scan(from: SequenceNumber(first)) { head, bytes in
            found.append(seen(head, bytes))
            return true
        }
        return found
    }

    private struct Bench {
        let directory: DataDirectory
        let log: EventLog
        let writer: LogWriter

        init(_ path: String) throws {
            directory = try DataDirectory(path: path)
            log = try EventLog(directory: directory.log, newID: "made by a test")
            writer = try LogWriter(log)
        }

        func append(_ range: Range<Int>) throws {
            for number in range {
                let entry = SealedLogTests.entry(number)
                _ = try writer.append([entry.draft], receivedAt: entry.receivedAt)
            }
        }

        /// Seals up to an entry.
        func seal(through last: UInt64, keeps: Bool = true) throws {
            let copy = try LogCopy(
                log,
                in: directory,
                mapSizeBytes: 1 << 30,
                sealing: SequenceNumber(last),
                keepsSealed: keeps
            )
            var block = AppendedGroup()
            var next = copy.copiedThrough.next
            let end = try log.lastSequence()
            while next <= end {
                let through = SequenceNumber(min(end.rawValue, next.rawValue + 99))
                try log.read(from: next, through: through, into: &block)
                try copy.append(block)
                next = through.next
            }
            try copy.copyNames { _ in nil }
            try copy.note([], at: Instant(milliseconds: 0))
            try copy.takePlace(of: writer, forgets: false)
            copy.removeFormer()
        }
    }

    @Test func sealedEntriesAreReadLikeOthers() throws {
        let folder = try TemporaryDirectory()
        do {
            let bench = try Bench(folder.path)
            try bench.append(1..<901)
            let before = try Self.scan(bench.log)
            let (rules, erasures) = (try bench.log.rulesSequences(), try bench.log.erasures())
            let size = bench.log.size.bytes
            for (through, keeps) in [(300, true), (650, true), (650, false), (899, true)] {
                try bench.seal(through: UInt64(through), keeps: keeps)
                #expect(bench.log.sealedThrough.rawValue == UInt64(through))
                #expect(try Self.scan(bench.log) == before)
                for first in [1, 2, 299, 300, 301, 650, 651, 900, 901] {
                    #expect(
                        try Self.scan(bench.log, from: UInt64(first))
                            == Array(before.dropFirst(first - 1))
                    )
                }
                for sequence in [1, 150, 300, 301, 651, 899, 900] {
                    let found = try bench.log.read(SequenceNumber(UInt64(sequence)), Self.seen)
                    #expect(found == before[sequence - 1])
                }
                #expect(try bench.log.read(SequenceNumber(901), Self.seen) == nil)
                #expect(try bench.log.rulesSequences() == rules)
                #expect(try bench.log.erasures() == erasures)
                #expect(try bench.log.lastSequence().rawValue == 900)
            }
            #expect(bench.log.size.bytes < size)
            try bench.append(901..<911)
        }
        let again = try Bench(folder.path)
        #expect(try Self.scan(again.log).count == 910)
        #expect(try again.log.lastSequence().rawValue == 910)
    }

    @Test func aFlippedBitIsFound() throws {
        let folder = try TemporaryDirectory()
        do {
            let bench = try Bench(folder.path)
            try bench.append(1..<41)
            try bench.seal(through: 39)
        }
        let path = folder.path + "/log/sealed/1-39.seg"
        let whole = try #require(FileManager.default.contents(atPath: path))
        var random = SeededGenerator(seed: 1)
        for place in stride(from: 0, to: whole.count, by: max(1, whole.count / 400)) {
            var broken = whole
            broken[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
            try broken.write(to: URL(fileURLWithPath: path))
            #expect(throws: StoreError.self, "byte \(place)") {
                let directory = try DataDirectory(path: folder.path)
                let log = try EventLog(directory: directory.log, newID: "")
                _ = try Self.scan(log)
            }
        }
        for count in [0, 10, whole.count / 2, whole.count - 1] {
            try whole.prefix(count).write(to: URL(fileURLWithPath: path))
            #expect(throws: StoreError.self) {
                let directory = try DataDirectory(path: folder.path)
                _ = try EventLog(directory: directory.log, newID: "")
            }
        }
        try FileManager.default.removeItem(atPath: path)
        #expect(throws: StoreError.self) {
            let directory = try DataDirectory(path: folder.path)
            _ = try EventLog(directory: directory.log, newID: "")
        }
        try whole.write(to: URL(fileURLWithPath: path))
        let directory = try DataDirectory(path: folder.path)
        let log = try EventLog(directory: directory.log, newID: "")
        #expect(try Self.scan(log).count == 40)
    }
}
