extension Checker {
    /// The meaning of `count days with count events`, built from `periods`.
    mutating func check(_ regular: RegularSyntax) -> Condition? {
        let selection = selection(regular.events, regular.filter)
        let window = check(regular.window)
        let bounds = check(regular.count, of: "\(regular.unit.rawValue)s")
        let each = checkEach(regular)
        guard let selection, let window, let bounds, let each else { return nil }
        return bounds.lowered {
            .periods(
                EventfulPeriods(
                    unit: regular.unit,
                    zone: zone,
                    atLeast: $0,
                    events: selection,
                    low: each.low,
                    high: each.high,
                    window: window
                )
            )
        }
    }

    /// How many events each period must have; one without any can never be counted.
    private mutating func checkEach(_ regular: RegularSyntax) -> (low: Int, high: Int?)? {
        guard let each = check(regular.each) else { return nil }
        if let low = each.low { return (low, each.high) }
        let unit = regular.unit.rawValue
        let range = regular.each?.range ?? regular.count.range
        if let high = each.high, high > 0 {
            complaints.error(
                range,
                "a \(unit) without any such event satisfies this too, and only \(unit)s that have "
                    + "one can be counted",
                fix: high == 1
                    ? "did you mean 'exactly 1'?" : "did you mean 'between 1 and \(high)'?"
            )
        } else {
            complaints.error(
                range,
                "\(unit)s without an event cannot be counted, only those with one",
                fix: "count the others: write for example 'at most 4 \(unit)s with', or "
                    + "'no \(unit)s with'"
            )
        }
        return nil
    }
}
