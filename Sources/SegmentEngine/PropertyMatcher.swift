internal import EventModel
internal import RuleLanguage

/// A filter on event properties made ready to run on an event's bytes.
struct PropertyMatcher: Sendable {
    private struct Test: Sendable {
        /// Numbers of the path's names in the program.
        var path: [Int]
        var matcher: ValueMatcher
    }

    private let code: DecisionCode
    private let tests: [Test]

    /// - Parameter name: Gives the program's number for a property name.
    init(_ filter: PropertyFilter, name: (String) -> Int) {
        var tests: [Test] = []
        func formula(_ filter: PropertyFilter) -> DecisionCode.Formula {
            switch filter {
            case .all(let parts): return .all(parts.map(formula))
            case .any(let parts): return .any(parts.map(formula))
            case .not(let part): return .not(formula(part))
            case .property(let path, let test):
                tests.append(Test(path: path.map(name), matcher: ValueMatcher(test)))
                return .atom(UInt32(tests.count - 1))
            }
        }
        code = DecisionCode(formula(filter))
        self.tests = tests
    }

    /// Whether an event's properties pass.
    ///
    /// - Parameters:
    ///   - content: Where the properties, one object, begin within `bytes`.
    ///   - symbols: The symbols of the program's names, nil where the log has not seen one.
    func matches(_ bytes: Span<UInt8>, content: Int, symbols: [SymbolID?]) -> Bool {
        code.evaluate { atom in
            let test = tests[Int(atom)]
            return test.matcher.matches(
                bytes,
                at: PropertyMatcher.find(test.path, bytes, at: content, symbols: symbols)
            )
        }
    }

    /// The offset of the value at the end of a path that starts at an object.
    static func find(
        _ path: [Int],
        _ bytes: Span<UInt8>,
        at start: Int,
        symbols: [SymbolID?]
    ) -> Int? {
        var offset = start
        for name in path {
            var reader = ValueReader(at: offset)
            guard let symbol = symbols[name], case .object(let members) = reader.value(bytes),
                let found = ValueReader.member(symbol, of: members, in: bytes)
            else { return nil }
            offset = found
        }
        return offset
    }
}
