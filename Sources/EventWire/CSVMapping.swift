internal import EventModel

/// Which columns of a CSV file make which fields of an entry.
public struct CSVMapping: Hashable, Sendable {
    /// A field that every row has, from a column or the same for all.
    public struct Field: Hashable, Sendable {
        /// Where a value comes from.
        public enum Source: Hashable, Sendable {
            /// The column of that name, or of that number from 1.
            case column(String)
            /// The same for all rows.
            case constant(String)
        }

        /// The way to the field: `userId`, `properties.total`.
        public var path: [String]
        /// Whether a text that spells a number becomes one.
        public var isNumber: Bool
        /// Where it comes from.
        public var source: Source
    }

    /// The fields, in the order of the mapping.
    public var fields: [Field]

    private static let plain = [
        "type", "userId", "anonymousId", "event", "timestamp", "messageId", "previousId",
    ]
    private static let nested = ["properties", "traits", "identifiers"]

    /// A mapping without fields.
    public init() { fields = [] }

    /// Adds `field=column` or `field:number=column`; or a constant.
    ///
    /// - Returns: What is wrong with the text; nil where it was added.
    public mutating func add(_ text: String, isConstant: Bool) -> String? {
        let halves = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2, !halves[0].isEmpty, isConstant || !halves[1].isEmpty else {
            return "'\(text)' is not field=\(isConstant ? "value" : "column")"
        }
        var name = String(halves[0])
        let isNumber = name.hasSuffix(":number")
        if isNumber { name.removeLast(":number".count) }
        let path = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        let isKnown =
            path.count == 1
            ? CSVMapping.plain.contains(name)
            : CSVMapping.nested.contains(path[0]) && !path.contains("")
        guard isKnown else {
            return
                "'\(name)' is no field of an entry; there are \(CSVMapping.plain.joined(separator: ", ")),"
                + " properties.NAME, traits.NAME and identifiers.NAME"
        }
        fields.append(
            Field(
                path: path,
                isNumber: isNumber,
                source: isConstant ? .constant(String(halves[1])) : .column(String(halves[1]))
            )
        )
        return nil
    }

    /// The columns that the mapping names and a header does not have.
    func missingColumns(_ header: [String]?) -> [String] {
        fields.compactMap { field in
            guard case .column(let name) = field.source else { return nil }
            return CSVMapping.place(of: name, header) == nil ? name : nil
        }
    }

    private static func place(of column: String, _ header: [String]?) -> Int? {
        if let place = header?.firstIndex(of: column) { return place }
        guard let number = Int(column), number >= 1 else { return nil }
        return header.map { number <= $0.count } ?? true ? number - 1 : nil
    }

    /// A record as the JSON of an entry.
    ///
    /// Empty cells are left out. An entry without `type` is a `track` where it has an event, else an
    /// `identify`.
    func json(_ record: [String], _ header: [String]?) -> [UInt8] {
        var root = Node()
        for field in fields {
            let text: String
            switch field.source {
            case .constant(let constant): text = constant
            case .column(let name):
                guard let place = CSVMapping.place(of: name, header), place < record.count else {
                    continue
                }
                text = record[place]
            }
            guard !text.isEmpty else { continue }
            let isInstant = field.path == ["timestamp"] && text.utf8.allSatisfy { $0 < 0x3A }
            let isNumber = (field.isNumber || isInstant) && ExactDecimal(text) != nil
            root.set(field.path[...], isNumber ? Array(text.utf8) : CSVMapping.quoted(text))
        }
        if root.members["type"] == nil {
            let type = root.members["event"] == nil ? "identify" : "track"
            root.set(["type"], CSVMapping.quoted(type))
        }
        return root.json
    }

    private static func quoted(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        text.appendJSON(to: &bytes)
        return bytes
    }

    /// An object under construction.
    private struct Node {
        var value: [UInt8]?
        var members: [String: Node] = [:]

        mutating func set(_ path: ArraySlice<String>, _ value: [UInt8]) {
            guard let name = path.first else {
                self.value = value
                return
            }
            members[name, default: Node()].set(path.dropFirst(), value)
        }

        var json: [UInt8] {
            if let value { return value }
            var writer = JSONWriter()
            writer.object { object in
                for (name, node) in members.sorted(by: { $0.key < $1.key }) {
                    object.raw(name, node.json)
                }
            }
            return writer.bytes
        }
    }
}

/// Turns the records of a CSV file (RFC 4180) into the JSON of entries.
public struct CSVReader: Sendable {
    private let mapping: CSVMapping
    private var header: [String]?
    private var expectsHeader: Bool

    /// A reader for one file.
    ///
    /// - Parameter hasHeader: Whether the first record names the columns.
    public init(_ mapping: CSVMapping, hasHeader: Bool) {
        self.mapping = mapping
        expectsHeader = hasHeader
    }

    /// Whether a text goes on on the next line: a quote is open at its end.
    public static func isOpen(_ text: [UInt8]) -> Bool {
        text.count { $0 == UInt8(ascii: "\"") } % 2 == 1
    }

    /// The JSON of a record's entry; nil for the header.
    ///
    /// - Throws: What is wrong with the record, in words.
    public mutating func json(_ record: [UInt8]) throws(CSVFault) -> [UInt8]? {
        guard String(validating: record, as: UTF8.self) != nil else {
            throw CSVFault(message: "the record is no valid UTF-8; convert the file")
        }
        let cells = try CSVReader.cells(record)
        guard expectsHeader else { return mapping.json(cells, header) }
        expectsHeader = false
        header = cells
        let missing = mapping.missingColumns(cells)
        guard missing.isEmpty else {
            throw CSVFault(
                message: "the header has no column \(missing.joined(separator: ", ")); it has "
                    + cells.joined(separator: ", "),
                endsFile: true
            )
        }
        return nil
    }

    static func cells(_ record: [UInt8]) throws(CSVFault) -> [String] {
        var cells: [String] = []
        var cell: [UInt8] = []
        var offset = 0
        var isQuoted = false
        let quote = UInt8(ascii: "\"")
        while offset < record.count {
            let byte = record[offset]
            offset += 1
            if isQuoted {
                if byte != quote {
                    cell.append(byte)
                } else if offset < record.count, record[offset] == quote {
                    cell.append(quote)
                    offset += 1
                } else {
                    isQuoted = false
                }
            } else if byte == quote, cell.isEmpty {
                isQuoted = true
            } else if byte == UInt8(ascii: ",") {
                cells.append(String(decoding: cell, as: UTF8.self))
                cell.removeAll(keepingCapacity: true)
            } else {
                cell.append(byte)
            }
        }
        guard !isQuoted else {
            throw CSVFault(
                message: "a quote is opened in column \(cells.count + 1) and never closed"
            )
        }
        return cells + [String(decoding: cell, as: UTF8.self)]
    }
}

/// What is wrong with a record of a CSV file.
public struct CSVFault: Error, Equatable, Sendable {
    /// In words.
    public var message: String
    /// Whether nothing of the file can be read.
    public var endsFile: Bool

    /// A fault in these words.
    public init(message: String, endsFile: Bool = false) {
        self.message = message
        self.endsFile = endsFile
    }
}
