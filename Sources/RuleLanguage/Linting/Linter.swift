import EventModel

/// Looks at segments for what is legal and probably wrong.
struct Linter {
    /// All warnings that a comment may silence.
    static let names = [
        "never-true", "never-left", "newcomers", "missing-attribute", "unseen-event",
    ]

    /// The segments' conditions by their names.
    let conditions: [String: Condition]
    /// The events that the log has seen; nil where there is none to ask.
    let seen: [SeenEvent]?
    /// Whether rules may name declared events only.
    let declaresEvents: Bool
    /// What was found out of segments that others refer to.
    private var lasting: [String: Bool] = [:]
    private var holding: [String: Bool] = [:]
    /// How many parts of an `and` are held against each other.
    private static let comparedMax = 200
    /// Events that were named already: once is enough.
    private var unseen: Set<String> = []

    init(conditions: [String: Condition], seen: [SeenEvent]?, declaresEvents: Bool) {
        self.declaresEvents = declaresEvents
        self.conditions = conditions
        self.seen = seen
    }

    /// What to warn of in a segment.
    mutating func warnings(_ segment: SegmentSyntax, _ parts: [LintPart]) -> [Warning] {
        guard let condition = conditions[segment.name.text] else { return [] }
        let lowest = parts.map(\.depth).min()
        let top = parts.filter { $0.depth == lowest }
        var found: [Warning] = []
        if let contradiction = contradiction(condition, parts) {
            found.append(contradiction)
        } else if isLasting(condition), condition != .all([]) {
            found.append(
                Warning(
                    name: "never-left",
                    range: segment.name.range,
                    message: "whoever enters '\(shortened(segment.name.text))' never leaves it",
                    fix: "add a window such as in last 30 days, if that is not what you mean"
                )
            )
        }
        if let newcomers = newcomers(condition, top) { found.append(newcomers) }
        found += missingAttributes(parts)
        found += unseenEvents(parts)
        return found
    }

    // MARK: - Never a member

    private func contradiction(_ condition: Condition, _ parts: [LintPart]) -> Warning? {
        if case .all(let conjuncts) = condition {
            let conjuncts = conjuncts.prefix(Linter.comparedMax)
            for (index, second) in conjuncts.enumerated() {
                for first in conjuncts[..<index] where excludes(first, second) {
                    // The deepest part that means the second one is where to look.
                    let part = parts.last { $0.condition == second } ?? parts.first
                    guard let part else { continue }
                    return Warning(
                        name: "never-true",
                        range: part.range,
                        message: "nobody can ever be in this segment: this excludes another of its "
                            + "conditions",
                        fix: nil
                    )
                }
            }
        }
        if condition == Condition.all([]).negated, let part = parts.first {
            return Warning(
                name: "never-true",
                range: part.range,
                message: "nobody can ever be in this segment",
                fix: nil
            )
        }
        return nil
    }

    /// Whether two conditions cannot hold of one person at one instant.
    private func excludes(_ first: Condition, _ second: Condition) -> Bool {
        if first.negated == second || second.negated == first { return true }
        switch (first, second) {
        case (.attribute(let path, let one), .attribute(let other, let two)):
            return path == other && excludes(one, two)
        case (
            .atLeast(let least, let events, let window), .not(.atLeast(let more, let all, let wide))
        ):
            return more <= least && isWithin(events, all) && isWithin(window, wide)
        case (.not(.atLeast), .atLeast): return excludes(second, first)
        default: return false
        }
    }

    private func excludes(_ first: ValueTest, _ second: ValueTest) -> Bool {
        switch (first, second) {
        case (.equal(let one), .equal(let two)):
            switch (one, two) {
            // A text may spell the number, and a day has many instants.
            case (.text, .text), (.number, .number), (.boolean, .boolean): return one != two
            default: return false
            }
        case (.inZone(let one, _), .inZone(let two, _)): return excludes(one, two)
        case (.equal(.number(let number)), _): return !accepts(second, number)
        case (_, .equal(.number(let number))): return !accepts(first, number)
        default:
            guard let low = lower(first) ?? lower(second), let high = upper(first) ?? upper(second),
                (lower(first) == nil) != (lower(second) == nil)
            else { return false }
            return high < low
        }
    }

