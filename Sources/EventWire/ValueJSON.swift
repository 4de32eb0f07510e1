public import EventModel

/// Turns values of the layout that `ValueTag` describes back into JSON.
///
/// Numbers are spelled as they were received. The bytes must be ones that a `ValueWriter` wrote: as
/// `ValueReader`, this traps on others.
public enum ValueJSON {
    /// The JSON of a value in the interned form, as it lies in the log.
    ///
    /// - Parameters:
    ///   - bytes: The record's bytes.
    ///   - offset: Where the value's tag is.
    ///   - name: The text of a symbol.
    public static func interned(
        _ bytes: Span<UInt8>,
        at offset: Int = 0,
        name: (SymbolID) -> String
    ) -> [UInt8] {
        write(bytes, at: offset) { reader, bytes, json in
            let symbol = SymbolID(UInt32(truncatingIfNeeded: reader.varint(bytes)))
            name(symbol).appendJSON(to: &json)
        }
    }

    /// The JSON of a value in the named form, as it is in an `EntryDraft`.
    ///
    /// - Parameters:
    ///   - bytes: The draft's content.
    ///   - offset: Where the value's tag is.
    public static func named(_ bytes: Span<UInt8>, at offset: Int = 0) -> [UInt8] {
        write(bytes, at: offset) { reader, bytes, json in
            quote(bytes.extracting(reader.text(bytes)), to: &json)
        }
    }

    /// The members of an object in the named form, each with the JSON of its value; none of anything else.
    public static func members(_ bytes: Span<UInt8>) -> [(name: String, json: [UInt8])] {
        guard bytes.count > 0 else { return [] }
        var root = ValueReader(at: 0)
        guard case .object(let range) = root.value(bytes) else { return [] }
        var members: [(name: String, json: [UInt8])] = []
        var reader = ValueReader(at: range.lowerBound)
        while reader.offset < range.upperBound {
            let name = String(decoding: reader.text(bytes).map { bytes[$0] }, as: UTF8.self)
            members.append((name, named(bytes, at: reader.offset)))
            _ = reader.value(bytes)
        }
        return members
    }

    private struct Container {
        var end: Int
        var isObject: Bool
        var isEmpty = true
    }

    /// Walks with a stack of its own, so that depth costs no stack of the thread.
    private static func write(
        _ bytes: Span<UInt8>,
        at offset: Int,
        key: (inout ValueReader, Span<UInt8>, inout [UInt8]) -> Void
    ) -> [UInt8] {
        var json: [UInt8] = []
        var reader = ValueReader(at: offset)
        var open: [Container] = []
        repeat {
            if let last = open.indices.last {
                if open[last].end == reader.offset {
                    json.append(UInt8(ascii: open[last].isObject ? "}" : "]"))
                    open.removeLast()
                    continue
                }
                if !open[last].isEmpty { json.append(UInt8(ascii: ",")) }
                open[last].isEmpty = false
                if open[last].isObject {
                    key(&reader, bytes, &json)
                    json.append(UInt8(ascii: ":"))
                }
            }
            if let container = writeValue(bytes, &reader, to: &json) { open.append(container) }
        } while !open.isEmpty
        return json
    }

    /// Writes a scalar, or opens a container.
    private static func writeValue(
        _ bytes: Span<UInt8>,
        _ reader: inout ValueReader,
        to json: inout [UInt8]
    ) -> Container? {
        switch ValueTag(rawValue: bytes[reader.offset]) {
        case .integer:
            reader.offset += 1
            json.append(contentsOf: String(reader.zigzag(bytes)).utf8)
        case .decimal: writeDecimal(bytes, &reader, to: &json)
        case .number:
            reader.offset += 1
            for index in reader.text(bytes) { json.append(bytes[index]) }
        default:
            switch reader.value(bytes) {
            case .boolean(let value): value.appendJSON(to: &json)
            case .text(let range): quote(bytes.extracting(range), to: &json)
            case .list(let range):
                json.append(UInt8(ascii: "["))
                reader.offset = range.lowerBound
                return Container(end: range.upperBound, isObject: false)
            case .object(let range):
                json.append(UInt8(ascii: "{"))
                reader.offset = range.lowerBound
                return Container(end: range.upperBound, isObject: true)
            case .null, .number: json.append(contentsOf: "null".utf8)
            }
        }
        return nil
    }

    private static func writeDecimal(
        _ bytes: Span<UInt8>,
        _ reader: inout ValueReader,
        to json: inout [UInt8]
    ) {
        let scale = Int(bytes[reader.offset + 1])
        reader.offset += 2
        var raw: UInt128 = 0
        var shift: UInt128 = 0
        while true {
            let byte = bytes[reader.offset]
            reader.offset += 1
            raw |= UInt128(byte & 0x7F) << shift
            if byte < 0x80 { break }
            shift += 7
        }
        if raw & 1 == 1 { json.append(UInt8(ascii: "-")) }
        // Zigzag: an odd number 2n - 1 stands for -n.
        let digits = Array(String((raw >> 1) + (raw & 1)).utf8)
        let padding = [UInt8](repeating: UInt8(ascii: "0"), count: max(0, scale + 1 - digits.count))
        let all = padding + digits
        json.append(contentsOf: all.dropLast(scale))
        if scale > 0 {
            json.append(UInt8(ascii: "."))
            json.append(contentsOf: all.suffix(scale))
        }
    }

    private static func quote(_ text: Span<UInt8>, to json: inout [UInt8]) {
        json.append(UInt8(ascii: "\""))
        JSONText.escape(text, to: &json)
        json.append(UInt8(ascii: "\""))
    }
}
