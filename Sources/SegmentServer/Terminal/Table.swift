/// A column of a table.
package struct Column: Sendable {
    var title: String
    var isNumber: Bool
    var widthMin: Int

    /// A column under a title.
    ///
    /// - Parameters:
    ///   - title: The title.
    ///   - isNumber: Whether cells are flush right.
    ///   - widthMin: What the widest cell is known to need, for pages yet to come.
    package init(_ title: String, isNumber: Bool = false, widthMin: Int = 0) {
        self.title = title
        self.isNumber = isNumber
        self.widthMin = max(widthMin, title.count)
    }
}

/// A table in plain text, printed page by page; the first page decides how wide columns are.
package struct Table: Sendable {
    /// A longer cell is cut, unless it is in the last column.
    package static let cellCharactersMax = 48

    private let columns: [Column]
    private var widths: [Int] = []

    /// An empty table.
    package init(_ columns: [Column]) {
        self.columns = columns
    }

    /// Prints rows, with the titles above the first ones; nothing where there are none.
    ///
    /// - Returns: Whether somebody still reads.
    @discardableResult
    package mutating func print(_ rows: [[String]]) -> Bool {
        lines(rows).allSatisfy { Console.out($0) }
    }

    /// The lines of rows, with the titles above the first ones.
    package mutating func lines(_ rows: [[String]]) -> [String] {
        guard !rows.isEmpty else { return [] }
        let cells = rows.map { row in
            row.enumerated().map { index, cell in
                index == columns.count - 1
                    ? printable(cell, charactersMax: .max)
                    : printable(cell, charactersMax: Table.cellCharactersMax)
            }
        }
        var lines: [String] = []
        if widths.isEmpty {
            widths = columns.indices.map { index in
                max(columns[index].widthMin, cells.map { $0[index].count }.max() ?? 0)
            }
            lines.append(line(columns.map(\.title)))
        }
        return lines + cells.map(line)
    }

    private func line(_ cells: [String]) -> String {
        var line = ""
        for (index, cell) in cells.enumerated() {
            let padding = String(repeating: " ", count: max(0, widths[index] - cell.count))
            if index > 0 { line += "  " }
            line += columns[index].isNumber ? padding + cell : cell + padding
        }
        return String(line.reversed().drop { $0 == " " }.reversed())
    }
}
