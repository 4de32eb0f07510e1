/// What texts are to each other, byte by byte.
enum NaiveText {
    /// The text with every letter as simple case folding has it: rows C and S of CaseFolding.txt.
    ///
    /// Those are the lower case of the upper case, where both are one letter, but for the dotless and the
    /// dotted i, which fold to themselves, and Cherokee, which folds to the upper case.
    static func folded(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { result.append(folded(scalar)) }
        return String(result)
    }

    private static func folded(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        func one(_ text: String) -> Unicode.Scalar? {
            text.unicodeScalars.count == 1 ? text.unicodeScalars.first : nil
        }
        switch scalar.value {
        case 0x130, 0x131: return scalar
        case 0x13A0...0x13F5: return scalar
        case 0x13F8...0x13FD, 0xAB70...0xABBF:
            return one(scalar.properties.uppercaseMapping) ?? scalar
        default:
            let upper = one(scalar.properties.uppercaseMapping) ?? scalar
            return one(upper.properties.lowercaseMapping) ?? upper
        }
    }

    /// Whether one text stands somewhere in another.
    static func contains(_ text: String, _ part: String) -> Bool {
        let text = Array(text.utf8)
        let part = Array(part.utf8)
        guard part.count <= text.count else { return false }
        return (0...text.count - part.count).contains {
            Array(text[$0..<$0 + part.count]) == part
        }
    }

    /// Whether a text begins with another.
    static func starts(_ text: String, _ part: String) -> Bool {
        Array(text.utf8.prefix(part.utf8.count)) == Array(part.utf8)
    }

    /// Whether a text ends with another.
    static func ends(_ text: String, _ part: String) -> Bool {
        Array(text.utf8.suffix(part.utf8.count)) == Array(part.utf8)
    }

    /// Whether a text is as a pattern says as a whole, in which `*` stands for any text.
    static func isLike(_ text: String, _ pattern: String) -> Bool {
        isLike(Array(text.utf8)[...], Array(pattern.utf8)[...])
    }

    private static func isLike(_ text: ArraySlice<UInt8>, _ pattern: ArraySlice<UInt8>) -> Bool {
        guard let part = pattern.first else { return text.isEmpty }
        if part == UInt8(ascii: "*") {
            return isLike(text, pattern.dropFirst())
                || !text.isEmpty && isLike(text.dropFirst(), pattern)
        }
        return text.first == part && isLike(text.dropFirst(), pattern.dropFirst())
    }

    /// FNV-1a of a salt, a zero byte and a text, finished by the mixer of splitmix64.
    static func draw(_ salt: String, _ text: String) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in Array(salt.utf8) + [0] + Array(text.utf8) {
            hash ^= UInt64(byte)
            hash &*= 0x100_0000_01b3
        }
        hash ^= hash >> 30
        hash &*= 0xbf58_476d_1ce4_e5b9
        hash ^= hash >> 27
        hash &*= 0x94d0_49bb_1331_11eb
        return hash ^ (hash >> 31)
    }
}
