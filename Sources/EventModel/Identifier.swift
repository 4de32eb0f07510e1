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
}

/// A dense number for an identifier, given at append, from 0.
public struct IdentifierID: Hashable, Comparable, Sendable {
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
