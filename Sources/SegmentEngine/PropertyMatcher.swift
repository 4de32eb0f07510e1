internal import EventModel
internal import RuleLanguage

/// A filter on properties made ready to run on an entry's bytes.
struct PropertyMatcher: Sendable {
    private enum Test: Sendable {
        /// The value at a path passes.
        case value(path: [Int], ValueMatcher)
        /// Within an item: the value at a path is there and does not pass.
        case otherValue(path: [Int], ValueMatcher)
        /// Items of the list at a path pass, one or each of them.
        case items(path: [Int], every: Bool, PropertyMatcher)
        /// Within an item: there is a list at the path, and not so.
        case otherItems(path: [Int], every: Bool, PropertyMatcher)
        /// The time at a path passes a test of the clock, or, within an item, does not and is there.
        case time(path: [Int], TimeTest, LocalCalendar?, isNegated: Bool)
    }

    /// Says whether a time passes a test of the clock.
    typealias Clock = (TimeTest, Int64) -> Bool

    private let code: DecisionCode
    private let tests: [Test]

    /// - Parameters:
    ///   - isItem: Whether paths begin at an item of a list, in which what is missing satisfies nothing but
    ///     that it is not set.
    ///   - time: Gives a test of the clock, where there may be one.
    ///   - name: Gives the program's number for a property name.
    init(
        _ filter: PropertyFilter,
        isItem: Bool = false,
        time: (ValueTest) -> TimeTest? = { _ in nil },
        name: (String) -> Int
    ) {
        var builder = Builder(isItem: isItem)
        let formula = builder.formula(filter, isNegated: false, time, name)
        code = DecisionCode(formula)
        tests = builder.tests
    }

    private struct Builder {
        let isItem: Bool
        var tests: [Test] = []

        mutating func formula(
            _ filter: PropertyFilter,
            isNegated: Bool,
            _ time: (ValueTest) -> TimeTest?,
            _ name: (String) -> Int
        ) -> DecisionCode.Formula {
            switch filter {
            case .all(let parts):
                let formulas = formulas(parts, isNegated, time, name)
                return isNegated ? .any(formulas) : .all(formulas)
            case .any(let parts):
                let formulas = formulas(parts, isNegated, time, name)
                return isNegated ? .all(formulas) : .any(formulas)
            case .not(let part): return formula(part, isNegated: !isNegated, time, name)
            case .property(let path, let test):
                let path = path.map(name)
                let zone = test.dateZone
                if let test = time(test) {
                    let calendar = zone.map { LocalCalendar($0) }
                    let isTurned = isItem && isNegated
                    let atom = add(.time(path: path, test, calendar, isNegated: isTurned))
                    return isNegated && !isItem ? .not(.atom(atom)) : .atom(atom)
                }
                let matcher = ValueMatcher(test)
                if isItem, isNegated, test != .isSet {
                    return .atom(add(.otherValue(path: path, matcher)))
                }
                let atom = DecisionCode.Formula.atom(add(.value(path: path, matcher)))
                return isNegated ? .not(atom) : atom
            case .items(let path, let quantifier, let inner):
                let path = path.map(name)
                let matcher = PropertyMatcher(inner, isItem: true, time: time, name: name)
                let every = quantifier == .every
                if isItem, isNegated {
                    return .atom(add(.otherItems(path: path, every: every, matcher)))
                }
                let atom = DecisionCode.Formula.atom(
                    add(.items(path: path, every: every, matcher))
                )
                return isNegated ? .not(atom) : atom
            }
        }

        private mutating func formulas(
            _ parts: [PropertyFilter],
            _ isNegated: Bool,
            _ time: (ValueTest) -> TimeTest?,
            _ name: (String) -> Int
        ) -> [DecisionCode.Formula] {
            var formulas: [DecisionCode.Formula] = []
            for part in parts { formulas.append(formula(part, isNegated: isNegated, time, name)) }
            return formulas
        }

        private mutating func add(_ test: Test) -> UInt32 {
            tests.append(test)
            return UInt32(tests.count - 1)
        }
    }

