/// The position of an entry in the log: dense, from 1.
public struct SequenceNumber: Hashable, Comparable, BitwiseCopyable, Sendable {
    /// The position itself; 0 stands before the first entry.
    public var rawValue: UInt64

    /// The given position.
    @inlinable public init(_ rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// Before the first entry.
    public static let zero = SequenceNumber(0)

    /// The position right after this one.
    @inlinable public var next: SequenceNumber { SequenceNumber(rawValue + 1) }

    /// Earlier in the log first.
    @inlinable public static func < (left: SequenceNumber, right: SequenceNumber) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension SequenceNumber: CustomStringConvertible {
    /// The number in decimal digits.
    public var description: String { String(rawValue) }
}
