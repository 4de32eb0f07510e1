/// A number as it was spelled, taken apart without rounding.
public struct NumberText: Equatable, Sendable {
    /// The digits without point and sign, signed.
    public var mantissa: Int128
    /// How many of the digits stand behind the point; negative after an exponent.
    public var scale: Int
    /// False where the spelling says more than mantissa and scale: an exponent, `-0`.
    public var isPlain: Bool

    /// Takes a JSON number apart: `-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?`.
    ///
    /// - Returns: nil where the text is no such number or has more than 38 digits.
    public init?(_ text: Span<UInt8>) {
        var index = 0
        func digit(_ at: Int) -> Int128? {
            guard at < text.count, text[at] >= 0x30, text[at] <= 0x39 else { return nil }
            return Int128(text[at] - 0x30)
        }
        let isNegative = text.count > 0 && text[0] == UInt8(ascii: "-")
        if isNegative { index = 1 }
        mantissa = 0
        scale = 0
        isPlain = true
        guard let first = digit(index) else { return nil }
        index += 1
        mantissa = first
        while first != 0, let next = digit(index) {
            guard append(next) else { return nil }
            index += 1
        }
        if index < text.count, text[index] == UInt8(ascii: ".") {
            index += 1
            guard digit(index) != nil else { return nil }
            while let next = digit(index) {
                guard append(next) else { return nil }
                scale += 1
                index += 1
            }
        }
        if index < text.count, text[index] | 0x20 == UInt8(ascii: "e") {
            guard let exponent = NumberText.exponent(text, at: &index) else { return nil }
            scale -= exponent
            isPlain = false
        }
        guard index == text.count else { return nil }
        if isNegative {
            if mantissa == 0 { isPlain = false }
            mantissa = -mantissa
        }
    }

    private mutating func append(_ digit: Int128) -> Bool {
        let (product, overflow) = mantissa.multipliedReportingOverflow(by: 10)
        let (sum, carried) = product.addingReportingOverflow(digit)
        guard !overflow, !carried else { return false }
        mantissa = sum
        return true
    }

    /// Reads `e+12`; an exponent beyond ±9999 reads as that bound, which no number survives.
    private static func exponent(_ text: Span<UInt8>, at index: inout Int) -> Int? {
        index += 1
        var sign = 1
        if index < text.count, text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+")
        {
            sign = text[index] == UInt8(ascii: "-") ? -1 : 1
            index += 1
        }
        var value = 0
        let start = index
        while index < text.count, text[index] >= 0x30, text[index] <= 0x39 {
            value = min(value * 10 + Int(text[index] - 0x30), 9_999)
            index += 1
        }
        return index > start ? sign * value : nil
    }

    /// The exact number, or nil where it does not fit.
    public var decimal: ExactDecimal? { ExactDecimal(mantissa: mantissa, scale: scale) }
}

extension ExactDecimal {
    /// Reads a JSON number exactly.
    ///
    /// - Returns: nil where the text is no number or does not fit.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard let number = NumberText(bytes.span)?.decimal else { return nil }
        self = number
    }
}
