import EventModel
import Foundation
import Materializer
import SegmentTesting
import Testing

/// Erasure of one person: what ends, what may come again, and that nothing of it is on disk once scrubbed.
@Suite struct ErasureTests {
    static let rules = """
        event order
        segment buyers when order in last 30 days
        segment quiet when no order in last 30 days
        """

    private static func track(
        _ user: String,
        _ secret: String,
        messageID: String = ""
    ) -> EntryDraft {
        var entry = TestEntry(receivedAt: .distantPast, kind: .track)
        entry.user = user
        entry.anonymous = "device-of-\(user)"
        entry.others = [.email("  \(user)@Example.COM ")]
        entry.event = "order"
        entry.members = ["note": .text(secret), "list": .list([.text(secret + "2")])]
        entry.messageID = messageID
        return entry.draft
    }

    private static func send(_ partition: Partition, _ drafts: EntryDraft...) async throws {
        for draft in drafts { _ = try await partition.submit([draft], wait: .fully) }
    }

    private static func erase(
        _ partition: Partition,
        _ person: String,
        suppresses: Bool = false
    ) async throws -> Erasure {
        try #require(
            try await partition.erase(PersonReference(person), suppresses: suppresses)
        )
    }

    private static func lines(_ partition: Partition) throws -> [String] {
        try partition.transitions(after: nil, limit: 1_000).map { described in
            let one = described.transition
            let who = described.identifiers.map(\.text).joined(separator: ",")
            return
                "#\(one.person) \(one.direction.name) \(one.segment) \(one.cause.name) [\(who)]"
        }
    }

    @Test func membershipsEndAndIdentifiersMeanNobody() async throws {
        let bench = try PartitionFolder()
        let partition = try bench.open(Self.rules)
        try await Self.send(partition, Self.track("ann", "secret"), Self.track("bob", "other"))
        let receipt = try await Self.erase(partition, "email: ANN@example.com")
        #expect(receipt.person == PersonID(2))
        #expect(receipt.sequence == SequenceNumber(4))
        #expect(receipt.scrubbedAt == nil)
        let last = try #require(try Self.lines(partition).last)
        #expect(last == "#2 exited buyers erased []")
        #expect(try await partition.person(PersonReference("ann"), before: nil, limit: 1) == nil)
        #expect(try await partition.status().people == 1)
        // The same names are somebody new.
        try await Self.send(partition, Self.track("ann", "again"))
        let again = try #require(
            try await partition.person(PersonReference("ann"), before: nil, limit: 10)
        )
        #expect(again.person == PersonID(5))
        #expect(again.activity.count == 1)
        await #expect(throws: PartitionError.self) {
            try await partition.erase(PersonReference("#2"), suppresses: false)
        }
        await partition.stop()
    }

    @Test func nothingOfItIsOnDiskOnceScrubbed() async throws {
        let bench = try PartitionFolder()
        let texts = ["secret", "ann@example", "device-of-ann", "ann"]
        let before = try await Self.live(bench) { partition in
            for number in 0..<20 {
                try await Self.send(
                    partition,
                    Self.track("ann", "secret-\(number)", messageID: number == 3 ? "id-1" : ""),
                    Self.track("bob", "kept-\(number)")
                )
            }
            try await Self.send(partition, Self.track("bob", "kept", messageID: "id-1"))
            #expect(files(in: bench.folder.path, holding: texts).count >= texts.count)
            let before = try Self.lines(partition).filter { $0.hasPrefix("#3 ") }
            let receipt = try await Self.erase(partition, "ann")
            let done = try await partition.scrub()
            #expect(done.map(\.sequence) == [receipt.sequence])
            #expect(done.first?.scrubbedAt != nil)
            #expect(files(in: bench.folder.path, holding: texts) == [])
            let after = try Self.lines(partition)
            #expect(after.filter { $0.hasPrefix("#3 ") } == before)
            #expect(after.filter { $0.hasPrefix("#2 ") } == ["#2 exited buyers erased []"])
            let logged = try await partition.entries(LogQuestion(limit: 100)).entries
            #expect(logged.count { $0.draft.isErased } == 20)
            // What repeats an entry that is gone repeats it still; what comes now, nothing.
            let duplicates = try await partition.status().duplicates
            #expect(duplicates == 1)
            try await Self.send(partition, Self.track("bob", "new", messageID: "id-1"))
            let later = try await partition.status().duplicates
            #expect(later == 1)
            return before
        }
        for removesState in [false, true] {
            if removesState {
                try FileManager.default.removeItem(atPath: bench.folder.path + "/state")
            }
            try await Self.live(bench) { partition in
                let duplicates = try await partition.status().duplicates
                #expect(duplicates == 1)
                #expect(try Self.lines(partition).filter { $0.hasPrefix("#3 ") } == before)
            }
        }
    }

    /// A partition, open for the time of the call only.
    private static func live<Answer>(
        _ bench: PartitionFolder,
        _ body: (Partition) async throws -> Answer
    ) async throws -> Answer {
        let partition = try bench.open(rules) { $0.checkpointEntries = 5 }
        let answer = try await body(partition)
        await partition.stop()
        return answer
    }

    @Test func suppressedOnesAreKnownByTheirHash() async throws {
        let bench = try PartitionFolder()
        try await Self.live(bench) { partition in
            try await Self.send(partition, Self.track("ann", "secret"), Self.track("bob", "other"))
            _ = try await Self.erase(partition, "ann", suppresses: true)
            // Before it is scrubbed the text is there, and so is what comes.
            try await Self.send(partition, Self.track("ann", "secret-late"))
            let suppressed = try await partition.status().suppressed
            #expect(suppressed == 1)
            _ = try await partition.scrub()
            try await Self.send(partition, Self.track("ann", "secret-after"))
        }
        try await Self.live(bench) { partition in
            try await Self.send(partition, Self.track("ann", "secret-again"))
            let suppressed = try await partition.status().suppressed
            #expect(suppressed == 3)
        }
        #expect(files(in: bench.folder.path, holding: ["secret", "ann"]) == [])
        var off = TestEntry(receivedAt: .distantPast, kind: .suppress)
        off.others = [.user("ann"), .email("ann@example.com"), .anonymous("device-of-ann")]
        try await Self.live(bench) { partition in
            try await Self.send(partition, off.draft, Self.track("ann", "welcome"))
            let suppressed = try await partition.status().suppressed
            #expect(suppressed == 3)
        }
        try await Self.live(bench) { partition in
            let person = try await partition.person(PersonReference("ann"), before: nil, limit: 10)
            #expect(person?.identifiers.count == 3)
            let suppressed = try await partition.status().suppressed
            #expect(suppressed == 3)
        }
    }

    /// The name became another's between the question and the entry.
    @Test func onlyWhoIsMeantIsErased() async throws {
        let bench = try PartitionFolder()
        let partition = try bench.open(Self.rules)
        var first = TestEntry(receivedAt: .distantPast, kind: .track)
        (first.user, first.anonymous, first.event) = ("ann", "tablet", "order")
        var second = first
        second.user = "bob"
        try await Self.send(partition, first.draft, second.draft)
        var late = TestEntry(receivedAt: .distantPast, kind: .erase).draft
        late.identifiers = [.anonymous("tablet")]
        late.repeated = SequenceNumber(2)
        let receipt = try await partition.submit([late], wait: .fully).receipts.first
        #expect(receipt?.isErased == false)
        late.repeated = SequenceNumber(3)
        let hit = try await partition.submit([late], wait: .fully).receipts.first
        #expect(hit?.isErased == true)
        #expect(try Self.lines(partition).last == "#3 exited buyers erased []")
        #expect(try partition.erasures().map(\.person) == [PersonID(2), PersonID(3)])
        #expect(try await partition.scrub().map(\.person) == [PersonID(3)])
        #expect(try partition.erasures().map(\.person) == [PersonID(3)])
        await partition.stop()
    }

    /// What repeats an entry that is gone counts for nothing in an explanation either.
    @Test func explanationsStayWhatTheyWere() async throws {
        let bench = try PartitionFolder()
        let partition = try bench.open(Self.rules)
        try await Self.send(
            partition,
            Self.track("dan", "x", messageID: "k"),
            Self.track("carl", "y", messageID: "k")
        )
        func isMember() async throws -> Bool? {
            bench.clock.advance(by: .seconds(1))
            return try await partition.explain(PersonReference("carl"), in: "buyers")?.isMember
        }
        #expect(try await isMember() == false)
        _ = try await Self.erase(partition, "dan")
        #expect(try await isMember() == false)
        _ = try await partition.scrub()
        #expect(try await isMember() == false)
        await partition.stop()
    }

    @Test func whoComesAgainBeforeTheScrubbingStays() async throws {
        let bench = try PartitionFolder()
        let partition = try bench.open(Self.rules)
        try await Self.send(partition, Self.track("ann", "secret"))
        _ = try await Self.erase(partition, "ann")
        try await Self.send(partition, Self.track("ann", "welcome"))
        _ = try await partition.scrub()
        #expect(files(in: bench.folder.path, holding: ["secret"]).isEmpty)
        let again = try #require(
            try await partition.person(
                PersonReference("email:ann@example.com"),
                before: nil,
                limit: 10
            )
        )
        #expect(again.activity.count == 1)
        #expect(again.identifiers.map(\.identifier.text).sorted().first == "ann")
        #expect(try await partition.scrub().isEmpty)
        await partition.stop()
    }

    @Test func entriesGoOnWhileTheLogIsScrubbed() async throws {
        let bench = try PartitionFolder()
        try await Self.live(bench) { partition in
            for number in 0..<30 {
                try await Self.send(partition, Self.track("u\(number)", "secret"))
            }
            let sender = Task {
                var sent = 0
                while !Task.isCancelled {
                    try await Self.send(partition, Self.track("v\(sent)", "kept"))
                    sent += 1
                }
                return sent
            }
            for number in 0..<30 {
                _ = try await Self.erase(partition, "u\(number)")
                if number.isMultiple(of: 5) { _ = try await partition.scrub() }
            }
            _ = try await partition.scrub()
            sender.cancel()
            let sent = try await sender.value
            #expect(files(in: bench.folder.path, holding: ["secret"]) == [])
            let people = try await partition.status().people
            #expect(people == sent)
            #expect(try partition.erasures().allSatisfy { $0.scrubbedAt != nil })
        }
        let verified = try Partition.verify(dataDirectory: bench.folder.path) { _, _ in }
        #expect(verified.difference == nil)
    }
}
