extension Parser {
    /// `test_block`.
    mutating func testBlock() throws(Reported) -> TestBlockSyntax {
        let keyword = token.range
        advance()
        guard token.kind == .string else {
            throw fail(
                "a test has a name in quotes",
                at: token.isName && !token.isFirstOnLine ? token.range : keyword,
                fix: token.isName && !token.isFirstOnLine
                    ? "write test \"\(shortened(token.text, to: 40))\""
                    : "write for example: test \"a cart goes stale\""
            )
        }
        advance()
        var test = TestBlockSyntax(name: TextSyntax(text: previous.text, range: previous.range))
        if test.name.text.isEmpty {
            complain(test.name.range, "the name of a test cannot be empty")
        }
        if take("starting") {
            guard token.isDate else {
                throw fail(
                    "a date is missing behind 'starting'",
                    fix: "write for example: starting 2026-03-01T09:00:00Z"
                )
            }
            test.start = try literal(after: "starting", of: "")
        }
        var isReported = false
        while token.kind != .end, !atTestEnd {
            let start = index
            do {
                let step = try step()
                if test.steps.count < Limits.stepsMax {
                    test.steps.append(step)
                } else if test.steps.count == Limits.stepsMax {
                    throw fail(
                        "a test may have \(Limits.stepsMax) steps at most",
                        at: step.range
                    )
                }
            } catch {
                isReported = true
                if index == start { advance() }
                skipStep()
            }
        }
        if test.steps.isEmpty, !isReported {
            complain(
                keyword,
                "this test has no steps",
                fix:
                    "write for example: at 0m added_to_cart, and then: at 1h expect in cart_abandoners"
            )
        }
        return test
    }

    /// Whether the next block begins here: in a test its words may be names of events, but not of what
    /// begins a line.
    private var atTestEnd: Bool { atBlock && !startsStep }

    private var startsStep: Bool {
        at("at") && (ahead(1).isQuantity || ahead(1).isNumber)
    }

    private mutating func skipStep() {
        while token.kind != .end, !(startsStep && token.isFirstOnLine), !startsBlock { advance() }
    }

    /// `step`.
    private mutating func step() throws(Reported) -> StepSyntax {
        let start = index
        marks?[index] = .clause
        guard take("at") else {
            let isTime = token.isQuantity
            throw fail(
                isTime
                    ? "'at' is missing before \(tokenSpelling)"
                    : "\(tokenSpelling) does not belong here: each step of a test begins with 'at' "
                        + "and its time",
                fix: isTime
                    ? "write at \(source.text(token.range))"
                    : "write for example: at 15m expect in cart_abandoners"
            )
        }
        let time: StepSyntax.Time
        if token.isDate {
            time = .date(try literal(after: "at", of: ""))
        } else {
            time = .offset(try duration(after: "at"))
        }
        var step = StepSyntax(time: time, action: .erase, range: tokens[start].range)
        if take("late") {
            guard take("by") else {
                throw fail("'by' is missing behind 'late'", fix: "write late by 2 hours")
            }
            step.late = try duration(after: "late by")
        }
        while let subject = try subject() { step.subjects.append(subject) }
        step.action = try action()
        step.range = range(from: start)
        step.text = spelling(of: start..<index, charactersMax: 300)
        return step
    }

    /// `subject`; nil where none stands here.
    private mutating func subject() throws(Reported) -> SubjectSyntax? {
        var namespace = TextSyntax(text: token.text, range: token.range)
        if ["user", "anonymous", "email"].contains(where: { token.isWord($0) }) {
            advance()
        } else if take("identifier") {
            guard token.isName, ahead(1).kind == .string else {
                throw fail(
                    "behind 'identifier' come its name and its value",
                    fix: "write for example: identifier phone \"+15005550006\""
                )
            }
            namespace = try name(of: "the name of an identifier")
        } else {
            return nil
        }
        guard token.kind == .string else {
            throw fail(
                "the value behind '\(shortened(namespace.text, to: 40))' is written in quotes",
                fix: token.kind == .end || token.isFirstOnLine
                    ? "write for example: \(namespace.text) \"c-1\""
                    : "write \"\(shortened(source.text(token.range), to: 40))\""
            )
        }
        advance()
        return SubjectSyntax(
            namespace: namespace,
            value: TextSyntax(text: previous.text, range: previous.range)
        )
    }

    /// `action`.
    private mutating func action() throws(Reported) -> StepSyntax.Action {
        if take("expect") { return try expected() }
        if at("added", "to") || at("removed", "from") {
            let isAddition = at("added")
            let words = isAddition ? "added to list" : "removed from list"
            advance(2)
            guard take("list") else {
                throw fail("'list' is missing here", fix: "write \(words) press_kit")
            }
            return .list(try name(of: "the name of a list"), isAddition: isAddition)
        }
        if take("merged") {
            guard take("into"), let subject = try subject() else {
                throw fail(
                    "behind 'merged into' comes whom the person becomes one with",
                    fix: "write for example: merged into user \"c-2\""
                )
            }
            return .merge(subject)
        }
        if take("erased") { return .erase }
        if take("identify") { return .identify(try pairs(isBracketed: false)) }
        guard token.isName, !startsStep, !atBlock, !(token.isFirstOnLine && startsBlock) else {
            throw fail(
                "it is missing what happens \(beforeToken)",
                fix: "write an event, 'identify' with attributes, or what to 'expect'"
            )
        }
        if token.kind == .word, Reserved.steps.contains(token.text) {
            throw fail(
                "'\(token.text)' is a word of the rule language: as the name of an event it is "
                    + "written in quotes",
                fix: "write \"\(token.text)\""
            )
        }
        if ahead(1).kind == .string, !ahead(1).isFirstOnLine,
            ahead(2).isName || ahead(2).isWord("expect"),
            !ahead(2).isFirstOnLine
        {
            throw fail(
                "whom a step is about is said by 'user', 'anonymous', 'email' or 'identifier'",
                at: range(ofNext: 2),
                fix: "write identifier \(source.text(range(ofNext: 2)))"
            )
        }
        let event = try name(of: "the name of an event")
        return .track(event, try pairs(isBracketed: false))
    }

