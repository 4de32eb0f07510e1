extension Checker {
    /// The meaning of a condition; nil where something in it was reported.
    mutating func check(_ condition: ConditionSyntax) -> Condition? {
        switch condition {
        case .all(let parts): check(parts).map { Condition.conjunction($0) }
        case .any(let parts): check(parts).map { Condition.disjunction($0) }
        case .not(let part): check(part).map { $0.negated }
        case .held(let part, let duration): check(held: part, duration)
        case .some(let some): check(some)
        case .occurrence(let occurrence): check(occurrence)
        case .sequence(let sequence): check(sequence)
        case .regular(let regular): check(regular)
        case .extreme(let extreme): check(extreme)
        case .aggregate(let aggregate): check(aggregate)
        case .attribute(let attribute): check(attribute)
        case .attributeItems(let items): check(attribute: items)
        case .changed(let change): check(change)
        case .isKnown(let isKnown): isKnown ? .isKnown : .not(.isKnown)
        case .knownFor(let duration): check(duration).map { .knownFor($0) }
        case .everyone: .all([])
        case .membership(let name): check(membership: name)
        case .listed(let name): .inList(name.text)
        case .turned(let turn): check(turn)
        case .sample(let sample): check(sample)
        case .reported: nil
        }
    }

    /// All parts are checked, also behind one that is wrong.
    mutating func check(_ parts: [ConditionSyntax]) -> [Condition]? {
        var checked: [Condition] = []
        for part in parts {
            if let condition = check(part) { checked.append(condition) }
        }
        return checked.count == parts.count ? checked : nil
    }

    private mutating func check(held part: ConditionSyntax, _ duration: DurationSyntax)
        -> Condition?
    {
        let condition = check(part)
        let span = check(duration)
        guard let condition, let span else { return nil }
        return .held(condition, span)
    }
}

extension Condition {
    /// All of the conditions; an `all` within is taken apart, so that layout leaves no trace.
    static func conjunction(_ parts: [Condition]) -> Condition {
        let flat = parts.flatMap { part in
            if case .all(let inner) = part { return inner }
            return [part]
        }
        return flat.count == 1 ? flat[0] : .all(flat)
    }

    /// One of the conditions at least; an `any` within is taken apart.
    static func disjunction(_ parts: [Condition]) -> Condition {
        let flat = parts.flatMap { part in
            if case .any(let inner) = part { return inner }
            return [part]
        }
        return flat.count == 1 ? flat[0] : .any(flat)
    }

    /// The negation, without doubling one.
    var negated: Condition {
        if case .not(let inner) = self { return inner }
        return .not(self)
    }
}
