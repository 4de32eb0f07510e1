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
        }
    }
}

extension EventSelection {
    var meaning: String {
        var text = names.map { "(events\($0.map { " " + quoted($0) }.joined()))" } ?? "any-event"
        if let filter { text = "(where \(text) \(filter.meaning))" }
        for key in uniqueKeys { text = "(once \(text) \(key.meaning))" }
        return text
    }
}

extension UniqueKey {
    var meaning: String { "(by \(quoted(event))\(paths.map { " " + quoted($0) }.joined()))" }
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
        }
    }
}

extension Window {
    var meaning: String {
        switch self {
        case .ever: "ever"
        case .last(let span): "(last \(span.milliseconds))"
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
