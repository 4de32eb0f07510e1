import EventModel
import EventStore
import Foundation
import SegmentTesting
import Testing

/// One flipped bit in any record of a small log is found out.
@Suite struct FlippedBitTests {
    private static let names = ["added_to_cart", "price", "loyalty_card"]

    /// A log with all that a record can hold, and where its records lie in the file.
    private func fill(_ folder: String) throws -> [Range<Int>] {
        var records: [[UInt8]] = []
        do {
            let log = try EventLog(directory: folder, newID: "0123456789abcdef")
            let writer = try LogWriter(log)
            var sent = EntryDraft.track(
                "added_to_cart",
                user: "customer-1",
                anonymous: "device-1",
                at: Instant(milliseconds: 1_699_999_999_000),
                id: "message-1",
                ["price": .number("1.50")]
            )
            sent.sentAt = Instant(milliseconds: 1_699_999_999_500)
            var named = EntryDraft.identify(user: "customer-2", ["plan": "pro"])
            named.identifiers.append(
                Identifier(namespace: "loyalty_card", text: "card-number-1")
            )
            named.identifiers.append(Identifier(namespace: "email", text: "Ann@Example.com"))
            let drafts = [sent, named, EntryDraft(kind: .tick)]
            for draft in drafts {
                _ = try writer.append(
                    [draft],
                    receivedAt: Instant(
                        milliseconds: 1_700_000_000_000 + Int64(records.count)
                    )
                )
                records.append([])
            }
            records.removeAll()
            try log.scan(from: SequenceNumber(1)) { _, bytes in
                records.append((0..<bytes.count).map { bytes[$0] })
                return true
            }
            // Rows of the dictionaries: sum, version, then the text.
            for text in Self.names + ["customer-1", "card-number-1"] {
                records.append(Array(text.utf8))
            }
        }
        let file = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + "/data.mdb")))
        return records.flatMap { record in Self.places(of: record, in: file) }
    }

    /// Where the bytes stand, with the key of eight bytes before them.
    private static func places(of record: [UInt8], in file: [UInt8]) -> [Range<Int>] {
        var found: [Range<Int>] = []
        for start in 0..<file.count - record.count
        where file[start] == record[0] && file[start..<start + record.count] == record[...] {
            found.append(start..<start + record.count)
        }
        return found
    }

    /// Everything that the log holds, read as the daemon does.
    private func read(_ folder: String) throws {
        let log = try EventLog(directory: folder, newID: "")
        _ = try LogWriter(log)
        var count = 0
        try log.scan(from: SequenceNumber(1)) { _, _ in
            count += 1
            return true
        }
        #expect(count == 3)
    }

    @Test func anyFlippedBitOfARecordIsFound() throws {
        let original = try TemporaryDirectory()
        let places = try fill(original.path)
        // Records, their copies in pages that were freed included: at least one of each is in use.
        #expect(places.count >= 8)
        let damaged = try TemporaryDirectory()
        let bytes = [UInt8](
            try Data(contentsOf: URL(fileURLWithPath: original.path + "/data.mdb"))
        )
        try read(original.path)
        var flips = 0
        var unnoticed: [Int] = []
        for place in places {
            for offset in place {
                for bit in 0..<8 as Range<UInt8> {
                    var changed = bytes
                    changed[offset] ^= 1 << bit
                    try Data(changed).write(
                        to: URL(fileURLWithPath: damaged.path + "/data.mdb")
                    )
                    flips += 1
                    do throws(any Error) {
                        try read(damaged.path)
                        unnoticed.append(offset)
                    } catch let error as StoreError {
                        guard case .damaged(_, _, let what) = error else {
                            Issue.record("\(error)")
                            continue
                        }
                        #expect(!what.isEmpty)
                    }
                }
            }
        }
        print("flipped bits: \(flips), unnoticed in pages not in use: \(unnoticed.count)")
        // A record's copy in a page that LMDB no longer uses may say anything; all in use are checked.
        let inUse = try Self.inUse(places, bytes, unnoticed)
        #expect(inUse)
    }

    /// Whether of each record at least one copy was checked in all its bits.
    private static func inUse(
        _ places: [Range<Int>],
        _ bytes: [UInt8],
        _ unnoticed: [Int]
    ) throws -> Bool {
        let silent = Set(unnoticed)
        let groups = Dictionary(grouping: places) { Array(bytes[$0]) }
        return groups.values.allSatisfy { copies in
            copies.contains { place in place.allSatisfy { !silent.contains($0) } }
        }
    }
}
