import EventModel
import Materializer
import SegmentTesting
import Testing

/// Rows of an import in order of time, stable, in memory and by runs on disk.
@Suite struct RowSorterTests {
    @Test(arguments: [1 << 20, 4_000, 300, 1])
    func sortsStably(memoryBytesMax: Int) throws {
        let folder = try TemporaryDirectory()
        let sorter = RowSorter(folder: folder.path, memoryBytesMax: memoryBytesMax)
        var random = SeededGenerator(seed: 3)
        var rows: [RowSorter.Row] = []
        for line in 1...500 as ClosedRange<UInt32> {
            let row = RowSorter.Row(
                at: Int64.random(in: -5...20, using: &random),
                file: line / 300,
                line: line,
                bytes: Array("row \(line)".utf8.prefix(Int(line % 9)))
            )
            rows.append(row)
            try sorter.add(row)
        }
        var found: [RowSorter.Row] = []
        try sorter.forEach { found.append($0) }
        let expected = rows.enumerated().sorted {
            ($0.element.at, $0.offset) < ($1.element.at, $1.offset)
        }.map(\.element)
        #expect(found.map(\.line) == expected.map(\.line))
        #expect(found.map(\.at) == expected.map(\.at))
        #expect(found.map(\.file) == expected.map(\.file))
        #expect(found.map(\.bytes) == expected.map(\.bytes))
        #expect(sorter.count == 500)
        #expect(sorter.bounds == -5...20)
    }

    @Test func nothingIsNothing() throws {
        let folder = try TemporaryDirectory()
        let sorter = RowSorter(folder: folder.path)
        try sorter.forEach { _ in Issue.record("a row") }
        #expect(sorter.bounds == nil)
    }
}
