internal import EventModel
internal import RuleLanguage

/// What values of one type mean as another, where nothing is lost.
enum Coercion {
    /// The text without white space at its ends.
    static func trimmed(_ range: Range<Int>, _ bytes: Span<UInt8>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, isSpace(bytes[start]) { start += 1 }
        while end > start, isSpace(bytes[end - 1]) { end -= 1 }
        return start..<end
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || 0x09...0x0D ~= byte }

    /// True or false: `true` and `false` in letters of either case, 1 and 0.
    static func truth(_ value: ValueView, _ bytes: Span<UInt8>) -> Bool? {
        switch value {
        case .boolean(let truth): truth
        case .number(let number?):
            number == ExactDecimal(1) ? true : number.units == 0 ? false : nil
        case .text(let range):
            switch true {
            case isWord("true", trimmed(range, bytes), bytes): true
            case isWord("false", trimmed(range, bytes), bytes): false
            case isWord("1", trimmed(range, bytes), bytes): true
            case isWord("0", trimmed(range, bytes), bytes): false
            default: nil
            }
        default: nil
        }
    }

    private static func isWord(
        _ word: StaticString,
        _ range: Range<Int>,
        _ bytes: Span<UInt8>
    ) -> Bool {
        word.withUTF8Buffer { word in
            guard word.count == range.count else { return false }
            for (offset, letter) in word.enumerated()
            where bytes[range.lowerBound + offset] | (letter >= 0x41 ? 0x20 : 0) != letter {
                return false
            }
            return true
        }
    }

    /// The time of a number since 1970: seconds, and from 100,000,000,000 on milliseconds; nil where it is
    /// none to the millisecond between the years 1 and 9999.
    static func instant(_ number: ExactDecimal) -> Instant? {
        let isSeconds = number.units.magnitude < (100_000_000_000 * ExactDecimal.one).magnitude
        let units = isSeconds ? number.units * 1_000 : number.units
        guard units % ExactDecimal.one == 0 else { return nil }
        let milliseconds = units / ExactDecimal.one
        guard (-62_135_596_800_000...253_402_300_799_999).contains(milliseconds) else { return nil }
        return Instant(milliseconds: Int64(milliseconds))
    }

    /// Brings a text into shape.
    static func normalize(
        _ text: Span<UInt8>,
        _ normalization: Normalization,
        into result: inout [UInt8]
    ) {
        var isPlain = true
        for index in 0..<text.count where text[index] >= 0x80 { isPlain = false }
        guard isPlain else {
            let bytes = (0..<text.count).map { text[$0] }
            var scalars = String(decoding: bytes, as: UTF8.self).unicodeScalars[...]
            if normalization.isTrimmed {
                while let first = scalars.first, first.properties.isWhitespace {
                    scalars.removeFirst()
                }
                while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
            }
            for scalar in scalars {
                switch normalization.letters {
                case .asSent: result += String(scalar).utf8
                case .upper: result += scalar.properties.uppercaseMapping.utf8
                case .lower: result += scalar.properties.lowercaseMapping.utf8
                }
            }
            return
        }
        let range = normalization.isTrimmed ? trimmed(0..<text.count, text) : 0..<text.count
        for index in range {
            let byte = text[index]
            switch (normalization.letters, byte) {
            case (.upper, 0x61...0x7A), (.lower, 0x41...0x5A): result.append(byte ^ 0x20)
            default: result.append(byte)
            }
        }
    }
}
