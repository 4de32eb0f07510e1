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
        let place = at("on") || at("in") ? 1 : 0
        let isBare = place == 1 && ahead(1).isNumber
        if isBare {
            let isFilled = ["different", "separate", "distinct"].contains(ahead(2).text)
            let unit = ahead(isFilled ? 3 : 2).text
            guard ["days", "weeks", "months"].contains(unit) else { return false }
            let number = shortened(source.text(ahead(1).range), to: 20)
            complain(
                range(ofNext: isFilled ? 4 : 3),
                "on how many days something happened stands before the event",
                fix: "write at least \(number) \(unit) with \(eventBefore ?? "order_completed")"
            )
            return true
        }
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
            fix: eventBefore.map {
                "write \(spelling(of: index + place..<index + unit + 1)) with \($0)"
            } ?? "write for example: at least 3 days with order_completed"
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

    /// A number behind the event: `order_completed at least 3 times`.
    mutating func misplacedCount() -> Bool {
        let isCount =
            at("at", "least") || at("at", "most") || at("more", "than") || at("fewer", "than")
            || at("less", "than") || at("exactly") || at("between")
        let often = ["once": "1", "twice": "2", "thrice": "3"]
        let spelled = Parser.numberWords[token.text].map { "\($0)" }
        let place = at("exactly") || at("between") ? 1 : 2
        let isNumber = ahead(1).isNumber || ahead(2).isNumber || often[ahead(place).text] != nil
        let isTimes =
            (token.isNumber || spelled != nil)
            && (ahead(1).isWord("times") || ahead(1).isWord("time"))
        guard isCount && isNumber || isTimes || at("times") || often[token.text] != nil else {
            return false
        }
        var count = "at least 3"
        if isCount, !at("between") {
            let number = often[ahead(place).text] ?? source.text(ahead(place).range)
            let lead = at("less") ? "fewer than" : spelling(of: index..<index + place)
            count = "\(lead) \(shortened(number, to: 20))"
        } else if isTimes || often[token.text] != nil {
            count =
                "at least \(often[token.text] ?? spelled ?? shortened(source.text(token.range), to: 20))"
        }
        complain(
            token.range,
            "how many stands before the name of the event",
            fix: eventBefore.map { "write \(count) \($0)" }
                ?? "write for example: \(count) order_completed"
        )
        return true
    }

    /// `1000 EUR`.
    mutating func misplacedCurrency() -> Bool {
        let names: Set<String> = [
            "eur", "usd", "gbp", "chf", "euro", "euros", "dollar", "dollars", "pounds",
        ]
        guard token.kind == .word, previous.isNumber, names.contains(token.text.lowercased()) else {
            return false
        }
        complain(token.range, "a number has no currency", fix: "leave '\(token.text)' out")
        return true
    }

    /// `person.plan = "trial" since 2 weeks`.
    mutating func misplacedSince() -> Bool {
        guard at("since") || at("during") || at("throughout"), ahead(1).isQuantity,
            !ahead(1).isDate
        else { return false }
        complain(
            token.range,
            "how long a condition has held is written 'for'",
            fix: "write for \(spelledDuration(at: 1))"
        )
        return true
    }

    /// `added_to_cart with sku = "A-1"`.
    mutating func misplacedWith() -> Bool {
        let words: Set<String> = ["with", "having", "whose", "if", "when", "containing"]
        guard token.kind == .word, words.contains(token.text), ahead(1).isName, isTestStart(2),
            !token.isFirstOnLine
        else { return false }
        complain(
            token.range,
            "what an event must be like is written with 'where'",
            fix: "write 'where'"
        )
        return true
    }
}
