import EventModel

/// Writes properties or attributes from a document's tokens in the named form of `ValueTag`.
struct ContentWriter {
    let document: JSONDocument
    let limits: WireLimits
    let place: EntryPlace
    /// Whether empty text stands for nothing.
    let emptyIsNull: Bool
    private var writer = ValueWriter()
    private var members = 0
    private let mark: Int

    /// A writer of one object.
    init(
        document: JSONDocument,
        limits: WireLimits,
        place: EntryPlace,
        emptyIsNull: Bool,
        bytes: Int
    ) {
        (self.document, self.limits, self.place) = (document, limits, place)
        self.emptyIsNull = emptyIsNull
        writer.bytes.reserveCapacity(bytes + 5)
        mark = writer.begin(.object)
    }

    /// Writes the members of an object.
    ///
    /// - Parameters:
    ///   - object: Its token.
    ///   - path: What messages call it; empty of the entry itself.
    ///   - excluded: Those that are left out.
    ///   - inner: The member of each value that counts in its place, where it is an object that has it.
    mutating func members(
        of object: Int,
        _ path: String,
        without excluded: Set<String> = [],
        inner: String? = nil
    ) throws(WireError) {
        // A copy, which the names are read from while the writer is written to.
        let document = document
        var key = object + 1
        while key < document.end(object) {
            var value = key + 1
            let next = document.end(value)
            if excluded.isEmpty || !excluded.contains(document.string(key)) {
                if let inner, document.kind(value) == .object {
                    value = document.member(inner, of: value) ?? value
                }
                let root = (object, path)
                try checkName(key, root)
                writer.name(document.text.span.extracting(document.range(key)))
                try self.value(value, root, document)
                members += 1
            }
            key = next
        }
    }

    /// Writes one value under a name.
    mutating func member(_ name: String, _ value: Int, _ path: String) throws(WireError) {
        writer.name(name)
        try self.value(value, (value, path), document)
        members += 1
    }

    /// The whole object.
    mutating func finish(_ path: String) throws(WireError) -> [UInt8] {
        guard members <= limits.propertiesMax else {
            throw WireError(
                .tooManyProperties,
                "\(path.isEmpty ? place.entry : place.field(path)) has \(members) members; at most "
                    + "\(limits.propertiesMax) fit: send only what rules need"
            )
        }
        writer.end(mark)
        return writer.bytes
    }

    private mutating func value(
        _ root: Int,
        _ container: (Int, String),
        _ document: JSONDocument
    ) throws(WireError) {
        if emptyIsNull, document.kind(root) == .string, document.byteCount(root) == 0 {
            writer.null()
            return
        }
        var open: [(end: Int, mark: Int)] = []
        let text = document.text.span
        for token in root..<document.end(root) {
            while let last = open.last, last.end == token {
                writer.end(last.mark)
                open.removeLast()
            }
            switch document.kind(token) {
            case .null: writer.null()
            case .boolean: writer.boolean(document.isTrue(token))
            case .number:
                try checkNumber(token, container)
                writer.number(text.extracting(document.range(token)))
            case .string: writer.text(text.extracting(document.range(token)))
            case .array: open.append((document.end(token), writer.begin(.list)))
            case .object: open.append((document.end(token), writer.begin(.object)))
            case .key:
                try checkName(token, container)
                writer.name(text.extracting(document.range(token)))
            }
        }
        while let last = open.popLast() { writer.end(last.mark) }
    }

    /// What messages call a token inside an object or a value.
    private func field(_ token: Int, _ container: (root: Int, path: String)) -> String {
        let path = container.path + document.path(from: container.root, to: token)
        return place.field(String(path.drop { $0 == "." }))
    }

    private func checkName(_ token: Int, _ container: (Int, String)) throws(WireError) {
        let size = document.byteCount(token)
        guard size > limits.nameBytesMax else { return }
        throw WireError(
            .nameTooLong,
            "\(field(token, container)) is a name of \(size) "
                + "bytes; at most \(limits.nameBytesMax) fit: shorten it"
        )
    }

    private func checkNumber(_ token: Int, _ container: (Int, String)) throws(WireError) {
        let size = document.byteCount(token)
        guard size > limits.numberCharactersMax else { return }
        throw WireError(
            .numberTooLong,
            "\(field(token, container)) is a number of \(size) "
                + "characters; at most \(limits.numberCharactersMax) fit: send it as a text"
        )
    }
}
