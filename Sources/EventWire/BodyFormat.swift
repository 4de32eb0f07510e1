/// How a batch's body is written, as far as its content type says.
enum BodyFormat {
    /// One JSON document.
    case json
    /// One entry a line.
    case lines
    /// The content type says neither, as with `curl --data-binary`; the body decides.
    case unsaid

    init(contentType: String?) {
        let type = (contentType ?? "").prefix { $0 != ";" }.lowercased()
        let name = String(type.unicodeScalars.filter { !$0.properties.isWhitespace })
        switch name {
        case "application/x-ndjson", "application/ndjson", "application/jsonl",
            "application/x-jsonlines", "application/jsonlines":
            self = .lines
        case "application/json", "text/json": self = .json
        default: self = name.hasSuffix("+json") ? .json : .unsaid
        }
    }
}

/// The lines of a body that are not blank, as ranges of its bytes.
struct BodyLines {
    private let bytes: [UInt8]
    private var offset: Int
    private var line = 0

    init(_ bytes: [UInt8], from offset: Int) {
        self.bytes = bytes
        self.offset = offset
    }

    /// The next line with its number, from 1.
    mutating func next() -> (line: Int, range: Range<Int>)? {
        while offset < bytes.count {
            let start = offset
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            offset = end + 1
            line += 1
            let isBlank = bytes[start..<end].allSatisfy {
                $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r")
            }
            if !isBlank { return (line, start..<end) }
        }
        return nil
    }
}
