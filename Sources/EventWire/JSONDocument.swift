import CSimdJSON

/// The kinds of tokens of a JSON document.
package enum JSONKind: Sendable {
    case null, boolean, number, string, array, object, key
}

/// A JSON document that was validated whole, as a flat list of tokens.
///
/// A token is known by its index. An array holds values, an object pairs of key and value; both hold
/// the tokens from `index + 1` up to `end(index)`.
package struct JSONDocument: Sendable {
    let tokens: [sj_token]
    package let text: [UInt8]

    /// How many tokens there are.
    package var count: Int { tokens.count }

    /// What the token is.
    package func kind(_ index: Int) -> JSONKind {
        switch UInt32(tokens[index].kind) {
        case SJ_NULL.rawValue: .null
        case SJ_FALSE.rawValue, SJ_TRUE.rawValue: .boolean
        case SJ_NUMBER.rawValue: .number
        case SJ_STRING.rawValue: .string
        case SJ_ARRAY.rawValue: .array
        case SJ_OBJECT.rawValue: .object
        default: .key
        }
    }

    /// The index behind the token and all that it holds.
    package func end(_ index: Int) -> Int { Int(tokens[index].next) }

    /// Whether the token is `true`.
    package func isTrue(_ index: Int) -> Bool { UInt32(tokens[index].kind) == SJ_TRUE.rawValue }

    /// Levels of arrays and objects, the token's own included; 0 for others.
    package func height(_ index: Int) -> Int { Int(tokens[index].height) }

    /// Bytes of an array's or object's JSON, of a text without its escapes, of a number's spelling.
    package func byteCount(_ index: Int) -> Int { Int(tokens[index].length) }

    /// Where a key's, string's or number's bytes stand in `text`.
    package func range(_ index: Int) -> Range<Int> {
        let start = Int(tokens[index].offset)
        return start..<start + Int(tokens[index].length)
    }

    /// A key, a string or a number's spelling.
    package func string(_ index: Int) -> String {
        // The parser has checked the encoding.
        unsafe String(copying: UTF8Span(unchecked: text.span.extracting(range(index))))
    }

    /// How many values an array holds.
    package func elementCount(_ index: Int) -> Int {
        var count = 0
        var element = index + 1
        while element < end(index) {
            count += 1
            element = end(element)
        }
        return count
    }

    /// The value of an object's last member of that name.
    package func member(_ name: String, of index: Int) -> Int? {
        var found: Int?
        var key = index + 1
        while key < end(index) {
            if text[range(key)].elementsEqual(name.utf8) { found = key + 1 }
            key = end(key + 1)
        }
        return found
    }
}