    private func accepts(_ test: ValueTest, _ number: ExactDecimal) -> Bool {
        switch test {
        case .less(.number(let bound)): number < bound
        case .lessOrEqual(.number(let bound)): number <= bound
        case .greater(.number(let bound)): number > bound
        case .greaterOrEqual(.number(let bound)): number >= bound
        default: true
        }
    }

    private func lower(_ test: ValueTest) -> ExactDecimal? {
        switch test {
        case .greater(.number(let bound)), .greaterOrEqual(.number(let bound)): bound
        default: nil
        }
    }

    private func upper(_ test: ValueTest) -> ExactDecimal? {
        switch test {
        case .less(.number(let bound)), .lessOrEqual(.number(let bound)): bound
        default: nil
        }
    }

    private func isWithin(_ inner: EventSelection, _ outer: EventSelection) -> Bool {
        let names = outer.names.map { outer in
            inner.names.map { $0.allSatisfy(outer.contains) } ?? false
        }
        return (names ?? true) && inner.patterns.allSatisfy(outer.patterns.contains)
            && (outer.filter == nil || outer.filter == inner.filter)
    }

    private func isWithin(_ inner: Window, _ outer: Window) -> Bool {
        switch (inner, outer) {
        case (_, .ever): true
        case (.last(let short), .last(let long)): short <= long
        default: inner == outer
        }
    }

    // MARK: - Never left

    /// Whether a condition stays true for ever, once it is.
    private mutating func isLasting(_ condition: Condition) -> Bool {
        switch condition {
        case .all(let parts), .any(let parts), .some(_, let parts):
            for part in parts where !isLasting(part) { return false }
            return true
        case .not: return false
        case .held(let part, _): return isLasting(part)
        case .atLeast(_, let events, let window):
            return window == .ever && !(events.filter?.looksAtTimes ?? false)
        case .periods(let periods):
            return periods.window == .ever && periods.high == nil
                && !(periods.events.filter?.looksAtTimes ?? false)
        case .sequence(let sequence):
            // A second event that comes late takes a negative one away, but time does not.
            return sequence.window == .ever
        case .isKnown, .knownFor, .sample: return true
        case .turned(let turn): return turn.window == .ever
        case .changed(let change): return change.window == .ever
        case .inSegment(let name):
            if let known = lasting[name] { return known }
            lasting[name] = false
            lasting[name] = conditions[name].map { isLasting($0) } ?? false
            return lasting[name] ?? false
        case .sum, .aggregate, .extreme, .attribute, .attributeItems, .inList: return false
        }
    }

    // MARK: - Newcomers

    private mutating func newcomers(_ condition: Condition, _ top: [LintPart]) -> Warning? {
        guard holdsOfNewcomers(condition) else { return nil }
        for part in top {
            guard case .not(.atLeast(1, _, let window)) = part.condition,
                let span = length(of: window)
            else { continue }
            return Warning(
                name: "newcomers",
                range: part.range,
                message: "this holds of everybody who has just come, too",
                fix: "add: and known for at least \(span)"
            )
        }
        return nil
    }

    private func length(of window: Window) -> String? {
        guard case .last(let span) = window else { return nil }
        for (unit, milliseconds) in [
            ("day", 86_400_000), ("hour", 3_600_000), ("minute", 60_000), ("second", 1_000),
        ] as [(String, Int64)] where span.milliseconds % milliseconds == 0 {
            let count = span.milliseconds / milliseconds
            return "\(count) \(unit)\(count == 1 ? "" : "s")"
        }
        return "\(span.milliseconds)ms"
    }

