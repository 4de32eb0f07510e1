internal import EventModel
internal import EventWire
internal import Materializer

/// An entry of the log as JSON shows it.
struct EntryView: JSONRepresentable {
    let entry: LoggedEntry

    /// Appends the view as an object.
    func appendJSON(to bytes: inout [UInt8]) {
        let draft = entry.draft
        let isOfRules = draft.kind == .rules
        var json = JSONWriter()
        json.object {
            $0.field("sequence", entry.sequence)
            $0.field("receivedAt", entry.receivedAt)
            $0.field("kind", draft.kind.name)
            $0.array("identifiers") {
                for identifier in draft.identifiers { $0.item(IdentifierView(identifier)) }
            }
            $0.field("event", ifPresent: draft.kind == .track ? draft.event : nil)
            $0.field("list", ifPresent: draft.kind == .list ? draft.event : nil)
            $0.field("timestamp", ifPresent: draft.timestamp)
            $0.field("sentAt", ifPresent: draft.sentAt)
            $0.field("messageId", ifPresent: draft.messageID.isEmpty ? nil : draft.messageID)
            $0.field("backfill", ifPresent: draft.isBackfill && !isOfRules ? true : nil)
            $0.field("announce", ifPresent: isOfRules ? draft.announcement.rawValue : nil)
            $0.field("on", ifPresent: draft.kind.isSwitch ? draft.isOn : nil)
            $0.field("alias", ifPresent: draft.isAlias ? true : nil)
            $0.field("keepPrimary", ifPresent: draft.kind == .merge && draft.isOn ? true : nil)
            $0.field("erased", ifPresent: draft.isErased ? true : nil)
            let isErase = draft.kind == .erase && draft.repeated != .zero
            $0.field("personID", ifPresent: isErase ? draft.repeated.rawValue : nil)
            if let name = draft.kind.contentName, !draft.isErased {
                $0.raw(name, ValueJSON.named(draft.content.span))
            }
        }
        bytes.append(contentsOf: json.bytes)
    }
}

/// An entry of a person as JSON shows it.
struct ActivityView: JSONRepresentable {
    let entry: LoggedEntry

    /// Appends the view as an object.
    func appendJSON(to bytes: inout [UInt8]) {
        let draft = entry.draft
        var json = JSONWriter()
        json.object {
            $0.field("sequence", entry.sequence)
            $0.field("receivedAt", entry.receivedAt)
            $0.field("occurredAt", entry.occurredAt)
            $0.field("type", draft.kind.name)
            $0.field("event", ifPresent: draft.kind == .track ? draft.event : nil)
            $0.field("list", ifPresent: draft.kind == .list ? draft.event : nil)
            $0.field("messageId", ifPresent: draft.messageID.isEmpty ? nil : draft.messageID)
            $0.field("duplicateOf", ifPresent: entry.duplicateOf)
            $0.field("conflict", ifPresent: entry.isConflict ? true : nil)
            $0.field("suppressed", ifPresent: entry.isSuppressed ? true : nil)
            $0.field("backfill", ifPresent: draft.isBackfill ? true : nil)
            $0.field("on", ifPresent: draft.kind.isSwitch ? draft.isOn : nil)
            $0.field("alias", ifPresent: draft.isAlias ? true : nil)
            $0.field("keepPrimary", ifPresent: draft.kind == .merge && draft.isOn ? true : nil)
            if let name = draft.kind.contentName {
                $0.raw(name, ValueJSON.named(draft.content.span))
            }
        }
        bytes.append(contentsOf: json.bytes)
    }
}

extension EntryKind {
    /// Whether such an entry turns something on or off.
    fileprivate var isSwitch: Bool { [.suppress, .job, .list, .erase].contains(self) }

    /// What the API calls the content of such an entry; nil where there is none.
    fileprivate var contentName: String? {
        switch self {
        case .track: "properties"
        case .identify: "traits"
        case .rules: "rules"
        case .job: "job"
        case .quarantine: "quarantine"
        case .tick, .merge, .suppress, .list, .erase: nil
        }
    }
}
