import EventModel

/// Writes properties or traits from a document's tokens in the named form of `ValueTag`.
struct ContentWriter {
    let document: JSONDocument
    let limits: WireLimits
    let place: EntryPlace
    /// The field's name, which begins the paths of messages.
    let name: String

    /// Writes the object at a token.
    func write(_ root: Int) throws(WireError) -> [UInt8] {
        var writer = ValueWriter()
        writer.bytes.reserveCapacity(document.byteCount(root) + 5)
        var open: [(end: Int, mark: Int)] = []
        var members = 0
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
                try checkNumber(token, root)
                writer.number(text.extracting(document.range(token)))
            case .string: writer.text(text.extracting(document.range(token)))
            case .array: open.append((document.end(token), writer.begin(.list)))
            case .object: open.append((document.end(token), writer.begin(.object)))
            case .key:
                try checkName(token, root)
                if open.count == 1 { members += 1 }
                writer.name(text.extracting(document.range(token)))
            }
        }
        while let last = open.popLast() { writer.end(last.mark) }
        guard members <= limits.propertiesMax else {
            throw WireError(
                .tooManyProperties,
                "\(place.field(name)) has \(members) members; at most \(limits.propertiesMax) "
                    + "fit: send only what rules need"
            )
        }
        return writer.bytes
    }

    private func checkName(_ token: Int, _ root: Int) throws(WireError) {
        let size = document.byteCount(token)
        guard size > limits.nameBytesMax else { return }
        throw WireError(
            .nameTooLong,
            "\(place.field(name + document.path(from: root, to: token))) is a name of \(size) "
                + "bytes; at most \(limits.nameBytesMax) fit: shorten it"
        )
    }

    private func checkNumber(_ token: Int, _ root: Int) throws(WireError) {
        let size = document.byteCount(token)
        guard size > limits.numberCharactersMax else { return }
        throw WireError(
            .numberTooLong,
            "\(place.field(name + document.path(from: root, to: token))) is a number of \(size) "
                + "characters; at most \(limits.numberCharactersMax) fit: send it as a text"
        )
    }
}