    /// Whether a condition holds of somebody of whom nothing is known.
    private mutating func holdsOfNewcomers(_ condition: Condition) -> Bool {
        switch condition {
        case .all(let parts): return holdingCount(parts) == parts.count
        case .any(let parts): return holdingCount(parts) > 0
        case .some(let count, let parts):
            return holdingCount(parts) >= count
        case .not(let part): return !holdsOfNewcomers(part)
        case .sum(_, _, let bound):
            return bound.isStrict ? bound.number.units < 0 : bound.number.units <= 0
        case .sample: return true
        case .inSegment(let name):
            if let known = holding[name] { return known }
            holding[name] = false
            holding[name] = conditions[name].map { holdsOfNewcomers($0) } ?? false
            return holding[name] ?? false
        case .held, .atLeast, .aggregate, .extreme, .sequence, .periods, .attribute,
            .attributeItems, .changed, .isKnown, .knownFor, .turned, .inList:
            return false
        }
    }

    private mutating func holdingCount(_ parts: [Condition]) -> Int {
        var count = 0
        for part in parts where holdsOfNewcomers(part) { count += 1 }
        return count
    }

    // MARK: - Missing attributes

    private func missingAttributes(_ parts: [LintPart]) -> [Warning] {
        parts.compactMap { part in
            guard case .not(.attribute(let path, let test)) = part.condition, test != .isSet else {
                return nil
            }
            let isGuarded = parts.contains { other in
                if case .attribute(path, _) = other.condition { return true }
                if case .all(let inner) = other.condition {
                    return inner.contains { condition in
                        if case .attribute(path, _) = condition { return true }
                        return false
                    }
                }
                return false
            }
            guard !isGuarded else { return nil }
            let name = path.joined(separator: ".")
            return Warning(
                name: "missing-attribute",
                range: part.range,
                message: "this holds of people without \(shortened(name)), too",
                fix: "add: and person.\(shortened(name)) is set"
            )
        }
    }

    // MARK: - What the log has not seen

    private mutating func unseenEvents(_ parts: [LintPart]) -> [Warning] {
        guard let seen else { return [] }
        let names = Set(seen.map(\.name))
        var found: [Warning] = []
        for part in parts {
            // Parts within others name the same events, and more narrowly.
            let isInner = !parts.contains {
                $0.depth > part.depth && part.range.contains($0.range.lowerBound)
            }
            guard isInner else { continue }
            for name in part.condition.namedEvents
            where !names.contains(name) && unseen.insert(name).inserted {
                let near = nearest(to: name, among: seen.map(\.name))
                let count = seen.first { $0.name == near }?.lastWeek ?? 0
                found.append(
                    Warning(
                        name: "unseen-event",
                        range: part.range,
                        message: "no event '\(shortened(name))' was ever seen"
                            + (near.map {
                                "; '\(shortened($0))' was, "
                                    + "\(count == 1 ? "once" : "\(grouped(count)) times") in the last 7 days"
                            } ?? ""),
                        fix: near.map {
                            declaresEvents
                                ? "if it means this, say so in the contract: also known as "
                                    + shortened($0)
                                : "did you mean '\(shortened($0))'?"
                        }
                    )
                )
            }
        }
        return found
    }

    private func grouped(_ number: Int) -> String {
        var digits = String(number)
        var place = digits.count - 3
        while place > 0 {
            digits.insert(",", at: digits.index(digits.startIndex, offsetBy: place))
            place -= 3
        }
        return digits
    }
}

extension PropertyFilter {
    /// Whether time alone may change it.
    fileprivate var looksAtTimes: Bool {
        switch self {
        case .all(let parts), .any(let parts): parts.contains(where: \.looksAtTimes)
        case .not(let part), .items(_, _, let part): part.looksAtTimes
        case .property(_, let test): test.looksAtTimes
        }
    }
}

extension ValueTest {
    fileprivate var looksAtTimes: Bool {
        switch self {
        case .inZone(let test, _), .ignoringCase(let test): test.looksAtTimes
        case .inLast, .inNext, .longerAgo, .betweenAgo, .anniversaryInNext: true
        case .equal, .less, .lessOrEqual, .greater, .greaterOrEqual, .isSet, .oneOf, .contains,
            .startsWith, .endsWith, .like:
            false
        }
    }
}

extension Condition {
    /// The events that it names, in order of appearance.
    var namedEvents: [String] {
        var names: [String] = []
        _ = mapping { selection, _ in
            names += selection.names ?? []
            return selection
        }
        return names
    }
}
