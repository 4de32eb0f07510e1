import EventModel

extension Condition {
    /// The condition as unambiguous text, the same for the same meaning however it was laid out.
    package var meaning: String {
        switch self {
        case .all(let parts): "(and\(parts.map { " " + $0.meaning }.joined()))"
        case .any(let parts): "(or\(parts.map { " " + $0.meaning }.joined()))"
        case .not(let part): "(not \(part.meaning))"
        case .atLeast(let count, let events, let window):
            "(at-least \(count) \(events.meaning) \(window.meaning))"
        case .attribute(let path, let test): "(attribute \(quoted(path)) \(test.meaning))"
        case .inSegment(let name): "(in-segment \(quoted(name)))"
        case .sum(let property, let window, let bound):
            "(\(bound.meaning) \(property.meaning) \(window.meaning))"
        case .some(let count, let parts):
            "(some \(count)\(parts.map { " " + $0.meaning }.joined()))"
        case .held(let part, let span): "(held \(span.milliseconds) \(part.meaning))"
        case .aggregate(let aggregate, let property, let window, let test):
            "(\(aggregate.meaning) \(test.meaning) \(property.meaning) \(window.meaning))"
        case .extreme(let extreme): extreme.meaning
        case .sequence(let sequence): sequence.meaning
        case .periods(let periods): periods.meaning
        case .attributeItems(let path, let quantifier, let filter):
            "(attribute \(quoted(path)) (\(quantifier.meaning) \(filter.meaning)))"
        case .changed(let change): change.meaning
        case .isKnown: "known"
        case .knownFor(let span): "(known-for \(span.milliseconds))"
        case .turned(let turn):
            "(\(turn.isEntry ? "entered" : "exited") \(quoted(turn.segment)) \(turn.window.meaning))"
        case .inList(let name): "(in-list \(quoted(name)))"
        case .sample(let sample): "(sample \(sample.percent) \(quoted(sample.salt)))"
        }
    }
}

extension Aggregate {
    var meaning: String {
        switch self {
        case .average: "average"
        case .minimum: "minimum"
        case .maximum: "maximum"
        case .distinct: "distinct"
        }
    }
}

extension NumberTest {
    var meaning: String {
        switch self {
        case .equal(let number): "(= \(number))"
        case .less(let number): "(< \(number))"
        case .lessOrEqual(let number): "(<= \(number))"
        case .greater(let number): "(> \(number))"
        case .greaterOrEqual(let number): "(>= \(number))"
        }
    }
}

extension ExtremeEvent {
    var meaning: String {
        let has = filter.map { " (has \($0.meaning))" } ?? ""
        return "(\(isLast ? "last" : "first") \(events.meaning)\(has) \(window.meaning))"
    }
}

extension EventSequence {
    var meaning: String {
        let within = within.map { " (within \($0.milliseconds))" } ?? ""
        let same = same.map { " (same \(quoted($0)))" } ?? ""
        return "(\(isNegated ? "then-no" : "then") \(first.meaning) \(second.meaning)"
            + "\(within)\(same) \(window.meaning))"
    }
}

extension EventfulPeriods {
    var meaning: String {
        let each = "\(low)\(high.map { " \($0)" } ?? "")"
        return "(periods \(unit.rawValue) \(zone.meaning) \(atLeast) (each \(each)) "
            + "\(events.meaning) \(window.meaning))"
    }
}

extension AttributeChange {
    var meaning: String {
        let from = from.map { " (from \($0.meaning))" } ?? ""
        let to = to.map { " (to \($0.meaning))" } ?? ""
        return "(changed \(quoted(path))\(from)\(to) \(window.meaning))"
    }
}

extension ItemQuantifier {
    var meaning: String {
        switch self {
        case .any: "any-item"
        case .every: "every-item"
        }
    }
}

extension Zone {
    /// The name with what it means: newer data for a zone may change the meaning of a rule.
    var meaning: String { "(zone \(quoted(name)) \(fingerprint))" }
}

extension EventSelection {
    var meaning: String {
        var text = names.map { "(events\($0.map { " " + quoted($0) }.joined()))" } ?? "any-event"
        if !patterns.isEmpty {
            text = "(or \(text)\(patterns.map { " (like \(quoted($0)))" }.joined()))"
        }
        if !excludedNames.isEmpty { text = "(but \(text) \(quoted(excludedNames)))" }
        if let filter { text = "(where \(text) \(filter.meaning))" }
        for key in uniqueKeys { text = "(once \(text) \(key.meaning))" }
        for reading in readings { text = "(reading \(reading.meaning) \(text))" }
        return text
    }
}

extension UniqueKey {
    var meaning: String {
        let by = "(by \(quoted(event))\(paths.map { " " + quoted($0) }.joined()))"
        return reading.isPlain ? by : "(reading \(reading.meaning) \(by))"
    }
}

extension EventReading {
    /// Whether it is the event of that name alone, as it is sent.
    var isPlain: Bool { names == [event] && fields.isEmpty }

