package import EventModel

/// A word, text, number, date, duration or mark of a rule file.
package struct Token: Equatable, Sendable {
    /// What kind of token it is.
    ///
    /// A malformed number, date or span is nil: the lexer has complained, nobody else need.
    package enum Kind: Equatable, Sendable {
        /// A bare word; `text` is its spelling.
        case word
        /// A quoted text; `text` is what it says.
        case string
        /// A number.
        case number(ExactDecimal?)
        /// A date: `start <= t < end`.
        case date(start: Instant, end: Instant)
        /// A malformed date.
        case malformedDate
        /// A duration in units of 10^-18 ms.
        case span(Int128?)
        /// A mark; `text` is its spelling.
        case symbol
        /// The end of the file.
        case end
    }

    /// What kind of token it is.
    package var kind: Kind
    /// The spelling of a word or mark, what a text says, otherwise empty.
    package var text: String
    /// Where it stands.
    package var range: Range<Int>
    /// Whether nothing but space stands before it on its line.
    package var isFirstOnLine: Bool

    /// Whether it is that bare word.
    func isWord(_ word: String) -> Bool { kind == .word && text == word }

    /// Whether it is that mark.
    func isSymbol(_ symbol: String) -> Bool { kind == .symbol && text == symbol }

    /// Whether it can be a name: a word or a text.
    var isName: Bool { kind == .word || kind == .string }

    /// Whether it is a number, malformed or not.
    var isNumber: Bool {
        if case .number = kind { return true }
        return false
    }

    /// Whether it is a date, malformed or not.
    var isDate: Bool {
        switch kind {
        case .date, .malformedDate: true
        case .word, .string, .number, .span, .symbol, .end: false
        }
    }

    /// Whether it is a number, a date or a duration, malformed or not.
    var isQuantity: Bool {
        switch kind {
        case .number, .date, .malformedDate, .span: true
        case .word, .string, .symbol, .end: false
        }
    }
}
