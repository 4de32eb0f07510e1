import EventModel

extension Checker {
    /// The meaning of `count of (condition, …)`.
    mutating func check(_ some: SomeSyntax) -> Condition? {
        let parts = check(some.conditions)
        guard let bounds = check(some.count, of: "conditions"), let parts else { return nil }
        let count = parts.count
        guard some.isWhole else { return nil }
        let conditions = count == 1 ? "is only 1 condition" : "are only \(count) conditions"
        if let low = bounds.low, low > count {
            complaints.error(
                some.count.range,
                "there \(conditions) in the bracket, so this holds for nobody",
                fix: "did you mean 'at least \(count)'?"
            )
            return nil
        }
        if bounds.low == nil, let high = bounds.high, high >= count {
            complaints.error(
                some.count.range,
                "there \(conditions) in the bracket, so this holds for everybody",
                fix: count > 1 ? "did you mean 'at most \(count - 1)'?" : nil
            )
            return nil
        }
        return CountBounds(low: bounds.low, high: bounds.high.flatMap { $0 < count ? $0 : nil })
            .lowered { Condition.atLeast($0, of: parts) }
    }

    /// The meaning of `percent% sample "salt"`.
    mutating func check(_ sample: SampleSyntax) -> Condition? {
        guard let percent = sample.percent.value else { return nil }
        if percent.units <= 0 {
            complaints.error(
                sample.percent.range,
                "a sample of \(percent)% holds for nobody",
                fix: "write a number above 0, such as 10% or 0.5%"
            )
            return nil
        }
        guard percent.units <= 100 * ExactDecimal.one else {
            complaints.error(
                sample.percent.range,
                "a sample is 100% of the people at most",
                fix: "write a number up to 100; all people are 'everyone'"
            )
            return nil
        }
        return .sample(Sample(percent: percent, salt: sample.salt.text))
    }
}

extension Condition {
    /// At least so many of the conditions: one of them is `any`, and all of them are `all`.
    fileprivate static func atLeast(_ count: Int, of parts: [Condition]) -> Condition {
        if count == 1 { return .disjunction(parts) }
        return count == parts.count ? .conjunction(parts) : .some(atLeast: count, of: parts)
    }
}
