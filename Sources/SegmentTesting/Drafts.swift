public import EventModel

/// A JSON-like value to build drafts from.
public enum TestValue: Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByNilLiteral
{
    /// JSON null.
    case null
    /// True or false.
    case boolean(Bool)
    /// A number by its spelling.
    case number(String)
    /// A text.
    case text(String)
    /// A list.
    case list([TestValue])
    /// An object; members in order of their names.
    case object([String: TestValue])

    /// A text.
    public init(stringLiteral text: String) { self = .text(text) }
    /// A whole number.
    public init(integerLiteral number: Int) { self = .number(String(number)) }
    /// True or false.
    public init(booleanLiteral truth: Bool) { self = .boolean(truth) }
    /// Null.
    public init(nilLiteral: ()) { self = .null }

    func write(to writer: inout ValueWriter) {
        switch self {
        case .null: writer.null()
        case .boolean(let truth): writer.boolean(truth)
        case .number(let spelling): writer.number(Array(spelling.utf8).span)
        case .text(let text): writer.text(text)
        case .list(let values):
            let mark = writer.begin(.list)
            for value in values { value.write(to: &writer) }
            writer.end(mark)
        case .object(let members):
            let mark = writer.begin(.object)
            for (name, value) in members.sorted(by: { $0.key < $1.key }) {
                writer.name(name)
                value.write(to: &writer)
            }
            writer.end(mark)
        }
    }
}

extension EntryDraft {
    /// An event.
    public static func track(
        _ event: String,
        user: String? = nil,
        anonymous: String? = nil,
        at: Instant? = nil,
        id: String = "",
        backfill: Bool = false,
        _ properties: [String: TestValue] = [:]
    ) -> EntryDraft {
        var draft = EntryDraft(kind: .track)
        draft.event = event
        draft.fill(user, anonymous, at, id, backfill, properties)
        return draft
    }

    /// Attributes.
    public static func identify(
        user: String? = nil,
        anonymous: String? = nil,
        at: Instant? = nil,
        id: String = "",
        backfill: Bool = false,
        _ traits: [String: TestValue] = [:]
    ) -> EntryDraft {
        var draft = EntryDraft(kind: .identify)
        draft.fill(user, anonymous, at, id, backfill, traits)
        return draft
    }

    private mutating func fill(
        _ user: String?,
        _ anonymous: String?,
        _ at: Instant?,
        _ id: String,
        _ backfill: Bool,
        _ members: [String: TestValue]
    ) {
        if let user { identifiers.append(.user(user)) }
        if let anonymous { identifiers.append(.anonymous(anonymous)) }
        timestamp = at
        messageID = id
        isBackfill = backfill
        var writer = ValueWriter()
        TestValue.object(members).write(to: &writer)
        content = writer.bytes
    }
}