    /// What stands behind `expect` in a step.
    private mutating func expected() throws(Reported) -> StepSyntax.Action {
        if take("not", "in") { return .membership(try segmentName(), isMember: false) }
        if take("in") { return .membership(try segmentName(), isMember: true) }
        let forms =
            "write 'expect in NAME', 'expect not in NAME', 'expect 2 members in NAME', "
            + "'expect 2 entries into NAME' or 'expect 1 exit from NAME'"
        guard case .number(let value) = token.kind else {
            throw fail("it is missing what to expect \(beforeToken)", fix: forms)
        }
        let number = NumberSyntax(value: value, range: token.range)
        let words: [(words: [String], counted: StepSyntax.Counted)] = [
            (["member", "in"], .members), (["members", "in"], .members),
            (["entry", "into"], .entries), (["entries", "into"], .entries),
            (["exit", "from"], .exits), (["exits", "from"], .exits),
        ]
        advance()
        for (words, counted) in words where at(words) {
            advance(2)
            return .count(number, counted, try segmentName())
        }
        throw fail("behind the number comes what it counts", fix: forms)
    }

    private mutating func segmentName() throws(Reported) -> TextSyntax {
        guard token.isName, !startsStep else {
            throw fail("the name of a segment is missing \(beforeToken)")
        }
        return try name(of: "the name of a segment")
    }

    // MARK: - Values

    /// `{ pair }`, up to what begins no pair.
    private mutating func pairs(isBracketed: Bool) throws(Reported) -> [PairSyntax] {
        var pairs: [PairSyntax] = []
        while token.isName {
            if at("at") || atBlock {
                guard isBracketed, !token.isFirstOnLine else { break }
                throw reserved(as: "a property")
            }
            let path = try path(of: "the name of a property")
            let value = try deeper { (parser) throws(Reported) in try parser.value() }
            pairs.append(PairSyntax(path: path, value: value))
            guard pairs.count <= Limits.fieldsMax else {
                throw fail(
                    "a step may give \(Limits.fieldsMax) values at most",
                    at: previous.range
                )
            }
            // `sku "A-1", price 30`: not so in the language, but easily written.
            if !isBracketed, at(symbol: ",") {
                complain(token.range, "no comma stands between values", fix: "leave it out")
                advance()
            }
        }
        if !isBracketed, token.kind != .end, !startsStep, !atBlock {
            throw fail(
                "\(tokenSpelling) does not belong here: behind an event come names with their "
                    + "values",
                fix: "write for example: sku \"A-1\" price 30"
            )
        }
        return pairs
    }

    /// `value`.
    private mutating func value() throws(Reported) -> StepValueSyntax {
        if take("now") { return .now }
        if take("unset") { return .unset }
        if take("in") { return .ahead(try duration(after: "in")) }
        if isAgo {
            let duration = try duration(after: "")
            guard take("ago") else {
                throw fail("'ago' is missing here", fix: "write 3 days ago, or in 3 days")
            }
            return .ago(duration)
        }
        if take(symbol: "[") {
            var elements: [StepValueSyntax] = []
            while !take(symbol: "]") {
                if !elements.isEmpty {
                    guard take(symbol: ",") else {
                        throw fail(
                            "a comma or ']' is missing \(beforeToken)",
                            fix: "lists are written [\"a\", \"b\"]"
                        )
                    }
                }
                marks?[index] = .element
                elements.append(
                    try deeper { (parser) throws(Reported) in try parser.value() }
                )
            }
            return .list(elements)
        }
        if take(symbol: "(") {
            let pairs = try pairs(isBracketed: true)
            guard take(symbol: ")") else {
                throw fail(
                    "')' is missing \(beforeToken)",
                    fix: "items are written (sku \"A-1\" qty 1)"
                )
            }
            return .object(pairs)
        }
        let isValue =
            token.kind == .string || token.isNumber || token.isDate || at("true") || at("false")
        guard isValue else {
            let name = previous.kind == .word || previous.kind == .string ? previous.text : ""
            throw fail(
                "the value of '\(shortened(name, to: 40))' is missing \(beforeToken)",
                fix: token.kind == .word && !token.isFirstOnLine
                    ? ["yes", "no"].contains(token.text)
                        ? "write \(name) \(token.text == "yes")"
                        : "texts are written in quotes: \(name) \"\(shortened(token.text, to: 40))\""
                    : nil
            )
        }
        return .literal(try literal(after: "", of: ""))
    }

    /// Whether `3 days ago` or `3d ago` begins here.
    private var isAgo: Bool {
        if case .span = token.kind { return true }
        return token.isNumber && ahead(2).isWord("ago") && ahead(1).kind == .word
    }
}
