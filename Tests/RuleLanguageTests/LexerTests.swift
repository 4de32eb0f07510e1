import EventModel
import RuleLanguage
import Testing

@Suite struct LexerTests {
    struct Case: Sendable {
        var text: String
        var kinds: [Token.Kind]

        init(_ text: String, _ kinds: Token.Kind...) {
            self.text = text
            self.kinds = kinds
        }
    }

    static func tokens(_ text: String) -> [Token] {
        Lexer.tokens(of: SourceText(path: "x", text: text))
    }

    static func span(_ milliseconds: Int64) -> Token.Kind {
        .span(ExactDecimal(milliseconds).units)
    }

    static func number(_ text: String) -> Token.Kind { .number(ExactDecimal(text)) }

    static func day(_ text: String) -> Token.Kind { date(text, TimeSpan.days(1)) }

    static func date(_ text: String, _ length: TimeSpan) -> Token.Kind {
        let start = Instant(rfc3339: text) ?? .distantPast
        return .date(start: start, end: start + length)
    }

    static let cases: [Case] = [
        Case("", .end),
        Case("# only a comment", .end),
        Case("\u{FEFF}a", .word, .end),
        Case("a b_1 $c _d größe", .word, .word, .word, .word, .word, .end),
        Case("a.b", .word, .symbol, .word, .end),
        Case("\"a # b\" # c", .string, .end),
        Case("( ) [ ] , . % = != < <= > >=") {
            Array(repeating: .symbol, count: 13) + [.end]
        },
        Case("12 -3 0.50 -0", number("12"), number("-3"), number("0.5"), number("0"), .end),
        Case("2026-01-31", day("2026-01-31"), .end),
        Case(
            "2026-01-31T09:00:00+02:00",
            date("2026-01-31T07:00:00Z", TimeSpan(milliseconds: 1)),
            .end
        ),
        Case("15m", span(900_000), .end),
        Case("1h30m 2d", span(5_400_000), span(172_800_000), .end),
        Case("0.5s 20ms 1w", span(500), span(20), span(604_800_000), .end),
        Case("30m1h", .span(nil), .end),
        Case("1m1m", .span(nil), .end),
        Case("2hours", .span(nil), .end),
        Case("007", .number(nil), .end),
        Case("1,000", .number(nil), .end),
        Case("1,100", number("1"), .symbol, number("100"), .end),
        Case("2026-13-01", .malformedDate, .end),
        Case("31.01.2026", .malformedDate, .end),
        Case("2026-01-31T09:00:00", .malformedDate, .end),
        Case("order-completed", .string, .end),
        Case("at-least", .word, .word, .end),
        Case("“a”", .string, .end),
        Case("a;b", .word, .symbol, .word, .end),
        Case("99999999999999999999", .number(nil), .end),
    ]

    @Test(arguments: cases.indices)
    func cutsIntoTokens(index: Int) {
        let example = LexerTests.cases[index]
        #expect(LexerTests.tokens(example.text).map(\.kind) == example.kinds, "\(example.text)")
    }

    @Test(arguments: [
        (#""a""#, "a"), (#""""#, ""), (#""\"""#, "\""), (#""\\n""#, "\\n"), (#""a\nb""#, "a\nb"),
        (#""\u{E9}\u{1F600}""#, "é😀"), (#""\q""#, ""), (#""\u{D800}""#, ""), (#""\u{}""#, ""),
        (#""open"#, "open"), ("\"open\r\n", "open"),
    ])
    func readsText(source: String, meant: String) {
        #expect(LexerTests.tokens(source).first?.text == meant)
    }

    @Test func knowsPlaces() {
        let tokens = LexerTests.tokens("é b\n  c")
        #expect(tokens.map(\.range) == [0..<2, 3..<4, 7..<8, 8..<8])
        #expect(tokens.map(\.isFirstOnLine) == [true, false, true, false])
    }
}

extension LexerTests.Case {
    init(_ text: String, _ kinds: () -> [Token.Kind]) {
        self.text = text
        self.kinds = kinds()
    }
}
