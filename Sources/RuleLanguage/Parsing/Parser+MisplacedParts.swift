extension Parser {
    /// `order_completed not in last 2 days`.
    mutating func misplacedNot() -> Bool {
        guard at("not", "in", "last") || at("not", "today") || at("not", "ever") else {
            return false
        }
        complain(
            token.range,
            "'not' stands before the condition",
            fix: "write for example: no order_completed in last 2 hours"
        )
        return true
    }

    /// `order_completed more than 60 days ago`.
    mutating func misplacedAgo() -> Bool {
        let isLong = at("more", "than") && ahead(2).isQuantity && !ahead(2).isDate
        guard isLong, isUnit(ahead(3)) || !ahead(2).isNumber else { return false }
        complain(
            range(ofNext: 2),
            "'more than … ago' goes with 'first', 'last' and attributes that are times",
            fix: "write for example: last order_completed more than \(spelledDuration(at: 2)) ago"
        )
        return true
    }

    /// `order_completed on at least 3 days`.
    mutating func misplacedOnDays() -> Bool {
        let place = at("on") ? 1 : 0
        let isCount =
            ahead(place).isWord("at") && ahead(place + 2).isNumber
            || ahead(place).isWord("exactly") && ahead(place + 1).isNumber
        let unit = ahead(place).isWord("at") ? place + 3 : place + 2
        guard isCount,
            ["day", "days", "weeks", "months", "week", "month"].contains(ahead(unit).text)
        else { return false }
        complain(
            range(ofNext: unit + 1),
            "on how many days something happened stands before the event",
            fix: "write for example: at least 3 days with order_completed"
        )
        return true
    }

    /// `then` behind what it cannot join.
    mutating func misplacedThen() -> Bool {
        guard startsSequel else { return false }
        complain(
            token.range,
            "'then' stands between two events",
            fix: "write for example: checkout_started then order_completed within 1 hour"
        )
        return true
    }
}
