import EventModel

extension EntryDecoder {
    /// Who an entry is about, the most telling first: whom the path means, the customer id, other identifiers, e-mail
    /// address and telephone number, the device.
    ///
    /// - Parameter entry: An identify's, whose attributes may be identifiers too; else nil.
    func identifiers(
        _ fields: EntryFields,
        _ given: Given,
        attributesOf entry: Int? = nil
    ) throws(WireError) -> [Identifier] {
        var identifiers = given.identifiers
        if let token = fields[.userID], !identifiers.contains(where: { $0.namespace == "user" }) {
            let text = try identifier(token, path(.userID))
            add(isDevice(fields) ? .anonymous(text) : .user(text), to: &identifiers)
        }
        if let token = fields[.serviceID] {
            let text = try identifier(token, path(.serviceID))
            add(Identifier(namespace: dialect.serviceNamespace, text: text), to: &identifiers)
        }
        if let token = fields[.identifiers] {
            for identifier in try named(token, path(.identifiers), dialect.namedNamespaces) {
                add(identifier, to: &identifiers)
            }
        }
        for (role, namespace) in [(FieldRole.email, "email"), (.phone, "phone")] {
            guard let token = fields[role] else { continue }
            if let contact = try contact(token, namespace, path(role)) {
                add(contact, to: &identifiers)
            }
        }
        if let entry {
            for contact in try contacts(entry, fields) { add(contact, to: &identifiers) }
        }
        if let token = fields[.anonymousID] {
            add(.anonymous(try identifier(token, path(.anonymousID))), to: &identifiers)
        }
        if identifiers.isEmpty, let token = fields[.recipient],
            let contact = try contact(token, "email", path(.recipient))
        {
            identifiers.append(contact)
        }
        guard !identifiers.isEmpty else { throw nobody }
        guard identifiers.count <= EntryHead.identifiersMax else {
            throw WireError(
                .invalidIdentifier,
                "\(place.entry) names \(identifiers.count) identifiers; at most "
                    + "\(EntryHead.identifiersMax) fit: send the others with another entry"
            )
        }
        return identifiers
    }

    /// Who is to be erased: whom the highest-ranking one of the identifiers means, and nobody by a device or a
    /// message's recipient.
    func erased(_ fields: EntryFields) throws(WireError) -> Identifier {
        guard let token = fields[.identifiers] else { throw nobody }
        let all = try named(token, path(.identifiers), dialect.namedNamespaces)
            .filter { $0.namespace != "anonymous" }
        let user = all.first { $0.namespace == "user" }
        guard let found = user ?? all.first(where: { $0.namespace != "email" }) ?? all.first else {
            throw nobody
        }
        return found
    }

    /// Whether the customer id is said to be a device's: nobody has signed in there.
    private func isDevice(_ fields: EntryFields) -> Bool {
        guard let token = fields[.isIdentified] else { return false }
        return document.kind(token) == .boolean && !document.isTrue(token)
    }

    private var nobody: WireError {
        let roles: [FieldRole] = [
            .userID, .serviceID, .identifiers, .email, .phone, .anonymousID, .recipient,
        ]
        let named = dialect.isLenient ? roles : [.userID, .anonymousID]
        let paths = named.flatMap { dialect.shape.paths(of: $0) }
        let first = place.field(paths.first ?? "an identifier")
        let all = [first] + paths.dropFirst()
        let words =
            all.count == 1
            ? "\(first) is missing; send it"
            : all.dropLast().joined(separator: ", ") + " and \(all[all.count - 1]) are missing; "
                + "send at least one of them"
        return WireError(.missingIdentifier, words)
    }

    private func add(_ identifier: Identifier, to identifiers: inout [Identifier]) {
        let canonical = identifier.canonical
        if !identifiers.contains(where: { $0.canonical == canonical }) {
            identifiers.append(identifier)
        }
    }

