internal import EventWire
internal import SegmentServer

/// A column of a table.
struct Column {
    var title: String
    var isNumber: Bool
    var widthMin: Int

    /// - Parameter widthMin: What its widest cell is known to need, for pages yet to come.
    init(_ title: String, isNumber: Bool = false, widthMin: Int = 0) {
        self.title = title
        self.isNumber = isNumber
        self.widthMin = max(widthMin, title.count)
    }
}

/// A table in plain text, printed page by page; the first page decides how wide columns are.
struct Table {
    /// A longer cell is cut, unless it is in the last column.
    static let cellCharactersMax = 48

    private let columns: [Column]
    private var widths: [Int] = []

    init(_ columns: [Column]) {
        self.columns = columns
    }

    /// Prints rows, with the titles above the first ones; nothing where there are none.
    ///
    /// - Returns: Whether somebody still reads.
    @discardableResult
    mutating func print(_ rows: [[String]]) -> Bool {
        lines(rows).allSatisfy { Console.out($0) }
    }

    /// The lines of rows, with the titles above the first ones.
    mutating func lines(_ rows: [[String]]) -> [String] {
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

/// What to call a person: the customer id, else the identifier of the highest rank.
func who(_ person: String?, _ identifiers: [IdentifierView], _ id: UInt64) -> String {
    if let person { return person }
    guard let first = identifiers.first else { return "person \(id)" }
    return "\(first.namespace):\(first.value)"
}

extension Console {
    /// Prints one JSON document a line.
    ///
    /// - Returns: Whether somebody still reads.
    @discardableResult
    static func out(json values: [some JSONRepresentable]) -> Bool {
        values.allSatisfy { value in
            var bytes: [UInt8] = []
            value.appendJSON(to: &bytes)
            return Console.out(String(decoding: bytes, as: UTF8.self))
        }
    }
}
