package import EventModel
internal import EventWire
internal import Materializer

/// A transition, or the notice of an expectation, as JSON shows it: in answers, in `--json`, and to a command that asks the daemon.
package struct TransitionView: Codable, Equatable, Sendable {
    /// Its place in the order of all; to hand back as `after`.
    package var cursor: String
    /// Its stable id.
    package var id: String
    /// `transition` or `expectation`.
    package var kind: String
    /// The segment's name; nil for what is expected of an event.
    package var segment: String?
    /// The segment's title in the rules in force; nil where there is none.
    package var title: String?
    /// The event of which something is expected; else nil.
    package var event: String?
    /// What is expected, as it may be written; nil for a person's transition.
    package var expectation: String?
    /// The canonical customer id; nil for a person who is not known.
    package var person: String?
    /// Who, by the first entry that named the person; nil for an expectation.
    package var personID: UInt64?
    /// What the person is called.
    package var identifiers: [IdentifierView]
    /// `entered` or `exited`; of an expectation `broken` or `met`.
    package var direction: String
    /// Since when an expectation has been broken or met, a minute before its notice at least; else nil.
    package var since: String?
    /// How many there were when an expectation was noticed; else nil.
    package var count: Int?
    /// The instant, as RFC 3339 in UTC with milliseconds.
    package var at: String
    /// Why.
    package var cause: String
    /// The causing entry; nil where time alone caused it.
    package var sequence: UInt64?
    /// What the causing entry says; nil where time alone caused it.
    package var causedBy: CauseView?
    /// The rule's hash, in 16 hexadecimal digits.
    package var ruleHash: String
    /// Whether subscribers hear of it.
    package var announced: Bool
    /// For an exit, whether the entry was announced that it ends; else nil.
    package var entryAnnounced: Bool?
    /// In webhooks alone: what is known when the message is sent.
    package var outlook: OutlookView?

    /// The view of a recorded transition.
    init(_ described: DescribedTransition) {
        self.init(described.transition, id: described.id, identifiers: described.identifiers)
        title = described.title
        causedBy = described.causedBy.map { CauseView($0) }
    }

    /// The view of a transition with its id and what the person is called.
    package init(_ transition: Transition, id: String, identifiers: [Identifier]) {
        cursor = transition.cursor.text
        self.id = id
        kind = transition.notice == nil ? "transition" : "expectation"
        if let notice = transition.notice {
            segment = notice.subject == .segment ? notice.name : nil
            event = notice.subject == .event ? notice.name : nil
            expectation = notice.expectation
            since = notice.since.rfc3339
            count = notice.count
        } else {
            segment = transition.segment
            personID = transition.person.rawValue
        }
        self.identifiers = [IdentifierView](identifiers)
        person = self.identifiers.user
        direction = transition.direction.name
        at = transition.at.rfc3339
        cause = transition.cause.name
        let isCausedByEntry = transition.cause != .time && transition.sequence != .zero
        sequence = isCausedByEntry ? transition.sequence.rawValue : nil
        ruleHash = hexadecimal(transition.ruleHash)
        announced = transition.isAnnounced
        entryAnnounced = transition.direction == .exited ? transition.entryIsAnnounced : nil
    }
}

extension TransitionView: JSONRepresentable {
    /// Appends the view as an object.
    package func appendJSON(to bytes: inout [UInt8]) {
        var json = JSONWriter()
        json.object {
            $0.field("cursor", cursor)
            $0.field("id", id)
            $0.field("kind", kind)
            $0.field("segment", ifPresent: segment)
            $0.field("title", ifPresent: title)
            $0.field("event", ifPresent: event)
            if let expectation {
                $0.field("expectation", expectation)
            } else {
                $0.field("person", person)
                $0.field("personID", personID)
            }
            $0.array("identifiers") { for identifier in identifiers { $0.item(identifier) } }
            $0.field("direction", direction)
            $0.field("at", at)
            $0.field("since", ifPresent: since)
            if let count { $0.field("count", count) }
            $0.field("cause", cause)
            $0.field("sequence", sequence)
            $0.field("causedBy", ifPresent: causedBy)
            $0.field("ruleHash", ruleHash)
            $0.field("announced", announced)
            $0.field("entryAnnounced", ifPresent: entryAnnounced)
            outlook?.write(to: &$0)
        }
        bytes.append(contentsOf: json.bytes)
    }
}

/// What a transition's causing entry says.
package struct CauseView: Codable, Equatable, Sendable {
    /// What kind of entry it is: `track`, `identify` and so on.
    package var kind: String
    /// The event's name, or the list's, as it was sent; nil of other entries.
    package var event: String?
    /// The sender's message id; nil where there is none.
    package var messageID: String?
    /// When it occurred, as the sender says; nil where it does not.
    package var timestamp: String?

    init(_ cause: CausingEntry) {
        kind = cause.kind.name
        event = cause.event.isEmpty ? nil : cause.event
        messageID = cause.messageID.isEmpty ? nil : cause.messageID
        timestamp = cause.timestamp?.rfc3339
    }
}

extension CauseView: JSONRepresentable {
    /// Appends the view as an object.
    package func appendJSON(to bytes: inout [UInt8]) {
        var json = JSONWriter()
        json.object {
            $0.field("kind", kind)
            $0.field("event", ifPresent: event)
            $0.field("messageID", ifPresent: messageID)
            $0.field("timestamp", ifPresent: timestamp)
        }
        bytes.append(contentsOf: json.bytes)
    }
}

/// What webhooks say beyond the transition itself, as it is known when they are sent.
package struct OutlookView: Codable, Equatable, Sendable {
    /// When the membership ends if nothing but time passes; nil where it never does so, or where that is not known.
    package var until: String?
    /// Of an exit by merge, whom the person became one with.
    package var mergedInto: UInt64?
    /// Whether the message is of a snapshot: of a membership that began before the subscription.
    package var isSnapshot = false
    /// The attributes that the subscription asked for, as members of a JSON object; nil where it asked for none.
    package var attributes: [UInt8]?
    /// Whether the transition is an entry, of which `until` is said.
    package var isEntry: Bool

    func write(to json: inout JSONObjectWriter) {
        if isEntry { json.field("until", until) }
        json.field("mergedInto", ifPresent: mergedInto)
        if isSnapshot { json.field("snapshot", true) }
        if let attributes { json.raw("attributes", attributes) }
    }
}

/// Sixteen digits: a hash is a name, and as a number it would lose digits in JavaScript.
func hexadecimal(_ hash: UInt64) -> String {
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
}
