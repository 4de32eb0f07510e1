extension Checker {
    /// The meaning of `person.path test`.
    mutating func check(_ attribute: AttributeSyntax) -> Condition? {
        let path = attribute.path.map(\.text)
        let types = types(ofAttribute: attribute.path)
        if let last = attribute.path.last { check(attribute.test, of: types, called: last) }
        return check(attribute.test, shaping: types)?.lowered(
            positive: { Condition.attribute(path: path, $0) },
            conjunction: { Condition.conjunction($0) },
            negation: { $0.negated }
        )
    }

    /// The meaning of `any person.path (…)`; `no` is the negation of `any`.
    mutating func check(attribute items: ItemsSyntax) -> Condition? {
        let path = items.path.map(\.text)
        let inner = itemScope(of: types(ofAttribute: items.path), items)
        guard let filter = check(items.filter, in: inner) else { return nil }
        switch items.quantifier {
        case .any: return .attributeItems(path: path, .any, filter)
        case .every: return .attributeItems(path: path, .every, filter)
        case .no: return Condition.attributeItems(path: path, .any, filter).negated
        }
    }

    /// The meaning of `person.path changed`.
    mutating func check(_ change: ChangeSyntax) -> Condition? {
        let from = change.from.map { value($0) }
        let to = change.to.map { value($0) }
        let window = check(change.window)
        let types = types(ofAttribute: change.path)
        for literal in [change.from, change.to].compactMap({ $0 }) {
            guard let last = change.path.last else { continue }
            check(.compare(.equal, literal), of: types, called: last)
        }
        guard let window else { return nil }
        var condition = AttributeChange(
            path: change.path.map(\.text),
            from: nil,
            to: nil,
            window: window
        )
        if let from {
            guard let from else { return nil }
            condition.from = shaped(.equal(from), types).inZone(zone)
        }
        if let to {
            guard let to else { return nil }
            condition.to = shaped(.equal(to), types).inZone(zone)
        }
        if let from = condition.from, from == condition.to, let range = change.to?.range {
            complaints.error(range, "this is no change: the value is the same before and after")
            return nil
        }
        return .changed(condition)
    }

    /// The meaning of `entered segment name` and `exited segment name`.
    mutating func check(_ turn: TurnSyntax) -> Condition? {
        refer(to: turn.segment)
        return check(turn.window).map {
            .turned(SegmentTurn(isEntry: turn.isEntry, segment: turn.segment.text, window: $0))
        }
    }
}
