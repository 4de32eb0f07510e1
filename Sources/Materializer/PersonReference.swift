public import EventModel

/// What somebody writes to mean one person.
///
/// `#12` or `personID:12` is a `PersonID`. `namespace:text` is that identifier; the namespace ends at
/// the first colon. Any other text is a `user`, else an `anonymous`; so is one with a colon of which
/// the log has no such identifier.
public struct PersonReference: Equatable, Sendable {
    /// The text as it was written.
    public let text: String
    /// The id, where the text is one.
    public let person: PersonID?
    /// The identifiers that the text may be, the likelier first; none where it is an id.
    public let candidates: [Identifier]

    private static let idPrefixes = ["#", "personID:"]

    /// Means whoever an identifier means.
    public init(_ identifier: Identifier) {
        text = "\(identifier.namespace):\(identifier.text)"
        person = nil
        candidates = [identifier]
    }

    /// Reads a text; every text can be a `user`.
    public init(_ text: String) {
        self.text = text
        for prefix in PersonReference.idPrefixes where text.hasPrefix(prefix) {
            let digits = text.dropFirst(prefix.count)
            guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let number = UInt64(digits)
            else { continue }
            person = PersonID(number)
            candidates = []
            return
        }
        person = nil
        var candidates: [Identifier] = []
        if let colon = text.firstIndex(of: ":") {
            let namespace = String(text[..<colon])
            let rest = String(text[text.index(after: colon)...])
            candidates.append(Identifier(namespace: namespace, text: rest))
        }
        self.candidates = candidates + [.user(text), .anonymous(text)]
    }
}
