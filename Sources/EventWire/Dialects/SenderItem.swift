public import EventModel

/// What one item of a sender's request asks for.
public enum SenderItem: Sendable {
    /// These entries, one after the other.
    case entries([EntryDraft])
    /// That everybody whom one of the identifiers means is erased; then, whether entries that name them have no effect
    /// any more.
    case erase([Identifier], suppresses: Bool)
    /// Nothing: segmentd has no use for it, and takes it as the sender's service would.
    case nothing
    /// What is wrong with it; the others go on.
    case problem(EntryProblem)
}

/// One object of a body, read by the tables of a dialect.
struct SenderEntry {
    let decoder: EntryDecoder
    let token: Int

    /// What it is in the body, and where.
    init(
        _ document: JSONDocument,
        _ token: Int,
        _ dialect: Dialect,
        _ limits: WireLimits,
        _ place: EntryPlace = .body
    ) {
        decoder = EntryDecoder(document: document, limits: limits, place: place, dialect: dialect)
        self.token = token
    }

    /// The entry of that kind which it says.
    func entry(
        _ kind: NativeKind,
        _ given: EntryDecoder.Given = .init()
    ) throws(WireError) -> EntryDraft {
        try decoder.decode(token, as: kind, given)
    }

    /// What its type asks for.
    func item(_ given: EntryDecoder.Given = .init()) throws(WireError) -> SenderItem {
        let fields = try decoder.fields(token)
        switch try decoder.action(fields[.type]) {
        case .entry(let kind):
            return .entries([try decoder.draft(kind, token, fields, given)])
        case .erase(let suppresses):
            return .erase([try decoder.erased(fields)], suppresses: suppresses)
        case .nothing: return .nothing
        }
    }

    /// An entry about attributes, where there are any, and then what the event says.
    ///
    /// - Parameter roles: What has the attributes.
    func eventWithAttributes(
        _ roles: [FieldRole],
        _ given: EntryDecoder.Given = .init()
    ) throws(WireError) -> [EntryDraft] {
        let fields = try decoder.fields(token)
        let event = try decoder.draft(.track, token, fields, given)
        guard roles.contains(where: { fields[$0] != nil }) else { return [event] }
        var identify = try decoder.draft(.identify, token, fields, given)
        // Only one of them can have the key: repeated attributes change nothing.
        identify.messageID = ""
        let isEmpty = identify.content == EntryDraft(kind: .identify).content
        return isEmpty && Set(identify.identifiers) == Set(event.identifiers)
            ? [event] : [identify, event]
    }
}

/// A whole body of a sender's service.
struct SenderBody {
    let document: JSONDocument
    let limits: WireLimits

    /// Reads a body.
    ///
    /// - Throws: Where it is too large or no JSON object.
    init(_ body: [UInt8], _ limits: WireLimits, bytesMax: Int) throws(WireError) {
        let decoder = NativeDecoder(limits: limits)
        try decoder.check(body, bytesMax: bytesMax)
        document = try decoder.parse(body, JSONParser())
        self.limits = limits
        guard document.kind(0) == .object else {
            throw WireError(.wrongShape, "the body is \(document.describe(0)); send an object")
        }
    }

    /// The value of the root's last member of that name; nil for none and for null.
    func member(_ name: String, of token: Int = 0) -> Int? {
        guard document.kind(token) == .object, let value = document.member(name, of: token),
            document.kind(value) != .null
        else { return nil }
        return value
    }

    /// The elements of a list.
    ///
    /// - Throws: Where there is none, or it has too many.
    func elements(_ name: String, of token: Int = 0) throws(WireError) -> [Int] {
        guard let list = member(name, of: token), document.kind(list) == .array else {
            let found = member(name, of: token).map { "is \(document.describe($0))" }
            throw WireError(.wrongShape, "\(name) \(found ?? "is missing"); send a list")
        }
        let count = document.elementCount(list)
        guard count <= limits.batchEntriesMax else {
            throw NativeDecoder(limits: limits).tooManyEntries("has \(count)")
        }
        var elements: [Int] = []
        elements.reserveCapacity(count)
        var element = list + 1
        while element < document.end(list) {
            elements.append(element)
            element = document.end(element)
        }
        return elements
    }

    /// What each element of a list asks for; what is wrong with one does not cost the others.
    func items(
        _ name: String,
        _ decode: (_ token: Int, _ place: EntryPlace) throws(WireError) -> SenderItem
    ) throws(WireError) -> [SenderItem] {
        var items: [SenderItem] = []
        for (index, token) in try elements(name).enumerated() {
            do throws(WireError) {
                items.append(try decode(token, .element(name, index)))
            } catch {
                items.append(.problem(EntryProblem(error.code, error.message, index: index)))
            }
        }
        return items
    }
}
