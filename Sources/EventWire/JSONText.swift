/// Escapes text for JSON.
enum JSONText {
    private static let hexDigits = Array("0123456789abcdef".utf8)

    /// Appends UTF-8 with everything escaped that JSON asks for, and what breaks JavaScript or a
    /// terminal: U+2028, U+2029 and DEL.
    static func escape(_ text: Span<UInt8>, to bytes: inout [UInt8]) {
        var index = 0
        while index < text.count {
            // Most texts have nothing to escape.
            var end = index
            while end < text.count, !mayNeedEscape(text[end]) { end += 1 }
            unsafe text.extracting(index..<end).withUnsafeBufferPointer {
                unsafe bytes.append(contentsOf: $0)
            }
            index = end
            guard index < text.count else { return }
            let byte = text[index]
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0x08: bytes.append(contentsOf: "\\b".utf8)
            case 0x09: bytes.append(contentsOf: "\\t".utf8)
            case 0x0A: bytes.append(contentsOf: "\\n".utf8)
            case 0x0C: bytes.append(contentsOf: "\\f".utf8)
            case 0x0D: bytes.append(contentsOf: "\\r".utf8)
            case 0..<0x20, 0x7F:
                bytes.append(contentsOf: "\\u00".utf8)
                bytes.append(hexDigits[Int(byte >> 4)])
                bytes.append(hexDigits[Int(byte & 0xF)])
            case 0xE2 where isLineSeparator(text, index):
                bytes.append(contentsOf: text[index + 2] == 0xA8 ? "\\u2028".utf8 : "\\u2029".utf8)
                index += 2
            default: bytes.append(byte)
            }
            index += 1
        }
    }

    @inline(__always)
    private static func mayNeedEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == 0x7F
            || byte == 0xE2
    }

    private static func isLineSeparator(_ text: Span<UInt8>, _ index: Int) -> Bool {
        index + 2 < text.count && text[index + 1] == 0x80 && text[index + 2] | 1 == 0xA9
    }
}
