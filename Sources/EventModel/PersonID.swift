/// Names a person for ever: the sequence number of the first entry that named it.
public struct PersonID: Hashable, Comparable, BitwiseCopyable, Sendable {
    /// The sequence number of the person's first entry; 0 is nobody.
    public var rawValue: UInt64

    /// The person first named by the entry at that sequence number.
    @inlinable public init(_ rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// Whom no entry names: before everybody else in order.
    @inlinable public static var nobody: PersonID { PersonID(0) }

    /// The elder first.
    @inlinable public static func < (left: PersonID, right: PersonID) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension PersonID: CustomStringConvertible {
    /// The number in decimal digits.
    public var description: String { String(rawValue) }
}
