extension Checker {
    /// The meaning of a condition; nil where something in it was reported.
    mutating func check(_ condition: ConditionSyntax) -> Condition? {
        switch condition {
        case .all(let parts): check(parts).map { Condition.conjunction($0) }
        case .any(let parts): check(parts).map { Condition.disjunction($0) }
        case .not(let part): check(part).map { $0.negated }
        case .occurrence(let occurrence): check(occurrence)
        case .attribute(let attribute): check(attribute)
        case .everyone: .all([])
        case .membership(let name): check(membership: name)
        case .sum(let sum): check(sum)
        case .reported: nil
        }
    }

    /// All parts are checked, also behind one that is wrong.
    private mutating func check(_ parts: [ConditionSyntax]) -> [Condition]? {
        var checked: [Condition] = []
        for part in parts {
            if let condition = check(part) { checked.append(condition) }
        }
        return checked.count == parts.count ? checked : nil
    }

    private mutating func check(_ attribute: AttributeSyntax) -> Condition? {
        let path = attribute.path.map(\.text)
        return check(attribute.test)?.lowered(
            positive: { Condition.attribute(path: path, $0) },
            conjunction: { Condition.conjunction($0) },
            negation: { $0.negated }
        )
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
