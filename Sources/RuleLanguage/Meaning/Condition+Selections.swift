extension Condition {
    /// A change of a selection; given with it, the ways to properties of which more is used than its filter
    /// says.
    package typealias SelectionChange = (EventSelection, [[String]]) -> EventSelection

    /// The condition with every selection of events changed, wherever it stands.
    package func mapping(_ change: SelectionChange) -> Condition {
        switch self {
        case .all(let parts): return .all(parts.map { $0.mapping(change) })
        case .any(let parts): return .any(parts.map { $0.mapping(change) })
        case .not(let part): return .not(part.mapping(change))
        case .some(let count, let parts):
            return .some(atLeast: count, of: parts.map { $0.mapping(change) })
        case .held(let part, let span): return .held(part.mapping(change), span)
        case .atLeast(let count, let events, let window):
            return .atLeast(count, change(events, []), window.mapping(change))
        case .sum(let property, let window, let bound):
            return .sum(
                of: property.mapping(change),
                window: window.mapping(change),
                reaches: bound
            )
        case .aggregate(let aggregate, let property, let window, let test):
            return .aggregate(
                aggregate,
                of: property.mapping(change),
                window: window.mapping(change),
                test
            )
        case .extreme(var extreme):
            extreme.events = change(extreme.events, extreme.filter?.paths ?? [])
            extreme.window = extreme.window.mapping(change)
            return .extreme(extreme)
        case .sequence(var sequence):
            let same = sequence.same.map { [$0] } ?? []
            sequence.first = change(sequence.first, same)
            sequence.second = change(sequence.second, same)
            sequence.window = sequence.window.mapping(change)
            return .sequence(sequence)
        case .periods(var periods):
            periods.events = change(periods.events, [])
            periods.window = periods.window.mapping(change)
            return .periods(periods)
        case .changed(var attribute):
            attribute.window = attribute.window.mapping(change)
            return .changed(attribute)
        case .turned(var turn):
            turn.window = turn.window.mapping(change)
            return .turned(turn)
        case .attribute, .attributeItems, .isKnown, .knownFor, .inSegment, .inList, .sample:
            return self
        }
    }
}

extension Window {
    fileprivate func mapping(_ change: Condition.SelectionChange) -> Window {
        if case .sinceLast(let events) = self { return .sinceLast(change(events, [])) }
        return self
    }
}

extension SummedProperty {
    fileprivate func mapping(_ change: Condition.SelectionChange) -> SummedProperty {
        SummedProperty(events: change(events, [path]), path: path)
    }
}

extension PropertyFilter {
    /// The ways to all values that it looks at, those within items included.
    package var paths: [[String]] {
        switch self {
        case .all(let parts), .any(let parts): parts.flatMap(\.paths)
        case .not(let part): part.paths
        case .property(let path, _): [path]
        case .items(let path, _, let inner): inner.paths.map { path + $0 }
        }
    }
}

extension EventSelection {
    /// Whether events of that name are among those looked at.
    package func takes(_ event: String) -> Bool {
        guard let names else { return true }
        let text = Array(event.utf8)
        return names.contains(event)
            || !excludedNames.contains(event)
                && patterns.contains { isLike(text.span, pattern: Array($0.utf8)) }
    }
}

/// Whether a text is as a pattern says as a whole, in which `*` stands for any text.
///
/// Each `*` takes as little as it can: if a match exists, that finds one, in at most
/// |text| × |pattern| steps.
package func isLike(_ text: Span<UInt8>, pattern: [UInt8]) -> Bool {
    let star = UInt8(ascii: "*")
    var place = 0
    var part = 0
    var afterStar: (part: Int, place: Int)?
    while place < text.count {
        if part < pattern.count, pattern[part] == star {
            part += 1
            afterStar = (part, place)
        } else if part < pattern.count, pattern[part] == text[place] {
            part += 1
            place += 1
        } else if let retry = afterStar {
            afterStar = (retry.part, retry.place + 1)
            part = retry.part
            place = retry.place + 1
        } else {
            return false
        }
    }
    return pattern[part...].allSatisfy { $0 == star }
}
