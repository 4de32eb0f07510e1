/// A dense number for an event name, a property name, a namespace or a source, given at append.
public struct SymbolID: Hashable, Comparable, BitwiseCopyable, Sendable {
    /// The number itself.
    public var rawValue: UInt32

    /// The symbol of that number.
    @inlinable public init(_ rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// The one interned earlier first.
    @inlinable public static func < (left: SymbolID, right: SymbolID) -> Bool {
        left.rawValue < right.rawValue
    }

    /// The texts that every log interns first, in this order, so that their numbers are known.
    public static let wellKnown = ["", "user", "anonymous", "email", "phone"]
    /// The empty text: no event name, no source.
    @inlinable public static var none: SymbolID { SymbolID(0) }
    /// The namespace of canonical customer ids.
    @inlinable public static var user: SymbolID { SymbolID(1) }
    /// The namespace of devices and browsers.
    @inlinable public static var anonymous: SymbolID { SymbolID(2) }
    /// The namespace of e-mail addresses.
    @inlinable public static var email: SymbolID { SymbolID(3) }
    /// The namespace of telephone numbers.
    @inlinable public static var phone: SymbolID { SymbolID(4) }
}
