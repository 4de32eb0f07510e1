/// Where in a body an entry stands, in the words of messages.
enum EntryPlace {
    /// The body is the entry.
    case body
    /// An element of a list in the body, from 0.
    case element(String, Int)
    /// A line of newline-delimited JSON, from 1.
    case line(Int)

    /// The entry itself.
    var entry: String {
        switch self {
        case .body: "the entry"
        case .element(let list, let index): "\(list)[\(index)]"
        case .line(let line): "line \(line): the entry"
        }
    }

    /// One of the entry's fields.
    func field(_ path: String) -> String {
        switch self {
        case .body: path
        case .element(let list, let index): "\(list)[\(index)].\(path)"
        case .line(let line): "line \(line): \(path)"
        }
    }
}

extension JSONDocument {
    /// The way from a value to a token inside it: `.items[3].price`.
    func path(from root: Int, to target: Int) -> String {
        var path = ""
        var container = root
        while container < target {
            var position = 0
            var child = container + 1
            let isObject = kind(container) == .object
            while child < end(container) {
                let value = isObject ? child + 1 : child
                if target < end(value) {
                    path += isObject ? JSONDocument.step(string(child)) : "[\(position)]"
                    if target == child { return path }
                    container = value
                    break
                }
                child = end(value)
                position += 1
            }
        }
        return path
    }

    /// The step to a member of that name: `.price`, or `["a price"]`.
    static func step(_ name: String) -> String {
        let isPlain = name.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        return isPlain && !name.isEmpty && name.utf8.count <= Quoting.charactersMax
            ? ".\(name)" : "[\(Quoting.quote(name))]"
    }

    /// What a value is, in the words of messages: `the number 12`, `a list`.
    func describe(_ index: Int) -> String {
        switch kind(index) {
        case .null: "null"
        case .boolean: isTrue(index) ? "true" : "false"
        case .number: "the number \(Quoting.cut(string(index)))"
        case .string, .key: "the text \(Quoting.quote(string(index)))"
        case .array: "a list"
        case .object: "an object"
        }
    }
}
