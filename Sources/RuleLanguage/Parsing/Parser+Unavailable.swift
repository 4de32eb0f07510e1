extension Parser {
    /// The error for a form of the language that begins here and cannot be evaluated yet.
    ///
    /// Whoever adds a form takes its row out and calls its function from `fact()`.
    mutating func unavailableFact() -> Reported? {
        if token.isNumber, ahead(1).isSymbol("%") {
            return unavailable("10% sample", tokens: 2)
        }
        for form in Parser.unavailableFacts where at(form.words) {
            return unavailable(form.name, tokens: form.words.count)
        }
        for word in ["any", "every", "no"] where at(word, "person") && ahead(2).isSymbol(".") {
            return unavailable("\(word) person.… (…)", tokens: 2)
        }
        for (index, word) in ["first", "last", "distinct"].enumerated() where at(word) {
            let next = ahead(1)
            let isName =
                next.kind == .string || next.isWord("any") || next.isWord("event")
                || next.isWord("activity")
                || next.kind == .word && !Reserved.events.contains(next.text)
                    && !Reserved.joining.contains(next.text) && !next.isWord("ever")
            guard isName else { continue }
            return unavailable(["first …", "last …", "distinct …"][index], tokens: 1)
        }
        return nil
    }

    private static let unavailableFacts: [(words: [String], name: String)] = [
        (["in", "list"], "in list …"),
        (["entered", "segment"], "entered segment …"),
        (["exited", "segment"], "exited segment …"),
        (["person", "is", "known"], "person is known"),
        (["person", "is", "anonymous"], "person is anonymous"),
        (["known", "for"], "known for at least …"),
        (["average", "of"], "average of …"),
        (["minimum", "of"], "minimum of …"),
        (["maximum", "of"], "maximum of …"),
    ]

    /// The error for a window that begins here and cannot be evaluated yet.
    mutating func unavailableWindow() -> Reported? {
        if at("in", "last"), ahead(2).isNumber, ahead(3).isWord("calendar") {
            return unavailable("in last … calendar …", tokens: 4)
        }
        for form in Parser.unavailableWindows where at(form.words) {
            return unavailable(form.name, tokens: form.words.count)
        }
        if at("between"), ahead(1).isQuantity {
            if case .date = ahead(1).kind { return unavailable("between … and …", tokens: 1) }
            return unavailable("between … and … ago", tokens: 1)
        }
        if at("before"), ahead(1).isQuantity { return unavailable("before …", tokens: 1) }
        if at("since"), ahead(1).isQuantity { return unavailable("since …", tokens: 1) }
        return nil
    }

    private static let unavailableWindows: [(words: [String], name: String)] = [
        (["since", "last"], "since last …"),
        (["today"], "today"),
        (["yesterday"], "yesterday"),
        (["this", "week"], "this week"),
        (["this", "month"], "this month"),
        (["this", "year"], "this year"),
    ]

    /// The error for a test that begins here and cannot be evaluated yet.
    mutating func unavailableTest() -> Reported? {
        for form in Parser.unavailableTests where at(form.words) {
            return unavailable(form.name, tokens: form.words.count)
        }
        if at("more", "than"), ahead(3).isWord("ago") || ahead(4).isWord("ago") {
            return unavailable("more than … ago", tokens: 2)
        }
        guard at("between") else { return nil }
        // `between 60 and 30 days ago`, `between 60 days and 30 days ago`
        let first = ahead(2).isWord("and") ? 1 : 2
        let second = ahead(first + 2)
        guard ahead(first + 1).isWord("and"), second.isQuantity else { return nil }
        let isAgo = ahead(first + 3).isWord("ago") || ahead(first + 4).isWord("ago")
        return isAgo ? unavailable("between … and … ago", tokens: 1) : nil
    }

    private static let unavailableTests: [(words: [String], name: String)] = [
        (["contains"], "contains"),
        (["starts", "with"], "starts with"),
        (["ends", "with"], "ends with"),
        (["like"], "like"),
        (["in", "last"], "in last …"),
        (["in", "next"], "in next …"),
        (["anniversary"], "anniversary in next …"),
        (["changed"], "changed"),
    ]
}
