import EventModel

/// Durations as they are spelled.
///
/// Lengths are in units of 10^-18 ms, so that decimals are exact until the checker asks for whole
/// milliseconds. What is too long for that saturates, and is refused by the bound anyway.
enum DurationText {
    /// The words for the units, with their lengths in milliseconds.
    static let words: [(one: String, many: String, milliseconds: Int128)] = [
        ("second", "seconds", 1_000), ("minute", "minutes", 60_000), ("hour", "hours", 3_600_000),
        ("day", "days", 86_400_000), ("week", "weeks", 604_800_000),
    ]

    /// Units that people write and the language does not know.
    static let slips: [String: String] = [
        "s": "seconds", "sec": "seconds", "secs": "seconds", "m": "minutes", "min": "minutes",
        "mins": "minutes", "h": "hours", "hr": "hours", "hrs": "hours", "d": "days",
        "w": "weeks", "wk": "weeks", "wks": "weeks",
    ]

    /// The length of a unit; nil for what is none.
    static func milliseconds(of unit: String) -> Int128? {
        words.first { $0.one == unit || $0.many == unit }?.milliseconds
    }

    /// The length of so many of a unit.
    static func units(_ count: ExactDecimal, of milliseconds: Int128) -> Int128 {
        let (product, overflow) = count.units.multipliedReportingOverflow(by: milliseconds)
        return overflow ? (count.units < 0 ? .min : .max) : product
    }

    /// The length that a short form such as `1h30m` names; nil for what is none.
    ///
    /// Each unit stands at most once, the longer first.
    static func units(of spelled: String) -> Int128? {
        var rest = spelled[...]
        var total: Int128 = 0
        var milliseconds = Int128.max
        while !rest.isEmpty {
            let number = rest.prefix { $0 == "." || ("0"..."9").contains($0) }
            rest = rest.dropFirst(number.count)
            let letters = rest.prefix { $0 != "." && !("0"..."9").contains($0) }
            rest = rest.dropFirst(letters.count)
            guard let count = ExactDecimal(String(number)),
                let length = short[String(letters)], length < milliseconds
            else { return nil }
            milliseconds = length
            let (sum, overflow) = total.addingReportingOverflow(units(count, of: length))
            total = overflow ? .max : sum
        }
        return total
    }

    /// The length of the unit of a short form that has one only, such as `30d`; nil for others.
    static func onlyUnit(of spelled: String) -> Int128? {
        short[String(spelled.drop { $0 == "." || ("0"..."9").contains($0) })]
    }

    private static let short: [String: Int128] = [
        "ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000,
    ]

    /// The two halves of `2hours`, as they should be spelled; nil for what is not of that kind.
    static func joined(_ spelled: String) -> (count: String, unit: String)? {
        let count = spelled.prefix { $0 == "." || ("0"..."9").contains($0) }
        let unit = String(spelled.dropFirst(count.count))
        guard !count.isEmpty else { return nil }
        if milliseconds(of: unit) != nil || calendar.contains(unit) { return (String(count), unit) }
        return slips[unit].map { (String(count), $0) }
    }

    /// The units whose length depends on the calendar.
    static let calendar: Set<String> = ["month", "months", "year", "years"]
}
