/// What names of properties mean where a filter or a figure stands.
struct PropertyScope {
    /// The declared properties of each event that is meant, or the fields of each kind of item.
    var tables: [[FieldDeclaration]] = []
    /// Whether any name may stand here: nothing is declared of some of what is meant.
    var isOpen = true
    /// What has these properties, for messages: `event 'order_completed'`.
    var owner = ""
    /// Properties that count as declared without a type.
    var untyped: Set<String> = []

    /// What a name may mean.
    struct Meaning {
        /// The types that are declared; empty for anything.
        var types: [ValueType]
        /// Whether nothing is declared of it, though it had to be.
        var isUnknown: Bool
    }

    /// What a name means.
    func meaning(of name: String) -> Meaning {
        let types = tables.compactMap { table in table.first { $0.name == name }?.type }
        return Meaning(
            types: types,
            isUnknown: types.isEmpty && !isOpen && !untyped.contains(name)
        )
    }

    /// The declared names.
    var names: [String] { tables.flatMap { $0.map(\.name) } + untyped }

    /// The property that is also called so.
    func canonical(of alias: String) -> String? {
        for table in tables {
            if let field = table.first(where: { $0.aliases.contains(alias) }) { return field.name }
        }
        return nil
    }
}
