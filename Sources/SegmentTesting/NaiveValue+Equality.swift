import EventModel
import RuleLanguage

extension NaiveValue {
    /// Whether a value reads as not there: null, an empty text, a number that does not fit.
    static func isMissing(_ value: TestValue?) -> Bool {
        switch value {
        case nil, .null?: true
        case .text(let text)?: text.isEmpty
        case .number(let text)?: ExactDecimal(text) == nil
        case .boolean?, .list?, .object?: false
        }
    }

    /// The number that a value is; a text is none.
    static func number(_ value: TestValue) -> ExactDecimal? {
        if case .number(let text) = value { ExactDecimal(text) } else { nil }
    }

    /// What a value is as part of a key, nil where it is none; a number equals its spelling.
    static func keyPart(_ value: TestValue?) -> [UInt8]? {
        guard let value, !isMissing(value) else { return nil }
        switch value {
        case .number(let text): return ExactDecimal(text).map { Array("=\($0)".utf8) }
        case .text(let text): return Array("=\(text)".utf8)
        case .boolean(let truth): return Array((truth ? "yes" : "no").utf8)
        case .null, .list, .object: return nil
        }
    }

    /// Whether a value equals what a rule says.
    static func isEqual(_ value: TestValue, _ literal: ValueLiteral, _ zone: Zone) -> Bool {
        switch (value, literal) {
        case (.number(let text), .number(let number)): ExactDecimal(text) == number
        case (.text(let text), .number(let number)): text == number.description
        case (.text(let text), .text(let other)): isSame(text, other)
        case (.number(let text), .text(let other)): ExactDecimal(text)?.description == other
        case (.boolean(let truth), .boolean(let other)): truth == other
        case (.text(let text), .time(let start, let end)):
            time(text, zone).map { start <= $0 && $0 < end } ?? false
        default: false
        }
    }

    /// Whether two values are the same: numbers by value, a text like the number that it spells
    /// canonically, lists and objects by what is in them.
    static func isSame(_ value: TestValue, _ other: TestValue) -> Bool {
        switch (value, other) {
        case (.null, .null): true
        case (.boolean(let truth), .boolean(let other)): truth == other
        case (.text(let text), .text(let other)): isSame(text, other)
        case (.number(let text), .number(let other)): ExactDecimal(text) == ExactDecimal(other)
        case (.number(let number), .text(let text)), (.text(let text), .number(let number)):
            ExactDecimal(number)?.description == text
        case (.list(let items), .list(let others)):
            items.count == others.count && zip(items, others).allSatisfy { isSame($0, $1) }
        case (.object(let members), .object(let others)):
            members.count == others.count
                && members.allSatisfy { name, value in
                    others[name].map { isSame(value, $0) } ?? false
                }
        default: false
        }
    }

    /// By bytes: `==` of texts would hold of different spellings of one letter.
    private static func isSame(_ text: String, _ other: String) -> Bool {
        Array(text.utf8) == Array(other.utf8)
    }

    /// Less than 0 where a value is less than what a rule says, 0 where equal; nil for unlike kinds.
    static func order(_ value: TestValue, _ literal: ValueLiteral, _ zone: Zone) -> Int? {
        switch (value, literal) {
        case (.number(let text), .number(let other)):
            ExactDecimal(text).map { $0 < other ? -1 : $0 == other ? 0 : 1 }
        case (.text(let text), .text(let other)):
            isSame(text, other) ? 0 : text.utf8.lexicographicallyPrecedes(other.utf8) ? -1 : 1
        case (.text(let text), .time(let start, let end)):
            time(text, zone).map { $0 < start ? -1 : $0 < end ? 0 : 1 }
        default: nil
        }
    }
}