    /// Whether an object passes.
    ///
    /// - Parameters:
    ///   - content: Where the properties, one object, begin within `bytes`.
    ///   - symbols: The symbols of the program's names, nil where the log has not seen one.
    ///   - clock: Judges times, where the filter looks at the clock.
    func matches(
        _ bytes: Span<UInt8>,
        content: Int,
        symbols: [SymbolID?],
        clock: Clock = { _, _ in false }
    ) -> Bool {
        code.evaluate { atom in
            switch tests[Int(atom)] {
            case .value(let path, let matcher):
                let place = PropertyMatcher.find(path, bytes, at: content, symbols: symbols)
                return matcher.matches(bytes, at: place)
            case .otherValue(let path, let matcher):
                let place = PropertyMatcher.find(path, bytes, at: content, symbols: symbols)
                return !PropertyMatcher.isMissing(place, bytes)
                    && !matcher.matches(bytes, at: place)
            case .items(let path, let every, let matcher):
                let isTrue = matcher.itemsMatch(path, every, bytes, content, symbols, clock)
                return isTrue ?? false
            case .otherItems(let path, let every, let matcher):
                let isTrue = matcher.itemsMatch(path, every, bytes, content, symbols, clock)
                return isTrue == false
            case .time(let path, let test, let calendar, let isNegated):
                let place = PropertyMatcher.find(path, bytes, at: content, symbols: symbols)
                guard let place, !PropertyMatcher.isMissing(place, bytes) else { return false }
                guard let time = KeyBytes.time(at: place, bytes, calendar) else { return isNegated }
                return clock(test, time) != isNegated
            }
        }
    }

    /// Whether one or each item of the list at a path passes; nil where there is no list.
    private func itemsMatch(
        _ path: [Int],
        _ every: Bool,
        _ bytes: Span<UInt8>,
        _ content: Int,
        _ symbols: [SymbolID?],
        _ clock: Clock
    ) -> Bool? {
        guard
            let place = PropertyMatcher.find(path, bytes, at: content, symbols: symbols)
        else { return nil }
        return itemsMatch(at: place, every: every, bytes, symbols, clock: clock)
    }

    /// Whether one or each item of the list at an offset passes; nil where there is no list.
    func itemsMatch(
        at place: Int,
        every: Bool,
        _ bytes: Span<UInt8>,
        _ symbols: [SymbolID?],
        clock: Clock = { _, _ in false }
    ) -> Bool? {
        var reader = ValueReader(at: place)
        guard case .list(let elements) = reader.value(bytes) else { return nil }
        var item = ValueReader(at: elements.lowerBound)
        while item.offset < elements.upperBound {
            let isTrue = matches(bytes, content: item.offset, symbols: symbols, clock: clock)
            if isTrue != every { return !every }
            item.skip(bytes)
        }
        return every && !elements.isEmpty
    }

    /// Whether what lies at an offset reads as missing.
    static func isMissing(_ place: Int?, _ bytes: Span<UInt8>) -> Bool {
        guard let place else { return true }
        var reader = ValueReader(at: place)
        switch reader.value(bytes) {
        case .null, .number(nil): return true
        case .text(let range): return range.isEmpty
        default: return false
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

    /// Hands on the offset of every value at the end of a path that starts at an object and goes into every
    /// item of a list, on its way and at its end.
    static func each(
        _ path: ArraySlice<Int>,
        _ bytes: Span<UInt8>,
        at start: Int,
        symbols: [SymbolID?],
        _ body: (Int) -> Void
    ) {
        var reader = ValueReader(at: start)
        switch reader.value(bytes) {
        case .list(let elements):
            var item = ValueReader(at: elements.lowerBound)
            while item.offset < elements.upperBound {
                each(path, bytes, at: item.offset, symbols: symbols, body)
                item.skip(bytes)
            }
        case .object(let members):
            guard let name = path.first, let symbol = symbols[name],
                let found = ValueReader.member(symbol, of: members, in: bytes)
            else { return }
            each(path.dropFirst(), bytes, at: found, symbols: symbols, body)
        default:
            if path.isEmpty { body(start) }
        }
    }
}
