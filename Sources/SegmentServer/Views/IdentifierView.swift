package import EventModel
internal import EventWire

/// An identifier as JSON shows it.
package struct IdentifierView: Codable, Equatable, Sendable {
    /// The namespace's name.
    package var namespace: String
    /// The identifier's text.
    package var value: String

    /// The view of an identifier.
    package init(_ identifier: Identifier) {
        namespace = identifier.namespace
        value = identifier.text
    }
}

extension IdentifierView: JSONRepresentable {
    /// Appends the view as an object.
    package func appendJSON(to bytes: inout [UInt8]) {
        var json = JSONWriter()
        json.object {
            $0.field("namespace", namespace)
            $0.field("value", value)
        }
        bytes.append(contentsOf: json.bytes)
    }
}

extension [IdentifierView] {
    /// The views of a person's identifiers, which come in order of rank.
    init(_ identifiers: [Identifier]) { self = identifiers.map(IdentifierView.init) }

    /// The canonical customer id; nil for a person who is not known.
    var user: String? { first { $0.namespace == "user" }?.value }
}