    var meaning: String {
        "(\(quoted(event)) \(quoted(names))\(fields.map { " " + $0.meaning }.joined())"
            + "\(others.isEmpty ? "" : " (as-sent \(quoted(others)))"))"
    }
}

extension FieldDeclaration {
    var meaning: String {
        "(\(quoted(name))\(aliases.map { " " + quoted($0) }.joined()) \(type.meaning))"
    }
}

extension ValueType {
    var meaning: String {
        switch self {
        case .text(let normalization): normalization.meaning
        case .number: "number"
        case .boolean: "boolean"
        case .time: "time"
        case .list(let type): "(list \(type.meaning))"
        case .item(let fields): "(item\(fields.map { " " + $0.meaning }.joined()))"
        case .any: "any"
        }
    }
}

extension Normalization {
    var meaning: String {
        let letters =
            switch letters {
            case .asSent: ""
            case .upper: " upper"
            case .lower: " lower"
            }
        let words = letters + (isTrimmed ? " trimmed" : "")
        return words.isEmpty ? "text" : "(text\(words))"
    }
}

extension SummedProperty {
    var meaning: String { "(property \(quoted(path))) \(events.meaning)" }
}

extension SumBound {
    var meaning: String { "\(isStrict ? "sum-above" : "sum-at-least") \(number)" }
}

extension PropertyFilter {
    var meaning: String {
        switch self {
        case .all(let parts): "(and\(parts.map { " " + $0.meaning }.joined()))"
        case .any(let parts): "(or\(parts.map { " " + $0.meaning }.joined()))"
        case .not(let part): "(not \(part.meaning))"
        case .property(let path, let test): "(property \(quoted(path)) \(test.meaning))"
        case .items(let path, let quantifier, let filter):
            "(\(quantifier.meaning) \(quoted(path)) \(filter.meaning))"
        }
    }
}

extension Window {
    var meaning: String {
        switch self {
        case .ever: "ever"
        case .last(let span): "(last \(span.milliseconds))"
        case .betweenAgo(let longest, let shortest):
            "(between-ago \(longest.milliseconds) \(shortest.milliseconds))"
        case .longerAgo(let span): "(longer-ago \(span.milliseconds))"
        case .dates(let from, let to):
            "(dates \(from.map { "\($0.milliseconds)" } ?? "-") "
                + "\(to.map { "\($0.milliseconds)" } ?? "-"))"
        case .calendar(let unit, let count, let zone):
            "(calendar \(unit.rawValue) \(count) \(zone.meaning))"
        case .yesterday(let zone): "(yesterday \(zone.meaning))"
        case .sinceLast(let events): "(since-last \(events.meaning))"
        }
    }
}

extension ValueTest {
    var meaning: String {
        switch self {
        case .equal(let literal): "(= \(literal.meaning))"
        case .less(let literal): "(< \(literal.meaning))"
        case .lessOrEqual(let literal): "(<= \(literal.meaning))"
        case .greater(let literal): "(> \(literal.meaning))"
        case .greaterOrEqual(let literal): "(>= \(literal.meaning))"
        case .isSet: "set"
        case .oneOf(let literals): "(one-of\(literals.map { " " + $0.meaning }.joined()))"
        case .contains(let literal): "(contains \(literal.meaning))"
        case .startsWith(let text): "(starts \(quoted(text)))"
        case .endsWith(let text): "(ends \(quoted(text)))"
        case .like(let pattern): "(like \(quoted(pattern)))"
        case .ignoringCase(let test): "(ignoring-case \(test.meaning))"
        case .inZone(let test, let zone): "(in-zone \(test.meaning) \(zone.meaning))"
        case .inLast(let span): "(in-last \(span.milliseconds))"
        case .inNext(let span): "(in-next \(span.milliseconds))"
        case .longerAgo(let span): "(longer-ago \(span.milliseconds))"
        case .betweenAgo(let longest, let shortest):
            "(between-ago \(longest.milliseconds) \(shortest.milliseconds))"
        case .anniversaryInNext(let span, let zone):
            "(anniversary \(span.milliseconds) \(zone.meaning))"
        }
    }
}

extension ValueLiteral {
    var meaning: String {
        switch self {
        case .text(let text): quoted(text)
        case .number(let number): number.description
        case .boolean(let truth): truth ? "true" : "false"
        case .time(let start, let end): "(time \(start.milliseconds) \(end.milliseconds))"
        }
    }
}

private func quoted(_ path: [String]) -> String { "(\(path.map(quoted).joined(separator: " ")))" }

/// The text in quotes as rules write it.
func quoted(_ text: String) -> String {
    var result = "\""
    for character in text.unicodeScalars {
        if character == "\"" || character == "\\" { result.unicodeScalars.append("\\") }
        // A line break would take the meaning apart where meanings are listed by line.
        result += character == "\n" ? "\\n" : String(character)
    }
    return result + "\""
}
