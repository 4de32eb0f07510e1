/// The notations of version 4 that resolvers take besides the plain one: `0x7f.1`, `2130706433`.
///
/// Read as browsers do (https://url.spec.whatwg.org/#concept-ipv4-parser), so that no odd spelling
/// gets past the check of addresses as if it were a name.
enum LooseIPv4 {
    /// What a host's spelling means.
    enum Reading: Equatable {
        /// It does not end in a number: a name.
        case name
        /// An address.
        case address(UInt32)
        /// It ends in a number and is no address all the same.
        case malformed
    }

    static func read(_ host: String) -> Reading {
        var parts = host.split(separator: ".", omittingEmptySubsequences: false)
        if parts.last?.isEmpty == true, parts.count > 1 { parts.removeLast() }
        guard let last = parts.last, endsInNumber(last) else { return .name }
        guard parts.count <= 4 else { return .malformed }
        var address: UInt64 = 0
        for (index, part) in parts.enumerated() {
            guard let value = number(part) else { return .malformed }
            let isLast = index == parts.count - 1
            let bytes = isLast ? 4 - index : 1
            guard value >> UInt64(8 * bytes) == 0 else { return .malformed }
            address = address << UInt64(8 * bytes) | value
        }
        return .address(UInt32(truncatingIfNeeded: address))
    }

    private static func endsInNumber(_ part: Substring) -> Bool {
        let isDecimal = !part.isEmpty && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
        return isDecimal || number(part) != nil
    }

    /// A part in decimal, hexadecimal (`0x`) or octal (`0`); nil where it is none or too large.
    private static func number(_ part: Substring) -> UInt64? {
        guard !part.isEmpty, !part.hasPrefix("+"), !part.hasPrefix("-") else { return nil }
        if part.hasPrefix("0x") || part.hasPrefix("0X") {
            let digits = part.dropFirst(2)
            guard !digits.hasPrefix("+"), !digits.hasPrefix("-") else { return nil }
            return digits.isEmpty ? 0 : UInt64(digits, radix: 16)
        }
        return part.count > 1 && part.hasPrefix("0") ? UInt64(part, radix: 8) : UInt64(part)
    }
}
