/// What a sender calls somebody: a text within a namespace.
public struct Identifier: Hashable, Sendable {
    /// The namespace's name: `user`, `anonymous`, `email`, `phone` or a declared one.
    public var namespace: String
    /// The text as received.
    public var text: String

    /// The identifier `text` in `namespace`.
    public init(namespace: String, text: String) {
        self.namespace = namespace
        self.text = text
    }

    /// The shop's canonical customer id; who holds one is known.
    public static func user(_ text: String) -> Identifier {
        Identifier(namespace: "user", text: text)
    }

    /// A device or browser before anybody signed in.
    public static func anonymous(_ text: String) -> Identifier {
        Identifier(namespace: "anonymous", text: text)
    }

    /// An e-mail address.
    public static func email(_ text: String) -> Identifier {
        Identifier(namespace: "email", text: text)
    }

    /// The identifier as it compares: e-mails trimmed and lower-cased, all others as received.
    public var canonical: Identifier {
        guard namespace == "email" else { return self }
        var text = self.text[...]
        while let first = text.unicodeScalars.first, first.properties.isWhitespace {
            text.unicodeScalars.removeFirst()
        }
        while let last = text.unicodeScalars.last, last.properties.isWhitespace {
            text.unicodeScalars.removeLast()
        }
        return Identifier(namespace: namespace, text: text.lowercased())
    }
}

/// A dense number for an identifier, given at append, from 0.
public struct IdentifierID: Hashable, Comparable, BitwiseCopyable, Sendable {
    /// The number itself.
    public var rawValue: UInt32

    /// The identifier of that number.
    @inlinable public init(_ rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// The one interned earlier first.
    @inlinable public static func < (left: IdentifierID, right: IdentifierID) -> Bool {
        left.rawValue < right.rawValue
    }
}
