internal import EventModel

/// What a number must be.
struct NumberBound: Hashable, BitwiseCopyable, Sendable {
    enum Comparison: Hashable, BitwiseCopyable, Sendable {
        case equal, less, lessOrEqual, greater, greaterOrEqual
    }

    var comparison: Comparison
    /// In units of `ExactDecimal`.
    var number: Int128

    /// Whether what stands to the number so passes: below 0 for less, above 0 for more.
    func holds(_ order: Int) -> Bool {
        switch comparison {
        case .equal: order == 0
        case .less: order < 0
        case .lessOrEqual: order <= 0
        case .greater: order > 0
        case .greaterOrEqual: order >= 0
        }
    }

    func holds(_ number: ExactDecimal) -> Bool {
        holds(number.units < self.number ? -1 : number.units == self.number ? 0 : 1)
    }
}
