internal import EventModel

/// Numbers of rows, as the sums of all up to each.
extension PersonTable {
    /// Gives a row that was just made its number: its sum is of all rows up to it.
    func setNumber(
        _ number: Int128,
        of row: UnsafeMutablePointer<Int64>,
        _ entry: UnsafeMutablePointer<DirectoryEntry>,
        _ shape: RowShape
    ) {
        let rows = rows(entry, stride: shape.stride)
        let place = shape.valuePlace
        let own = (row - rows.base) / rows.stride
        var sum = own > 0 ? rows.sum(through: own - 1, at: place) : .zero
        sum += number
        rows.setSum(sum, own, at: place)
        for index in own + 1..<max(own + 1, rows.count) {
            var sum = rows.sum(through: index, at: place)
            sum += number
            rows.setSum(sum, index, at: place)
        }
    }
}

extension RowList {
    /// The sum of the numbers of all rows up to one.
    @inline(__always)
    func sum(through index: Int, at place: Int) -> WideSum {
        let words = row(index) + place
        return WideSum(
            low: UInt64(bitPattern: words[0]),
            middle: UInt64(bitPattern: words[1]),
            high: words[2]
        )
    }

    /// The sum of the numbers of some rows.
    @inline(__always)
    func sum(_ range: Range<Int>, at place: Int) -> WideSum {
        guard !range.isEmpty else { return .zero }
        var sum = sum(through: range.upperBound - 1, at: place)
        if range.lowerBound > 0 { sum -= self.sum(through: range.lowerBound - 1, at: place) }
        return sum
    }

    func setSum(_ sum: WideSum, _ index: Int, at place: Int) {
        let words = row(index) + place
        words[0] = Int64(bitPattern: sum.low)
        words[1] = Int64(bitPattern: sum.middle)
        words[2] = sum.high
    }

    func subtract(_ sum: WideSum, _ index: Int, at place: Int) {
        var rest = self.sum(through: index, at: place)
        rest -= sum
        setSum(rest, index, at: place)
    }

    /// Makes of each row's sum its own number, for a while.
    func makeNumbers(at place: Int) {
        for index in Swift.stride(from: count - 1, to: 0, by: -1) {
            subtract(sum(through: index - 1, at: place), index, at: place)
        }
    }

    /// Makes sums of numbers again.
    func makeSums(at place: Int) {
        var sum = WideSum.zero
        for index in 0..<count {
            sum += self.sum(through: index, at: place)
            setSum(sum, index, at: place)
        }
    }
}
