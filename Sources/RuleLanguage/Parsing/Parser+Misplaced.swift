extension Parser {
    /// Reports what stands behind a condition and cannot, and goes on behind it.
    mutating func endOfFact() {
        while true {
            if jointWord != nil || token.kind == .end || atBlock { return }
            if at(symbol: ","), commasEnd > 0 { return }
            if Reserved.clauses.contains(where: { token.isWord($0) }) { return }
            if at(symbol: ")") {
                guard openBrackets == 0 else { return }
                complain(
                    token.range,
                    "no bracket is open that this one could close",
                    fix: "leave it out"
                )
                advance()
                // What belonged to the condition before the bracket.
                if at("where") || startsWindow { skipCondition() }
                continue
            }
            misplaced()
            skipCondition()
        }
    }

    private mutating func misplaced() {
        if at("where") {
            complain(
                token.range,
                "'where' belongs directly behind the name of an event",
                fix: "the order is always: how many, event, where, window"
            )
        } else if misplacedWith() || misplacedHabit() || misplacedSince() || misplacedNot()
            || misplacedAgo() || misplacedOnDays()
            || misplacedThen()
        {
            return
        } else if let message = strayIgnoring {
            complain(token.range, message)
        } else if misplacedWindow() || misplacedCount() || misplacedValue() {
            return
        } else if startsFact, commasEnd > 0 {
            complain(
                token.range,
                "a comma is missing before \(tokenSpelling)",
                fix: "conditions in this bracket are written (…, …)"
            )
        } else if startsFact {
            complain(
                token.range,
                "'and' or 'or' is missing before \(tokenSpelling)",
                fix: "join the two conditions with 'and' or 'or'"
            )
        } else {
            let near = token.kind == .word ? nearest(to: token.text, among: Parser.behindFact) : nil
            guard !at("ago") else {
                complain(token.range, "'ago' does not go with this window", fix: "leave it out")
                return
            }
            complain(
                token.range,
                "\(tokenSpelling) does not fit here: behind a condition comes 'and', 'or' or the "
                    + "next clause",
                fix: near.map { "did you mean '\($0)'?" }
            )
        }
    }

    private static let behindFact =
        [
            "and", "or", "where", "in", "in last", "ever", "for", "then", "between", "since",
            "before",
        ]
        + ["today", "yesterday", "this"] + Reserved.clauses + Reserved.blocks

    /// A window in other words: `within 2 hours`, `last 2 hours`.
    mutating func misplacedWindow() -> Bool {
        guard token.kind == .word else { return false }
        if startsWindow {
            complain(
                range(ofNext: at("ever") || at("today") || at("yesterday") ? 1 : 2),
                "a window belongs directly behind an event or its 'where', and there only once"
            )
            return true
        }
        if token.text == "within" || nearest(to: token.text, among: ["within"]) != nil {
            let isExact = token.text == "within"
            if isExact, (2...4).contains(where: { ahead($0).isWord("then") }) {
                complain(
                    token.range,
                    "'within' stands behind 'then' and its event",
                    fix: "write for example: a then b within 1 hour"
                )
                return true
            }
            complain(
                token.range,
                isExact
                    ? "'within' stands behind 'then' only; a window is written 'in last …'"
                    : "'\(token.text)' is no word of the rule language",
                fix: isExact
                    ? windowFix(at: ahead(1).isWord("the") ? 3 : ahead(1).isWord("last") ? 2 : 1)
                    : "did you mean 'within'? A window is written 'in last 2 hours'"
            )
            return true
        }
        let leads = ["last", "past", "during", "over", "the", "inlast"]
        guard leads.contains(token.text) || ["within", "last"].contains(ahead(1).text) else {
            return false
        }
        let place = (1...3).first { ahead($0).isQuantity && !ahead($0).isDate }
        let fix = place.map { "write in last \(spelledDuration(at: $0))" } ?? windowHint
        complain(token.range, "a window is written 'in last …'", fix: fix)
        return true
    }

    /// A stray number, comma or sign.
    private mutating func misplacedValue() -> Bool {
        if at(symbol: ","), previous.isNumber, ahead(1).isNumber,
            previous.range.upperBound == token.range.lowerBound,
            token.range.upperBound == ahead(1).range.lowerBound
        {
            let behind = source.text(ahead(1).range)
            let isThousands = behind.prefix { $0 != "." }.utf8.count == 3
            let joint = isThousands ? "" : "."
            complain(
                previous.range.lowerBound..<ahead(1).range.upperBound,
                isThousands
                    ? "a number has no commas in it"
                    : "the decimals of a number stand behind a point, not behind a comma",
                fix: "write \(shortened(source.text(previous.range) + joint + behind))"
            )
            return true
        }
        if at(symbol: ","), jointWord(at: 1) != nil {
            // A word that does not join has its own complaint.
            if !ahead(1).isWord("but"), !ahead(1).isWord("plus") {
                complain(
                    token.range,
                    "a comma stands only in lists, such as any of (…, …)",
                    fix: "leave it out before '\(ahead(1).text)'"
                )
            }
            advance()
            return true
        }
        if at(symbol: ",") {
            complain(
                token.range,
                "a comma stands only in lists, such as any of (…, …)",
                fix: ahead(1).isWord("then")
                    ? "leave it out before 'then'" : "join conditions with 'and' or 'or'"
            )
            return true
        }
        if misplacedCurrency() { return true }
        if at(symbol: "%") || token.isQuantity, previous.isQuantity {
            complain(
                token.range,
                at(symbol: "%") ? "a number has no '%'" : "two values stand side by side here",
                fix: at(symbol: "%") ? "leave it out" : nil
            )
            return true
        }
        return false
    }

    /// Whether a condition begins here, as far as the next words tell.
    private var startsFact: Bool {
        if at(symbol: "(") || at("not") || token.kind == .string { return true }
        if token.kind == .word, Reserved.events.contains(token.text) {
            return !at("in") || at("in", "segment") || at("in", "list")
        }
        guard token.kind == .word else { return false }
        return ahead(1).isWord("in") || ahead(1).isWord("where") || ahead(1).isWord("ever")
    }
}
