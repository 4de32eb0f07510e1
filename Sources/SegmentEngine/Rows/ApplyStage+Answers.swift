internal import EventModel

/// Keeps which first rows of a sequence have their second, so that nobody has to look for it at each judgement.
///
/// A row's word holds whether it is answered (lowest bit), and above that how many are up to it. So the latest
/// one that is answered, or is not, is found by bisection.
extension ApplyStage {
    /// Takes a row that was just made into the sequences of its series.
    mutating func takeAnswers(
        _ row: UnsafeMutablePointer<Int64>,
        of series: Int32,
        _ record: RecordPointer
    ) {
        for place in plan.answering.range(Int(series)) {
            let sequence = plan.sequences[plan.answering.number(at: place)]
            let first = rows(sequence.first, record)
            let second = rows(sequence.second, record)
            var lowest = first.count
            if sequence.first == series {
                let index = (row - first.base) / first.stride
                if isAnswered(sequence, index, first, second) { row[Int(sequence.answer)] = 1 }
                lowest = index
            }
            if sequence.second == series {
                lowest = min(lowest, markAnswered(sequence, by: row, first, second))
            }
            countAnswered(sequence, first, from: lowest)
        }
    }

    /// Looks at all rows of a person anew.
    mutating func takeAllAnswers(_ record: RecordPointer) {
        for number in 0..<plan.sequences.count where plan.sequences[number].answer >= 0 {
            let sequence = plan.sequences[number]
            let first = rows(sequence.first, record)
            let second = rows(sequence.second, record)
            for index in 0..<first.count {
                let isAnswered = isAnswered(sequence, index, first, second)
                first.row(index)[Int(sequence.answer)] = isAnswered ? 1 : 0
            }
            countAnswered(sequence, first, from: 0)
        }
    }

    private mutating func rows(_ series: Int32, _ record: RecordPointer) -> RowList {
        people.rows(series, stride: plan.rows[series].stride, of: record)
    }

    /// Marks the first rows that a second one answers; gives the earliest of them, or the end.
    private mutating func markAnswered(
        _ sequence: SequencePlan,
        by row: UnsafeMutablePointer<Int64>,
        _ first: RowList,
        _ second: RowList
    ) -> Int {
        let time = row[RowLayout.timePlace]
        let isLast = row == second.row(second.count - 1)
        let answer = Int(sequence.answer)
        var lowest = first.count
        var answeredAt = Int64.max
        var index = first.end(at: time)
        while index > 0 {
            index -= 1
            let candidate = first.row(index)
            let began = candidate[RowLayout.timePlace]
            if sequence.within < RowWindow.never, time >= began + sequence.within { break }
            // The second row that answers a later first one answers those before it too, as far as this one does.
            if isLast, sequence.firstKey < 0, began < answeredAt, answeredAt < time { break }
            if candidate[answer] & 1 != 0 {
                answeredAt = min(answeredAt, began)
            } else if candidate[RowLayout.sequencePlace] != row[RowLayout.sequencePlace],
                isSame(sequence, candidate, row)
            {
                candidate[answer] |= 1
                lowest = index
            }
        }
        return lowest
    }

    private mutating func isAnswered(
        _ sequence: SequencePlan,
        _ index: Int,
        _ first: RowList,
        _ second: RowList
    ) -> Bool {
        let row = first.row(index)
        let time = row[RowLayout.timePlace]
        // Second rows usually come later, as events of their own.
        var place =
            second.count > 0 && second.time(second.count - 1) < time
            ? second.count : second.first(from: time)
        while place < second.count {
            let candidate = second.row(place)
            if sequence.within < RowWindow.never, second.time(place) >= time + sequence.within {
                return false
            }
            if candidate[RowLayout.sequencePlace] != row[RowLayout.sequencePlace],
                isSame(sequence, row, candidate)
            {
                return true
            }
            place += 1
        }
        return false
    }

    private mutating func isSame(
        _ sequence: SequencePlan,
        _ first: UnsafeMutablePointer<Int64>,
        _ second: UnsafeMutablePointer<Int64>
    ) -> Bool {
        guard sequence.firstKey >= 0 else { return true }
        let key = first[Int(sequence.firstKey)]
        return key != 0 && people.keysEqual(key, second[Int(sequence.secondKey)])
    }

    private mutating func countAnswered(_ sequence: SequencePlan, _ rows: RowList, from start: Int)
    {
        guard start < rows.count else { return }
        let answer = Int(sequence.answer)
        var count = start > 0 ? rows.row(start - 1)[answer] >> 1 : 0
        for index in start..<rows.count {
            let word = rows.row(index)[answer]
            count += word & 1
            rows.row(index)[answer] = count << 1 | word & 1
        }
    }
}

extension RowList {
    /// The latest row of a range that is answered, or that is not; nil where there is none.
    func lastAnswered(_ isAnswered: Bool, in range: Range<Int>, at place: Int) -> Int? {
        guard !range.isEmpty else { return nil }
        let last = range.upperBound - 1
        let total = count(isAnswered, through: last, place)
        guard total > count(isAnswered, before: range.lowerBound, place) else { return nil }
        // The first row up to which there are as many.
        var (low, high) = (range.lowerBound, last)
        while low < high {
            let middle = (low + high) / 2
            if count(isAnswered, through: middle, place) < total {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }

    /// The earliest row of a range that is not answered; nil where there is none.
    func firstUnanswered(in range: Range<Int>, at place: Int) -> Int? {
        guard !range.isEmpty else { return nil }
        let before = count(false, before: range.lowerBound, place)
        guard count(false, through: range.upperBound - 1, place) > before else { return nil }
        var (low, high) = (range.lowerBound, range.upperBound - 1)
        while low < high {
            let middle = (low + high) / 2
            if count(false, through: middle, place) > before {
                high = middle
            } else {
                low = middle + 1
            }
        }
        return low
    }

    /// Up to a row, the number of those that are answered or not, plus what stays the same for all rows.
    private func count(_ isAnswered: Bool, through index: Int, _ place: Int) -> Int {
        let answered = Int(row(index)[place] >> 1)
        return isAnswered ? answered : index + 1 - answered
    }

    private func count(_ isAnswered: Bool, before index: Int, _ place: Int) -> Int {
        let own = row(index)[place] & 1 == (isAnswered ? 1 : 0) ? 1 : 0
        return count(isAnswered, through: index, place) - own
    }
}