    /// The members of an object whose names are namespaces.
    private func named(
        _ object: Int,
        _ name: String,
        _ namespaces: [String: String]
    ) throws(WireError) -> [Identifier] {
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
            if !isAbsent(value) {
                identifiers.append(try namespaced(document.string(key), value, name, namespaces))
            }
            key = document.end(value)
        }
        return identifiers
    }

    private func isAbsent(_ value: Int) -> Bool {
        switch document.kind(value) {
        case .null: true
        case .string: dialect.isLenient && document.isBlank(value)
        default: false
        }
    }

    private func namespaced(
        _ field: String,
        _ value: Int,
        _ name: String,
        _ namespaces: [String: String]
    ) throws(WireError) -> Identifier {
        if let namespace = namespaces[field] {
            return Identifier(
                namespace: namespace,
                text: try identifier(value, "\(name).\(field)")
            )
        }
        guard dialect.takesOtherNamespaces else {
            throw WireError(
                .invalidIdentifier,
                "\(place.field(name)) has \(Quoting.quote(field)), by which nobody is known; send "
                    + dialect.namespaces.keys.sorted().joined(separator: ", ")
            )
        }
        guard !field.isEmpty, field.utf8.count <= limits.nameBytesMax else {
            throw WireError(
                .invalidIdentifier,
                "\(place.field(name)) has a name of \(field.utf8.count) bytes; send 1 to "
                    + "\(limits.nameBytesMax)"
            )
        }
        if ["user", "anonymous"].contains(field) {
            throw WireError(
                .invalidIdentifier,
                "\(place.field("\(name).\(field)")) has a field of its own; send "
                    + "\(field == "user" ? "userId" : "anonymousId")"
            )
        }
        let path = name + JSONDocument.step(field)
        return Identifier(namespace: field, text: try identifier(value, path))
    }

    /// E-mail and telephone number among an identify's attributes.
    private func contacts(_ entry: Int, _ fields: EntryFields) throws(WireError) -> [Identifier] {
        var contacts: [Identifier] = []
        guard !dialect.contacts.isEmpty else { return [] }
        // The part that counts where several have the attribute is the last.
        for part in (dialect.contents[.identify] ?? []).reversed() {
            let object: Int?
            let prefix: String
            switch part {
            case .entry: (object, prefix) = (entry, "")
            case .members(let role, _): (object, prefix) = (fields[role], path(role) + ".")
            case .member, .wrapped: continue
            }
            guard let object, document.kind(object) == .object else { continue }
            for (name, namespace) in dialect.contacts {
                guard !contacts.contains(where: { $0.namespace == namespace }),
                    let token = document.member(name, of: object),
                    let contact = try contact(token, namespace, prefix + name)
                else { continue }
                contacts.append(contact)
            }
        }
        return contacts
    }

    /// An e-mail address or a telephone number, where it identifies: a text that is not blank.
    private func contact(
        _ token: Int,
        _ namespace: String,
        _ name: String
    ) throws(WireError) -> Identifier? {
        switch document.kind(token) {
        case .string where document.string(token).isBlank: return nil
        case .string: break
        case .number where namespace == "phone": break
        default: return nil
        }
        return Identifier(namespace: namespace, text: try identifier(token, name))
    }

    /// `previousId` is a `user` if one is called so, else an anonymous id: both are named, and what
    /// is meant is decided when the entry is applied.
    func alias(_ fields: EntryFields) throws(WireError) -> [Identifier] {
        guard let user = fields[.userID], let previous = fields[.previousID] else {
            let missing = path(fields[.userID] == nil ? .userID : .previousID)
            throw WireError(
                .missingIdentifier,
                "\(place.field(missing)) is missing; an alias has \(path(.userID)), who somebody "
                    + "is, and \(path(.previousID)), what they were called"
            )
        }
        let text = try identifier(previous, path(.previousID))
        return [.user(try identifier(user, path(.userID))), .user(text), .anonymous(text)]
    }

    /// The two that a merge names: whom the sender would keep, then the other.
    func merged(_ fields: EntryFields) throws(WireError) -> [Identifier] {
        var identifiers: [Identifier] = []
        for role in [FieldRole.primary, .secondary] {
            guard let token = fields[role] else {
                throw WireError(
                    .missingIdentifier,
                    "\(place.field(path(role))) is missing; a merge has primary, who is kept, and "
                        + "secondary, each like \(dialect.exampleOfOne) or "
                        + "{\"email\":\"ann@example.com\"}"
                )
            }
            identifiers.append(try one(token, path(role)))
        }
        return identifiers
    }

    private func one(_ object: Int, _ name: String) throws(WireError) -> Identifier {
        let isObject = document.kind(object) == .object
        let found = isObject ? try named(object, name, dialect.namespaces) : []
        guard found.count == 1, let identifier = found.first else {
            let what =
                isObject ? "names \(found.count) identifiers" : "is \(document.describe(object))"
            throw WireError(
                .invalidIdentifier,
                "\(place.field(name)) \(what); send exactly one, like \(dialect.exampleOfOne)"
            )
        }
        return identifier
    }

    private func identifier(_ token: Int, _ name: String) throws(WireError) -> String {
        let text = try scalarText(token, name, .invalidIdentifier)
        guard !text.isBlank else {
            throw WireError(
                .invalidIdentifier,
                "\(place.field(name)) is empty; send 1 to \(limits.identifierBytesMax) bytes, "
                    + "or leave it out"
            )
        }
        return text
    }
}
