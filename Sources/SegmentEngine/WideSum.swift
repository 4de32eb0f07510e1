internal import EventModel

/// A sum of exact numbers that never rounds and never overflows: 192 bits, two's complement.
///
/// One number has up to 120 bits; a sum of 2^64 of them still fits.
struct WideSum: Equatable {
    private(set) var low: UInt64
    private(set) var middle: UInt64
    private(set) var high: Int64

    static let zero = WideSum(low: 0, middle: 0, high: 0)

    init(low: UInt64, middle: UInt64, high: Int64) {
        self.low = low
        self.middle = middle
        self.high = high
    }

    init(_ number: Int128) {
        low = UInt64(truncatingIfNeeded: number)
        middle = UInt64(truncatingIfNeeded: number >> 64)
        high = number < 0 ? -1 : 0
    }

    static func += (left: inout WideSum, right: WideSum) {
        let (low, carryLow) = left.low.addingReportingOverflow(right.low)
        let (partial, carryFirst) = left.middle.addingReportingOverflow(right.middle)
        let (middle, carrySecond) = partial.addingReportingOverflow(carryLow ? 1 : 0)
        left.low = low
        left.middle = middle
        left.high = left.high &+ right.high &+ (carryFirst || carrySecond ? 1 : 0)
    }

    static func += (left: inout WideSum, right: Int128) { left += WideSum(right) }

    /// The magnitude of a number of the language is far from `Int128.min`, so its negative exists.
    static func -= (left: inout WideSum, right: Int128) { left += WideSum(-right) }

    static func -= (left: inout WideSum, right: WideSum) {
        let (low, borrowLow) = left.low.subtractingReportingOverflow(right.low)
        let (partial, borrowFirst) = left.middle.subtractingReportingOverflow(right.middle)
        let (middle, borrowSecond) = partial.subtractingReportingOverflow(borrowLow ? 1 : 0)
        left.low = low
        left.middle = middle
        left.high = left.high &- right.high &- (borrowFirst || borrowSecond ? 1 : 0)
    }

    /// Whether the sum is at least the bound, or above it where the bound is strict.
    func reaches(_ bound: Int128, isStrict: Bool) -> Bool {
        var rest = self
        rest -= bound
        guard rest.high >= 0 else { return false }
        return !isStrict || rest != .zero
    }

    /// Below 0, 0 or above 0 as the sum is less than, equal to or more than a number times a count.
    func order(comparedWith number: Int128, times count: Int = 1) -> Int {
        let (high, low) = number.multipliedFullWidth(by: Int128(count))
        // 120 bits of a number and 64 of a count fit.
        let product = WideSum(
            low: UInt64(truncatingIfNeeded: low),
            middle: UInt64(truncatingIfNeeded: low >> 64),
            high: Int64(truncatingIfNeeded: high)
        )
        if self == product { return 0 }
        if self.high != product.high { return self.high < product.high ? -1 : 1 }
        return (middle, self.low) < (product.middle, product.low) ? -1 : 1
    }
}
