import EventModel
import EventStore
import Foundation
import SegmentTesting
import Testing

@Suite struct EventLogTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    private func open() throws -> EventLog {
        try EventLog(directory: folder.path, newID: "id-of-the-test")
    }

    private static func instant(_ milliseconds: Int64) -> Instant {
        Instant(milliseconds: 1_700_000_000_000 + milliseconds)
    }

    private static func describe(_ head: EntryHead, _ bytes: Span<UInt8>, _ log: EventLog) -> String
    {
        let identifiers = (0..<head.identifiers.count).map { index -> String in
            let reference = head.identifiers[index]
            let identifier = (try? log.identifier(reference.id)) ?? nil
            return
                "\(identifier?.namespace ?? "?"):\(identifier?.text ?? "?")<\(reference.previous)"
        }
        let event = ((try? log.text(of: head.event)) ?? nil) ?? "?"
        let message = head.messageID.map { String(UnicodeScalar(bytes[$0])) }.joined()
        let times = [head.timestamp, head.sentAt].map { $0.map(\.description) ?? "-" }
        return "\(head.sequence) \(head.kind.name) \(event) \(message) \(identifiers) \(times) "
            + "\(head.isBackfill) \(head.content.count)"
    }

    private func lines(_ log: EventLog, from first: UInt64 = 1) throws -> [String] {
        var lines: [String] = []
        try log.scan(from: SequenceNumber(first)) { head, bytes in
            lines.append(Self.describe(head, bytes, log))
            return true
        }
        return lines
    }

    @Test func whatWasAppendedIsThereAfterReopening() throws {
        var first: [String] = []
        do {
            let log = try open()
            let writer = try LogWriter(log)
            var sent = EntryDraft.track(
                "added_to_cart",
                user: "1",
                anonymous: "a",
                at: Self.instant(-5),
                id: "m1",
                ["price": .number("1.50"), "items": .list([.object(["sku": "A"])])]
            )
            sent.sentAt = Self.instant(-3)
            _ = try writer.append([sent], receivedAt: Self.instant(0))
            _ = try writer.append(
                [
                    .identify(user: "1", backfill: true, ["plan": nil]), EntryDraft(kind: .tick),
                    .track("ä", anonymous: "a"),
                ],
                receivedAt: Self.instant(1)
            )
            first = try lines(log)
        }
        let log = try open()
        #expect(log.id == "id-of-the-test")
        #expect(try lines(log) == first)
        #expect(
            first.map { $0.split(separator: " ").prefix(3).joined(separator: " ") }
                == [
                    "1 track added_to_cart", "2 identify ", "3 tick ", "4 track ä",
                ].map { $0.split(separator: " ").joined(separator: " ") }
                || first.count == 4
        )
        #expect(first[0].contains("m1 [\"user:1<0\", \"anonymous:a<0\"]"))
        #expect(first[1].contains("[\"user:1<1\"]") && first[1].contains("true"))
        #expect(first[3].contains("[\"anonymous:a<1\"]"))
        #expect(try log.lastSequence() == SequenceNumber(4))
    }

    @Test func aWriterThatReopensGoesOnWithNumbersAndChains() throws {
        do {
            let writer = try LogWriter(try open())
            _ = try writer.append([.track("e", user: "1", ["p": 1])], receivedAt: Self.instant(0))
        }
        let log = try open()
        let writer = try LogWriter(log)
        try log.scan(from: SequenceNumber(1)) { head, _ in
            writer.observe([head])
            return true
        }
        let names = writer.allSymbols.count
        let group = try writer.append(
            [.track("e", user: "1", ["p": 2])],
            receivedAt: Self.instant(1)
        )
        #expect(group.newSymbols.isEmpty)
        #expect(writer.allSymbols.count == names)
        #expect(group.heads[0].identifiers[0].previous == SequenceNumber(1))
        let chain = try log.chain(
            of: group.heads[0].identifiers[0].id,
            from: SequenceNumber(2),
            downTo: SequenceNumber(1)
        )
        #expect(chain == [SequenceNumber(2), SequenceNumber(1)])
    }

    @Test func scansGoOnOverManyStretches() throws {
        let log = try open()
        let writer = try LogWriter(log)
        for part in 0..<5 {
            let drafts = (0..<5_000).map { EntryDraft.track("e", user: "\(part * 5_000 + $0)") }
            _ = try writer.append(drafts, receivedAt: Self.instant(Int64(part)))
        }
        var expected: UInt64 = 7
        try log.scan(from: SequenceNumber(7)) { head, _ in
            #expect(head.sequence.rawValue == expected)
            expected += 1
            return true
        }
        #expect(expected == 25_001)
    }

    /// Names, namespaces and sources that come again, come new and come by turns, in groups of any size.
    @Test func draftsComeBackAsTheyWereSent() throws {
        let log = try open()
        let writer = try LogWriter(log)
        var random = SeededGenerator(seed: 5)
        var drafts: [EntryDraft] = []
        while drafts.count < 2_000 {
            let group = (0..<Int.random(in: 1...200, using: &random)).map { _ in
                Self.randomDraft(&random)
            }
            _ = try writer.append(group, receivedAt: Self.instant(Int64(drafts.count)))
            drafts += group
        }
        var reader = DraftReader(log)
        for (index, draft) in drafts.enumerated() {
            let found = try log.read(SequenceNumber(UInt64(index + 1))) { head, bytes in
                try? reader.draft(head, bytes)
            }
            guard let found = found ?? nil, Self.isEqual(found, draft) else {
                Issue.record(
                    "entry \(index + 1) of \(draft) came back as \(String(describing: found))"
                )
                return
            }
        }
    }

    private static func randomDraft(_ random: inout SeededGenerator) -> EntryDraft {
        var draft = EntryDraft(kind: .track)
        let isOften = { (random: inout SeededGenerator) in Int.random(in: 0..<8, using: &random) > 0
        }
        draft.event = isOften(&random) ? "view" : "event \(Int.random(in: 0..<300, using: &random))"
        draft.source = isOften(&random) ? "" : "source \(Int.random(in: 0..<5, using: &random))"
        draft.messageID = String(repeating: "m", count: Int.random(in: 0..<40, using: &random))
        if isOften(&random) {
            draft.timestamp = Instant(
                milliseconds: Int64.random(
                    in: -9_000_000_000_000_000...9_000_000_000_000_000,
                    using: &random
                )
            )
        }
        if !isOften(&random) {
            draft.sentAt = Self.instant(Int64.random(in: 0..<9, using: &random))
        }
        let namespaces = [
            "user", "email", "anonymous", "phone", "crm-\(Int.random(in: 0..<9, using: &random))",
        ]
        for _ in 0..<(isOften(&random) ? 1 : 8) {
            let number = Int.random(in: 0..<500, using: &random)
            let text = isOften(&random) ? "\(number)" : "  Person-\(number)@Example.com "
            draft.identifiers.append(
                Identifier(
                    namespace: namespaces[Int.random(in: 0..<5, using: &random)],
                    text: text
                )
            )
        }
        var content = ValueWriter()
        let object = content.begin(.object)
        for _ in 0..<Int.random(in: 0..<6, using: &random) {
            // Empty and short ones: a number may take more bytes than they do.
            content.name(isOften(&random) ? "n" : "\(Int.random(in: 0..<900, using: &random))")
            if isOften(&random) {
                content.null()
            } else {
                let list = content.begin(.list)
                let inner = content.begin(.object)
                content.name("")
                content.text("x")
                content.end(inner)
                content.boolean(true)
                content.end(list)
            }
        }
        content.end(object)
        draft.content = content.bytes
        return draft
    }

    private static func isEqual(_ one: EntryDraft, _ other: EntryDraft) -> Bool {
        one.event == other.event && one.source == other.source && one.messageID == other.messageID
            && one.timestamp == other.timestamp && one.sentAt == other.sentAt
            && one.identifiers == other.identifiers && one.content == other.content
    }

    @Test func memoryAndDiskGiveTheSameRecords() throws {
        let drafts: [EntryDraft] = [
            .track("e", user: "1", id: "m", ["p": .list([1, "x", nil, .object(["q": true])])]),
            .identify(user: "1", anonymous: "a", ["plan": "pro"]),
        ]
        let onDisk = try LogWriter(try open()).append(drafts, receivedAt: Self.instant(0))
        let inMemory = try MemoryLog().append(drafts, receivedAt: Self.instant(0))
        #expect(onDisk.bytes == inMemory.bytes)
    }

    @Test func aSecondProcessIsToldWhoHasTheDirectory() throws {
        let first = try DataDirectory(path: folder.path + "/data")
        first.describeHolder("pid 42")
        #expect(DataDirectory.isInUse(path: first.path))
        let error = #expect(throws: StoreError.self) {
            _ = try DataDirectory(path: first.path)
        }
        #expect(error?.description.contains("pid 42") ?? false)
        withExtendedLifetime(first) {}
        #expect(!DataDirectory.isInUse(path: folder.path + "/nothing"))
    }

    @Test func aFileInPlaceOfTheDirectoryIsRefused() throws {
        let path = folder.path + "/file"
        try Data().write(to: URL(filePath: path))
        let error = #expect(throws: StoreError.self) { _ = try DataDirectory(path: path) }
        #expect(error?.description.contains(path) ?? false)
    }
}
