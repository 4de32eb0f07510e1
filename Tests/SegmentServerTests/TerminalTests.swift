import SegmentServer
import Testing

struct TerminalTests {
    @Test func columnsAreAsWideAsTheirWidestCell() {
        var table = Table([Column("WHO"), Column("COUNT", isNumber: true), Column("NOTE")])
        #expect(
            table.lines([["u1", "7", "first"], ["anonymous:a", "1,204", ""]]) == [
                "WHO          COUNT  NOTE",
                "u1               7  first",
                "anonymous:a  1,204",
            ]
        )
    }

    @Test func laterPagesHaveNoTitlesAndKeepTheWidths() {
        var table = Table([Column("A", widthMin: 4), Column("B")])
        #expect(table.lines([]) == [])
        #expect(table.lines([["1", "2"]]) == ["A     B", "1     2"])
        #expect(table.lines([["123456", "2"]]) == ["123456  2"])
    }

    @Test func longCellsAreCutAndControlCharactersSpelledOut() {
        var table = Table([Column("A"), Column("B")])
        let long = String(repeating: "x", count: 60)
        let lines = table.lines([[long, long], ["\u{1B}[31m", "a\nb\u{202E}"]])
        #expect(lines[1] == String(repeating: "x", count: 48) + "…  " + long)
        #expect(lines[2].hasPrefix(#"\u{1B}[31m "#))
        #expect(lines[2].hasSuffix(#"  a\u{A}b\u{202E}"#))
    }

    @Test(arguments: [
        (0, "0 files"), (1, "1 file"), (999, "999 files"), (1_000, "1,000 files"),
        (1_234_567, "1,234,567 files"), (-1_000, "-1,000 files"),
    ])
    func numbersAreGrouped(number: Int, expected: String) {
        #expect(counted(number, "file") == expected)
    }
}
