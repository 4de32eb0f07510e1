import EventModel

extension EntryDecoder {
    /// Who an entry is about, the most telling first: `userId`, `identifiers`, `traits.email` and
    /// `traits.phone`, `anonymousId`.
    func identifiers(
        _ fields: EntryFields,
        traits: Int? = nil
    ) throws(WireError) -> [Identifier] {
        var identifiers: [Identifier] = []
        if let token = fields.userID {
            identifiers.append(.user(try identifier(token, "userId")))
        }
        if let token = fields.identifiers {
            for identifier in try named(token, "identifiers") { add(identifier, to: &identifiers) }
        }
        if let traits, document.kind(traits) == .object {
            for identifier in try contacts(traits) { add(identifier, to: &identifiers) }
        }
        if let token = fields.anonymousID {
            identifiers.append(.anonymous(try identifier(token, "anonymousId")))
        }
        guard !identifiers.isEmpty else {
            throw WireError(
                .missingIdentifier,
                "\(place.field("userId")) and anonymousId are missing; send at least one of them"
            )
        }
        guard identifiers.count <= EntryHead.identifiersMax else {
            throw WireError(
                .invalidIdentifier,
                "\(place.entry) names \(identifiers.count) identifiers; at most "
                    + "\(EntryHead.identifiersMax) fit: send the others with another entry"
            )
        }
        return identifiers
    }

    private func add(_ identifier: Identifier, to identifiers: inout [Identifier]) {
        let canonical = identifier.canonical
        if !identifiers.contains(where: { $0.canonical == canonical }) {
            identifiers.append(identifier)
        }
    }

    /// The members of an object whose names are namespaces.
    private func named(_ object: Int, _ name: String) throws(WireError) -> [Identifier] {
        guard document.kind(object) == .object else {
            throw WireError(
                .invalidIdentifier,
                "\(place.field(name)) is \(document.describe(object)); send an object like "
                    + "{\"email\":\"ann@example.com\"}"
            )
        }
        var identifiers: [Identifier] = []
        var key = object + 1
        while key < document.end(object) {
            let value = key + 1
            if document.kind(value) != .null {
                identifiers.append(try namespaced(document.string(key), value, name))
            }
            key = document.end(value)
        }
        return identifiers
    }

    private func namespaced(
        _ namespace: String,
        _ value: Int,
        _ name: String
    ) throws(WireError) -> Identifier {
        guard !namespace.isEmpty, namespace.utf8.count <= limits.nameBytesMax else {
            throw WireError(
                .invalidIdentifier,
                "\(place.field(name)) has a name of \(namespace.utf8.count) bytes; send 1 to "
                    + "\(limits.nameBytesMax)"
            )
        }
        if ["user", "anonymous"].contains(namespace) {
            throw WireError(
                .invalidIdentifier,
                "\(place.field("\(name).\(namespace)")) has a field of its own; send "
                    + "\(namespace == "user" ? "userId" : "anonymousId")"
            )
        }
        let text = try identifier(value, "\(name).\(namespace)")
        return Identifier(namespace: namespace, text: text)
    }

    /// E-mail and telephone number among the traits, where they identify: texts that are not blank.
    private func contacts(_ traits: Int) throws(WireError) -> [Identifier] {
        var contacts: [Identifier] = []
        for namespace in ["email", "phone"] {
            guard let token = document.member(namespace, of: traits) else { continue }
            switch document.kind(token) {
            case .string where document.string(token).isBlank: continue
            case .string: break
            case .number where namespace == "phone": break
            default: continue
            }
            let text = try identifier(token, "traits.\(namespace)")
            contacts.append(Identifier(namespace: namespace, text: text))
        }
        return contacts
    }

    /// `previousId` is a `user` if one is called so, else an anonymous id: both are named, and what
    /// is meant is decided when the entry is applied.
    func alias(_ fields: EntryFields) throws(WireError) -> [Identifier] {
        guard let user = fields.userID, let previous = fields.previousID else {
            throw WireError(
                .missingIdentifier,
                "\(place.field(fields.userID == nil ? "userId" : "previousId")) is missing; an "
                    + "alias has userId, who somebody is, and previousId, what they were called"
            )
        }
        let text = try identifier(previous, "previousId")
        return [.user(try identifier(user, "userId")), .user(text), .anonymous(text)]
    }

    /// The two that a merge names: whom the sender would keep, then the other.
    func merged(_ fields: EntryFields) throws(WireError) -> [Identifier] {
        var identifiers: [Identifier] = []
        for (token, name) in [(fields.primary, "primary"), (fields.secondary, "secondary")] {
            guard let token else {
                throw WireError(
                    .missingIdentifier,
                    "\(place.field(name)) is missing; a merge has primary, who is kept, and "
                        + "secondary, each like {\"userId\":\"5\"} or "
                        + "{\"email\":\"ann@example.com\"}"
                )
            }
            identifiers.append(try one(token, name))
        }
        return identifiers
    }

    private func one(_ object: Int, _ name: String) throws(WireError) -> Identifier {
        var found: [Identifier] = []
        if document.kind(object) == .object {
            var key = object + 1
            while key < document.end(object) {
                let value = key + 1
                let field = document.string(key)
                switch field {
                case _ where document.kind(value) == .null: break
                case "userId": found.append(.user(try identifier(value, "\(name).userId")))
                case "anonymousId":
                    found.append(.anonymous(try identifier(value, "\(name).anonymousId")))
                default: found.append(try namespaced(field, value, name))
                }
                key = document.end(value)
            }
        }
        guard found.count == 1, let identifier = found.first else {
            let what =
                document.kind(object) == .object
                ? "names \(found.count) identifiers" : "is \(document.describe(object))"
            throw WireError(
                .invalidIdentifier,
                "\(place.field(name)) \(what); send exactly one, like {\"userId\":\"5\"}"
            )
        }
        return identifier
    }

    private func identifier(_ token: Int, _ name: String) throws(WireError) -> String {
        let text = try scalarText(token, name, .invalidIdentifier)
        guard !text.isEmpty else {
            throw WireError(
                .invalidIdentifier,
                "\(place.field(name)) is empty; send 1 to \(limits.identifierBytesMax) bytes, "
                    + "or leave it out"
            )
        }
        return text
    }
}
