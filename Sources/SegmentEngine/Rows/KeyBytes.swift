internal import EventModel

/// What values are told apart by: equal values have equal bytes, what is missing has none.
enum KeyBytes {
    /// Of a text, a number or a truth; a list or an object has none.
    static func appendScalar(at offset: Int, _ bytes: Span<UInt8>, to key: inout [UInt8]) {
        if ValueReader.isPlain(at: offset, bytes) { append(at: offset, bytes, to: &key) }
    }

    /// Of any value.
    ///
    /// Lists and objects element by element, members in the order of their names' numbers.
    /// The time that a text spells, in milliseconds; a date without a time of day begins with its day in the
    /// calendar, or at midnight in UTC.
    static func time(
        at offset: Int,
        _ bytes: Span<UInt8>,
        _ calendar: LocalCalendar?
    ) -> Int64? {
        var reader = ValueReader(at: offset)
        guard case .text(let range) = reader.value(bytes) else { return nil }
        return time(bytes.extracting(range), calendar)
    }

    static func time(_ text: Span<UInt8>, _ calendar: LocalCalendar?) -> Int64? {
        guard let time = Instant(rfc3339: text)?.milliseconds else { return nil }
        guard let calendar, text.count == dateLength else { return time }
        return calendar.first(local: time)
    }

    /// Bytes of `2026-01-31`.
    private static let dateLength = 10

    /// Of any value.
    ///
    /// Lists and objects element by element, members in the order of their names' numbers.
    static func append(at offset: Int, _ bytes: Span<UInt8>, to key: inout [UInt8]) {
        var reader = ValueReader(at: offset)
        switch reader.value(bytes) {
        case .null, .number(nil): break
        case .boolean(let truth): key.append(truth ? 1 : 2)
        case .number(let number?):
            key.append(3)
            key += number.description.utf8
        case .text(let range):
            guard !range.isEmpty else { return }
            // A text that spells a number is that number.
            key.append(3)
            for index in range { key.append(bytes[index]) }
        case .list(let elements):
            key.append(4)
            var element = ValueReader(at: elements.lowerBound)
            while element.offset < elements.upperBound {
                appendSized(at: element.offset, bytes, to: &key)
                element.skip(bytes)
            }
        case .object(let members):
            key.append(5)
            var places: [UInt64: Int] = [:]
            var member = ValueReader(at: members.lowerBound)
            while member.offset < members.upperBound {
                let name = member.varint(bytes)
                places[name] = member.offset
                member.skip(bytes)
            }
            for (name, place) in places.sorted(by: { $0.key < $1.key }) {
                for shift in stride(from: 0, to: 32, by: 8) {
                    key.append(UInt8(truncatingIfNeeded: name >> UInt64(shift)))
                }
                appendSized(at: place, bytes, to: &key)
            }
        }
    }

    /// The key of a part, with its length before it.
    private static func appendSized(at offset: Int, _ bytes: Span<UInt8>, to key: inout [UInt8]) {
        let start = key.count
        key += [0, 0, 0, 0]
        append(at: offset, bytes, to: &key)
        let length = key.count - start - 4
        for index in 0..<4 { key[start + index] = UInt8(truncatingIfNeeded: length >> (8 * index)) }
    }
}

extension ValueReader {
    /// Whether the value at an offset is neither list nor object.
    static func isPlain(at offset: Int, _ bytes: Span<UInt8>) -> Bool {
        var reader = ValueReader(at: offset)
        switch reader.value(bytes) {
        case .list, .object: return false
        case .null, .boolean, .number, .text: return true
        }
    }
}
