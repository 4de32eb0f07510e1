internal import EventWire

/// A value of an answer that is shown as it came: numbers keep their spelling, members their order.
struct JSONNode {
    private let document: JSONDocument
    private let index: Int

    /// The answer; nil where it is no JSON.
    init?(_ bytes: [UInt8]) {
        guard let parser = try? JSONParser(), let document = try? parser.parse(bytes.span) else {
            return nil
        }
        self.document = document
        index = 0
    }

    private init(_ document: JSONDocument, _ index: Int) {
        self.document = document
        self.index = index
    }

    /// A member; nil where there is none, or where it is null.
    subscript(name: String) -> JSONNode? {
        guard document.kind(index) == .object, let member = document.member(name, of: index),
            document.kind(member) != .null
        else { return nil }
        return JSONNode(document, member)
    }

    /// The values of an array; none of anything else.
    var items: [JSONNode] {
        guard document.kind(index) == .array else { return [] }
        var items: [JSONNode] = []
        var item = index + 1
        while item < document.end(index) {
            items.append(JSONNode(document, item))
            item = document.end(item)
        }
        return items
    }

    /// The members of an object, in their order; none of anything else.
    var members: [(name: String, value: JSONNode)] {
        guard document.kind(index) == .object else { return [] }
        var members: [(name: String, value: JSONNode)] = []
        var key = index + 1
        while key < document.end(index) {
            members.append((document.string(key), JSONNode(document, key + 1)))
            key = document.end(key + 1)
        }
        return members
    }

    /// A text without quotes, anything else as JSON.
    var text: String { document.kind(index) == .string ? document.string(index) : json }

    /// The value as JSON.
    var json: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// As deep as the daemon's answer, whose depth was bounded when entries were taken in.
    private func append(to bytes: inout [UInt8]) {
        switch document.kind(index) {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .boolean: document.isTrue(index).appendJSON(to: &bytes)
        case .number: bytes.append(contentsOf: document.string(index).utf8)
        case .string, .key: document.string(index).appendJSON(to: &bytes)
        case .array:
            var isFirst = true
            bytes.append(UInt8(ascii: "["))
            for item in items {
                if !isFirst { bytes.append(UInt8(ascii: ",")) }
                isFirst = false
                item.append(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object:
            var isFirst = true
            bytes.append(UInt8(ascii: "{"))
            for (name, value) in members {
                if !isFirst { bytes.append(UInt8(ascii: ",")) }
                isFirst = false
                name.appendJSON(to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                value.append(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }
}
