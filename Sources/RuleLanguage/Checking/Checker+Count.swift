import EventModel

/// How many events there may be; nil where there is no bound on that side.
struct CountBounds {
    /// At least so many, 1 or more.
    var low: Int?
    /// At most so many.
    var high: Int?
}

extension Checker {
    /// The bounds that a count means; without one, at least one event.
    ///
    /// - Parameter noun: what is counted, for messages.
    mutating func check(_ count: CountSyntax?, of noun: String = "events") -> CountBounds? {
        guard let count else { return CountBounds(low: 1, high: nil) }
        switch count.form {
        case .no: return CountBounds(low: nil, high: 0)
        case .atLeast(let number): return atLeast(number, count.range, noun)
        case .atMost(let number): return whole(number, noun).map { CountBounds(low: nil, high: $0) }
        case .exactly(let number):
            return whole(number, noun).map { CountBounds(low: $0 == 0 ? nil : $0, high: $0) }
        case .moreThan(let number):
            return whole(number, noun).map { CountBounds(low: $0 + 1, high: nil) }
        case .fewerThan(let number): return fewerThan(number, count.range, noun)
        case .between(let low, let high): return between(low, high, count.range, noun)
        }
    }

    private mutating func atLeast(_ number: NumberSyntax, _ range: Range<Int>, _ noun: String)
        -> CountBounds?
    {
        guard let low = whole(number, noun) else { return nil }
        guard low > 0 else {
            complaints.error(
                range,
                "'at least 0' holds for everybody, so it says nothing",
                fix: noun == "conditions"
                    ? "did you mean 'at least 1'?" : "did you mean 'at least 1', or 'no'?"
            )
            return nil
        }
        return CountBounds(low: low, high: nil)
    }

    private mutating func fewerThan(_ number: NumberSyntax, _ range: Range<Int>, _ noun: String)
        -> CountBounds?
    {
        guard let bound = whole(number, noun) else { return nil }
        guard bound > 0 else {
            complaints.error(
                range,
                "'fewer than 0' holds for nobody",
                fix: "did you mean 'fewer than 1', or 'no'?"
            )
            return nil
        }
        return CountBounds(low: nil, high: bound - 1)
    }

    private mutating func between(
        _ lowest: NumberSyntax,
        _ highest: NumberSyntax,
        _ range: Range<Int>,
        _ noun: String
    ) -> CountBounds? {
        guard let low = whole(lowest, noun), let high = whole(highest, noun) else { return nil }
        guard low <= high else {
            complaints.error(
                range,
                "'between \(low) and \(high)' holds for nobody: the smaller number comes first",
                fix: "did you mean 'between \(high) and \(low)'?"
            )
            return nil
        }
        return CountBounds(low: low == 0 ? nil : low, high: high)
    }

    /// A number of events: whole, not negative, and within the bound.
    mutating func whole(_ number: NumberSyntax, _ noun: String) -> Int? {
        guard let value = number.value else { return nil }
        let whole = value.units / ExactDecimal.one
        if value.units < 0 {
            complaints.error(number.range, "a number of \(noun) is not negative")
        } else if value.units % ExactDecimal.one != 0 {
            complaints.error(
                number.range,
                "a number of \(noun) is a whole number",
                fix: "write \(whole) or \(whole + 1)"
            )
        } else if whole > Int128(Limits.countMax) {
            complaints.error(
                number.range,
                "a number of \(noun) may be \(Limits.countMax) at most"
            )
        } else {
            return Int(whole)
        }
        return nil
    }
}
