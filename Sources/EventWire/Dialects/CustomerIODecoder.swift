public import EventModel

/// Decodes the bodies of Customer.io's Track API, version 1 and 2.
public struct CustomerIODecoder: Sendable {
    private let limits: WireLimits

    /// A decoder with those bounds.
    public init(limits: WireLimits = WireLimits()) { self.limits = limits }

    /// The identifier that a path names: an e-mail address, an id that Customer.io made, or the customer's id.
    public static func identifier(_ text: String) -> Identifier {
        if text.hasPrefix("cio_") {
            return Identifier(namespace: "cio_id", text: String(text.dropFirst(4)))
        }
        return text.contains("@") ? .email(text) : .user(text)
    }

    /// `PUT /api/v1/customers/{id}`.
    public func customer(_ id: String, _ body: [UInt8]) throws(WireError) -> SenderItem {
        let body = try self.body(body)
        let entry = SenderEntry(body.document, 0, .customerIOCustomer, limits)
        let given = EntryDecoder.Given(identifiers: [try named(id)])
        return .entries([try entry.entry(.identify, given)])
    }

    /// `POST /api/v1/customers/{id}/events`, and `POST /api/v1/events` without an id.
    public func event(_ id: String?, _ body: [UInt8]) throws(WireError) -> SenderItem {
        let body = try self.body(body)
        let entry = SenderEntry(body.document, 0, .customerIOEvent, limits)
        let given = EntryDecoder.Given(
            identifiers: try id.map { id throws(WireError) in [try named(id)] } ?? []
        )
        // Without a type it is an event like any other.
        if body.member("type") == nil { return .entries([try entry.entry(.track, given)]) }
        return try entry.item(given)
    }

    /// `POST /api/v1/merge_customers`.
    public func merge(_ body: [UInt8]) throws(WireError) -> SenderItem {
        let body = try self.body(body)
        return .entries([try SenderEntry(body.document, 0, .customerIOMerge, limits).entry(.merge)])
    }

    /// `POST /api/v1/segments/{id}/add_customers` and `…/remove_customers`: one entry for each of `ids`.
    ///
    /// - Parameter idType: What the ids are: `id`, `email` or `cio_id`.
    public func list(
        _ name: String,
        adds: Bool,
        idType: String,
        _ body: [UInt8]
    ) throws(WireError) -> [SenderItem] {
        let body = try self.body(body)
        guard let namespace = Dialect.customerIOMerge.namespaces[idType] else {
            throw WireError(
                .invalidIdentifier,
                "id_type is \(Quoting.quote(idType)); send id, email or cio_id"
            )
        }
        return try body.items("ids") { token, place throws(WireError) in
            let decoder = EntryDecoder(
                document: body.document,
                limits: limits,
                place: place,
                dialect: .customerIOMerge
            )
            var draft = EntryDraft(kind: .list)
            draft.event = try decoder.list(nil, name)
            draft.source = decoder.dialect.source
            draft.isOn = adds
            let text = try decoder.scalarText(token, "id", .invalidIdentifier)
            draft.identifiers = [Identifier(namespace: namespace, text: try checked(text))]
            return .entries([draft])
        }
    }

    /// `POST /api/v1/customers/{id}/unsuppress`.
    public func unsuppress(_ id: String) throws(WireError) -> SenderItem {
        var draft = EntryDraft(kind: .suppress)
        draft.identifiers = [try named(id)]
        draft.source = Dialect.customerIOCustomer.source
        return .entries([draft])
    }

    /// Whom `DELETE /api/v1/customers/{id}` or `POST …/suppress` means.
    public func named(_ id: String) throws(WireError) -> Identifier {
        let identifier = CustomerIODecoder.identifier(try checked(id))
        _ = try checked(identifier.canonical.text)
        return identifier
    }

    /// `POST /api/v2/entity`.
    public func entity(_ body: [UInt8]) throws(WireError) -> SenderItem {
        let body = try self.body(body)
        return try item(body, 0, .body)
    }

    /// `POST /api/v2/batch`.
    public func batch(_ body: [UInt8]) throws(WireError) -> [SenderItem] {
        let body = try SenderBody(body, limits, bytesMax: limits.batchBodyBytesMax)
        return try body.items("batch") { token, place throws(WireError) in
            try item(body, token, place)
        }
    }

    private func item(
        _ body: SenderBody,
        _ token: Int,
        _ place: EntryPlace
    ) throws(WireError) -> SenderItem {
        if let type = body.member("type", of: token), body.document.kind(type) == .string {
            switch body.document.string(type) {
            case "person": break
            // They have no use here.
            case "object", "delivery": return .nothing
            default:
                throw WireError(
                    .unknownType,
                    "\(place.field("type")) is \(body.document.describe(type)); send \"person\""
                )
            }
        }
        return try SenderEntry(body.document, token, .customerIOEntity, limits, place).item()
    }

    private func body(_ bytes: [UInt8]) throws(WireError) -> SenderBody {
        try SenderBody(bytes, limits, bytesMax: limits.singleBodyBytesMax)
    }

    private func checked(_ id: String) throws(WireError) -> String {
        guard !id.isBlank, id.utf8.count <= limits.identifierBytesMax else {
            throw WireError(
                .invalidIdentifier,
                "an id is blank, or has \(id.utf8.count) bytes; send 1 to \(limits.identifierBytesMax)"
            )
        }
        return id
    }
}
