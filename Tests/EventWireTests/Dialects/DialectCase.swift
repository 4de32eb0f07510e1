import EventModel
import EventWire
import Testing

/// A body, and what it is to segmentd.
struct DialectCase: CustomTestStringConvertible, Sendable {
    var name: String
    var body: String
    var shown: String

    init(_ name: String, _ body: String, _ shown: String) {
        (self.name, self.body, self.shown) = (name, body, shown)
    }

    var testDescription: String { name }
}

extension DialectCase {
    /// Entries on one line each: kind, event, who, what, and what else is said.
    static func shown(_ items: [SenderItem]) -> String {
        items.map { item in
            switch item {
            case .entries(let drafts): drafts.map { shown($0) }.joined(separator: "\n")
            case .erase(let identifiers, let suppresses):
                "erase " + identifiers.map { "\($0.namespace):\($0.text)" }.joined(separator: " ")
                    + (suppresses ? " suppressed" : "")
            case .nothing: "nothing"
            case .problem(let problem): "\(problem.code.rawValue): \(problem.message)"
            }
        }.joined(separator: "\n")
    }

    static func shown(_ draft: EntryDraft) -> String {
        var words = [draft.kind.name]
        if !draft.event.isEmpty { words.append("'\(draft.event)'") }
        words += draft.identifiers.map { "\($0.namespace):\($0.text)" }
        let content = contentJSON(draft)
        if content != "{}" { words.append(content) }
        if let time = draft.timestamp { words.append("at \(time)") }
        if let time = draft.sentAt { words.append("sent \(time)") }
        if !draft.messageID.isEmpty { words.append("id \(draft.messageID)") }
        if draft.isBackfill { words.append("backfill") }
        if draft.isOn { words.append("on") }
        if draft.isAlias { words.append("alias") }
        return words.joined(separator: " ")
    }

    static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    /// What a decoding gives, or what it refuses the whole body for.
    static func shown(_ decode: () throws(WireError) -> [SenderItem]) -> String {
        do throws(WireError) { return shown(try decode()) } catch {
            return "refused, \(error.code.rawValue): \(error.message)"
        }
    }
}
