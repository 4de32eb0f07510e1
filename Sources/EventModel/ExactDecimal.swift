/// An exact decimal number: at most 18 digits before the point and at most 18 behind it.
///
/// Held as a whole number of 10^-18, so comparing, adding and equality are exact and the order of
/// a sum never shows. Eighteen places behind the point keep what a JavaScript shop sends when a
/// binary fraction leaks into its JSON (`59.989999999999995`).
public struct ExactDecimal: Hashable, Comparable, Sendable {
    /// The number times 10^18.
    public var units: Int128

    /// Digits behind the point.
    public static let scale = 18
    /// One, in units.
    public static let one: Int128 = 1_000_000_000_000_000_000

    /// The number of so many units of 10^-18.
    @inlinable public init(units: Int128) {
        self.units = units
    }

    /// A whole number.
    @inlinable public init(_ whole: Int64) {
        units = Int128(whole) * ExactDecimal.one
    }

    /// `mantissa` / 10^`scale`.
    ///
    /// - Returns: nil where it has more digits than fit on either side of the point.
    public init?(mantissa: Int128, scale: Int) {
        var mantissa = mantissa
        var scale = scale
        while scale > ExactDecimal.scale {
            guard mantissa % 10 == 0 else { return nil }
            mantissa /= 10
            scale -= 1
        }
        while scale < ExactDecimal.scale {
            guard mantissa != 0 else { break }
            let (product, overflow) = mantissa.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            mantissa = product
            scale += 1
        }
        let limit = ExactDecimal.one * ExactDecimal.one
        guard mantissa > -limit, mantissa < limit else { return nil }
        units = mantissa
    }

    /// The smaller first.
    @inlinable public static func < (left: ExactDecimal, right: ExactDecimal) -> Bool {
        left.units < right.units
    }
}

extension ExactDecimal: CustomStringConvertible {
    /// The canonical spelling: no exponent, no needless zero, no `+`, zero as `0`.
    public var description: String {
        let magnitude = units.magnitude
        let one = ExactDecimal.one.magnitude
        let whole = String(magnitude / one)
        let sign = units < 0 ? "-" : ""
        let fraction = magnitude % one
        guard fraction != 0 else { return sign + whole }
        var digits = String(fraction)
        digits = String(repeating: "0", count: ExactDecimal.scale - digits.utf8.count) + digits
        while digits.utf8.last == UInt8(ascii: "0") { digits.removeLast() }
        return "\(sign)\(whole).\(digits)"
    }
}
