internal import EventModel
internal import RuleLanguage

/// What a condition looks at.
struct ConditionReading {
    /// The events.
    var selections: [EventSelection] = []
    /// Whether it looks at attributes.
    var readsAttributes = false
    /// Whether it looks at other segments or lists, and so maybe at anything.
    var isOpen = false
}

extension Condition {
    /// What the condition looks at.
    var reading: ConditionReading {
        var reading = ConditionReading()
        _ = mapping { selection, _ in
            reading.selections.append(selection)
            return selection
        }
        reading.readsAttributes = !attributeNames.isEmpty
        reading.isOpen = !referredSegments.isEmpty || readsLists
        return reading
    }

    /// The names of properties and attributes that it looks at, in order of appearance, each once.
    var properties: [String] {
        var names: [String] = []
        func add(_ name: String?) {
            if let name, !names.contains(name) { names.append(name) }
        }
        _ = mapping { selection, others in
            for path in (selection.filter?.paths ?? []) + others { add(path.first) }
            return selection
        }
        for name in attributeNames { add(name) }
        return names
    }

    /// The attributes that it looks at.
    private var attributeNames: [String] {
        switch self {
        case .all(let parts), .any(let parts), .some(_, let parts):
            parts.flatMap(\.attributeNames)
        case .not(let part), .held(let part, _): part.attributeNames
        case .attribute(let path, _), .attributeItems(let path, _, _): Array(path.prefix(1))
        case .changed(let change): Array(change.path.prefix(1))
        case .atLeast, .sum, .aggregate, .extreme, .sequence, .periods, .isKnown, .knownFor,
            .inSegment, .turned, .inList, .sample:
            []
        }
    }

    private var readsLists: Bool {
        switch self {
        case .all(let parts), .any(let parts), .some(_, let parts):
            parts.contains(where: \.readsLists)
        case .not(let part), .held(let part, _): part.readsLists
        case .inList: true
        case .atLeast, .sum, .aggregate, .extreme, .sequence, .periods, .attribute, .attributeItems,
            .changed, .isKnown, .knownFor, .inSegment, .turned, .sample:
            false
        }
    }

    /// Of a condition that counts events: the highest number that it asks for, which events, and in which window.
    var counting: (asked: Int, events: EventSelection, window: Window)? {
        switch self {
        case .atLeast(let count, let events, let window): return (count, events, window)
        case .not(let part): return part.counting
        case .all(let parts), .any(let parts):
            let found = parts.compactMap(\.counting)
            guard found.count == parts.count, let first = found.first,
                found.allSatisfy({ $0.events == first.events && $0.window == first.window })
            else { return nil }
            return (found.map(\.asked).max() ?? first.asked, first.events, first.window)
        case .some, .held, .sum, .aggregate, .extreme, .sequence, .periods, .attribute,
            .attributeItems, .changed, .isKnown, .knownFor, .inSegment, .turned, .inList, .sample:
            return nil
        }
    }
}

/// A property with a value that passes a filter's test.
struct ExampleProperty: Equatable {
    var path: [String]
    /// In the named form of `ValueTag`.
    var bytes: [UInt8]
}

extension Array where Element == ExampleProperty {
    /// An object of these, in the named form.
    var content: [UInt8] {
        var writer = ValueWriter()
        write(to: &writer)
        return writer.bytes
    }

    private func write(to writer: inout ValueWriter) {
        let object = writer.begin(.object)
        var written: Set<String> = []
        for property in self {
            guard let name = property.path.first, written.insert(name).inserted else { continue }
            writer.name(name)
            let same = filter { $0.path.first == name }
            if property.path.count == 1 {
                writer.raw(property.bytes.span)
            } else {
                let inner: [ExampleProperty] = same.filter { $0.path.count > 1 }.map {
                    ExampleProperty(path: [String]($0.path.dropFirst()), bytes: $0.bytes)
                }
                inner.write(to: &writer)
            }
        }
        writer.end(object)
    }
}

extension PropertyFilter {
    /// Properties that should pass; nil where none come to mind.
    var example: [ExampleProperty]? {
        switch self {
        case .all(let parts):
            var all: [ExampleProperty] = []
            for part in parts {
                guard let example = part.example else { return nil }
                all += example
            }
            return all
        case .any(let parts): return parts.lazy.compactMap(\.example).first
        // What is missing fails every test.
        case .not: return []
        case .property(let path, let test):
            return test.example.map { [ExampleProperty(path: path, bytes: $0)] }
        case .items: return nil
        }
    }
}

extension ValueTest {
    /// A value that should pass, in the named form of `ValueTag`; nil where none comes to mind.
    fileprivate var example: [UInt8]? {
        switch self {
        case .equal(let literal), .lessOrEqual(let literal), .greaterOrEqual(let literal),
            .contains(let literal):
            literal.example(adding: 0)
        case .less(let literal): literal.example(adding: -1)
        case .greater(let literal): literal.example(adding: 1)
        case .oneOf(let literals): literals.first?.example(adding: 0)
        case .isSet: ValueLiteral.text("set").example(adding: 0)
        case .startsWith(let text), .endsWith(let text): ValueLiteral.text(text).example(adding: 0)
        case .ignoringCase(let test), .inZone(let test, _): test.example
        case .like, .inLast, .inNext, .longerAgo, .betweenAgo, .anniversaryInNext: nil
        }
    }
}

extension ValueLiteral {
    fileprivate func example(adding step: Int) -> [UInt8]? {
        var writer = ValueWriter()
        switch self {
        case .text(let text):
            guard step == 0 else { return nil }
            writer.text(text)
        case .number(let number):
            let moved = ExactDecimal(units: number.units + Int128(step) * ExactDecimal.one)
            writer.number(Array(moved.description.utf8).span)
        case .boolean(let value): writer.boolean(value)
        case .time: return nil
        }
        return writer.bytes
    }
}
