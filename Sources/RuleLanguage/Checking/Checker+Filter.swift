extension Checker {
    /// The meaning of what stands behind `where`; nil where something in it was reported.
    mutating func check(_ filter: FilterSyntax) -> PropertyFilter? {
        switch filter {
        case .all(let parts): return check(parts).map { PropertyFilter.conjunction($0) }
        case .any(let parts): return check(parts).map { PropertyFilter.disjunction($0) }
        case .not(let part): return check(part).map { $0.negated }
        case .property(let names, let test):
            let path = names.map(\.text)
            let types = types(of: names, in: scope)
            if let last = names.last { check(test, of: types, called: last) }
            return check(test, shaping: types)?.lowered(
                positive: { PropertyFilter.property(path: path, $0) },
                conjunction: { PropertyFilter.conjunction($0) },
                negation: { $0.negated }
            )
        case .items(let items):
            let path = items.path.map(\.text)
            let inner = itemScope(of: types(of: items.path, in: scope), items)
            guard let filter = check(items.filter, in: inner) else { return nil }
            switch items.quantifier {
            case .any: return .items(path: path, .any, filter)
            case .every: return .items(path: path, .every, filter)
            case .no: return PropertyFilter.items(path: path, .any, filter).negated
            }
        case .reported: return nil
        }
    }

    /// The meaning of a filter whose names mean that.
    mutating func check(_ filter: FilterSyntax, in inner: PropertyScope) -> PropertyFilter? {
        let outer = scope
        scope = inner
        defer { scope = outer }
        return check(filter)
    }

    /// What names mean within the items of a list; reports where there are none.
    mutating func itemScope(of types: [ValueType], _ items: ItemsSyntax) -> PropertyScope {
        guard let last = items.path.last else { return PropertyScope() }
        if let scope = self.items(of: types, called: last.text) { return scope }
        guard checksNames else { return PropertyScope() }
        complaints.error(
            last.range,
            "'\(shortened(last.text))' is \(types[0].noun) in the contract, and has no items with "
                + "fields",
            fix: types[0].isList ? "write \(last.text) contains …" : nil
        )
        return PropertyScope()
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
