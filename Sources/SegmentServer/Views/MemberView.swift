package import EventModel
internal import EventWire
internal import Materializer

/// A member of a segment as JSON shows it.
package struct MemberView: Codable, Equatable, Sendable {
    /// The canonical customer id; nil for a person who is not known.
    package var person: String?
    /// Who, by the first entry that named the person; to hand back as `after`.
    package var personID: UInt64
    /// What the person is called.
    package var identifiers: [IdentifierView]

    /// The view of a member.
    init(_ member: Member) {
        self.init(member.person, identifiers: member.identifiers)
    }

    /// The view of a person with what the person is called.
    package init(_ person: PersonID, identifiers: [Identifier]) {
        self.identifiers = [IdentifierView](identifiers)
        self.person = self.identifiers.user
        personID = person.rawValue
    }
}

extension MemberView: JSONRepresentable {
    /// Appends the view as an object.
    package func appendJSON(to bytes: inout [UInt8]) {
        var json = JSONWriter()
        json.object {
            $0.field("person", person)
            $0.field("personID", personID)
            $0.array("identifiers") { for identifier in identifiers { $0.item(identifier) } }
        }
        bytes.append(contentsOf: json.bytes)
    }
}
