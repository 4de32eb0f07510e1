extension Checker {
    /// The meaning of what stands behind `where`; nil where something in it was reported.
    mutating func check(_ filter: FilterSyntax) -> PropertyFilter? {
        switch filter {
        case .all(let parts): return check(parts).map { PropertyFilter.conjunction($0) }
        case .any(let parts): return check(parts).map { PropertyFilter.disjunction($0) }
        case .not(let part): return check(part).map { $0.negated }
        case .property(let names, let test):
            let path = names.map(\.text)
            return check(test)?.lowered(
                positive: { PropertyFilter.property(path: path, $0) },
                conjunction: { PropertyFilter.conjunction($0) },
                negation: { $0.negated }
            )
        case .items(let items):
            guard let filter = check(items.filter) else { return nil }
            let path = items.path.map(\.text)
            switch items.quantifier {
            case .any: return .items(path: path, .any, filter)
            case .every: return .items(path: path, .every, filter)
            case .no: return PropertyFilter.items(path: path, .any, filter).negated
            }
        case .reported: return nil
        }
    }

    private mutating func check(_ parts: [FilterSyntax]) -> [PropertyFilter]? {
        var checked: [PropertyFilter] = []
        for part in parts {
            if let filter = check(part) { checked.append(filter) }
        }
        return checked.count == parts.count ? checked : nil
    }
}

extension PropertyFilter {
    /// All of the filters; an `all` within is taken apart, so that layout leaves no trace.
    static func conjunction(_ parts: [PropertyFilter]) -> PropertyFilter {
        let flat = parts.flatMap { part in
            if case .all(let inner) = part { return inner }
            return [part]
        }
        return flat.count == 1 ? flat[0] : .all(flat)
    }

    /// One of the filters at least; an `any` within is taken apart.
    static func disjunction(_ parts: [PropertyFilter]) -> PropertyFilter {
        let flat = parts.flatMap { part in
            if case .any(let inner) = part { return inner }
            return [part]
        }
        return flat.count == 1 ? flat[0] : .any(flat)
    }

    /// The negation, without doubling one.
    var negated: PropertyFilter {
        if case .not(let inner) = self { return inner }
        return .not(self)
    }
}
