import EventModel
import EventStore
import Foundation
import SegmentTesting
import Testing

/// A checkpoint that takes the place of another: large ones, whose room is given back piece by piece.
@Suite struct CheckpointFileTests {
    private static let wordsEach = 1 << 17
    private static let blocks = 20

    private func write(_ folder: String, _ value: UInt64, isAlone: Bool = false) throws {
        let header = CheckpointHeader(
            logID: "00000000000000ff",
            layoutHash: value,
            mark: AppliedMark(sequence: SequenceNumber(1), instant: Instant(milliseconds: 1))
        )
        let writer = try CheckpointWriter(folder: folder, header)
        let words = [UInt64](repeating: value, count: Self.wordsEach)
        for _ in 0..<Self.blocks { try writer.append(kind: 7, words) }
        try writer.finish(isAlone: isAlone)
    }

    private func expect(_ reader: CheckpointReader, _ value: UInt64) throws {
        var count = 0
        try unsafe reader.blocks(where: { _ in true }) { kind, words in
            let isWhole = unsafe words.allSatisfy { $0 == value }
            if kind == 7, isWhole { count += 1 }
        }
        #expect(count == Self.blocks)
        #expect(reader.header.layoutHash == value)
    }

    private func names(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    @Test func theFormerOneIsGoneAfterwards() throws {
        let folder = try TemporaryDirectory()
        for value in 1...3 as ClosedRange<UInt64> {
            try write(folder.path, value, isAlone: value == 3)
            #expect(try names(folder.path) == ["checkpoint"])
            try expect(try #require(try CheckpointReader(folder: folder.path)), value)
        }
    }

    @Test func whoReadsTheFormerOneReadsItToItsEnd() throws {
        let folder = try TemporaryDirectory()
        try write(folder.path, 1)
        let reader = try #require(try CheckpointReader(folder: folder.path))
        try write(folder.path, 2)
        try expect(reader, 1)
        try expect(try #require(try CheckpointReader(folder: folder.path)), 2)
    }

    @Test func aSecondNameKeepsWhatItHad() throws {
        let folder = try TemporaryDirectory()
        let copy = try TemporaryDirectory()
        try write(folder.path, 1)
        try FileManager.default.linkItem(
            atPath: folder.path + "/checkpoint",
            toPath: copy.path + "/checkpoint"
        )
        try write(folder.path, 2)
        #expect(try names(folder.path) == ["checkpoint"])
        try expect(try #require(try CheckpointReader(folder: copy.path)), 1)
    }
}
