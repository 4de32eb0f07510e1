internal import EventModel

/// A person and what of it must be looked at when the instant is evaluated; sorts by person.
struct WorkItem: Comparable, BitwiseCopyable {
    private let value: UInt64

    enum Aspect {
        /// A leaf that entries have turned, by its number; twice where they turned it back.
        case flipped(Int)
        /// The leaves that time has changed: a deadline fell due.
        case due
        /// The person exists from this instant on.
        case stranger
        /// The person became one with another.
        case absorbed
        /// All leaves: the person was folded again, or joined by another.
        case everything
    }

    private static let dueCode: UInt64 = 0xFFFF_FFFC
    private static let strangerCode: UInt64 = 0xFFFF_FFFD
    private static let absorbedCode: UInt64 = 0xFFFF_FFFE
    private static let everythingCode: UInt64 = 0xFFFF_FFFF

    @inline(__always)
    init(_ person: PersonSlot, _ aspect: Aspect) {
        let code: UInt64 =
            switch aspect {
            case .flipped(let leaf): UInt64(truncatingIfNeeded: leaf)
            case .due: WorkItem.dueCode
            case .stranger: WorkItem.strangerCode
            case .absorbed: WorkItem.absorbedCode
            case .everything: WorkItem.everythingCode
            }
        value = UInt64(person.rawValue) << 32 | code
    }

    @inline(__always)
    var person: PersonSlot { PersonSlot(rawValue: UInt32(value >> 32)) }

    @inline(__always)
    var aspect: Aspect {
        switch value & 0xFFFF_FFFF {
        case WorkItem.dueCode: .due
        case WorkItem.strangerCode: .stranger
        case WorkItem.absorbedCode: .absorbed
        case WorkItem.everythingCode: .everything
        case let leaf: .flipped(Int(leaf))
        }
    }

    static func < (left: WorkItem, right: WorkItem) -> Bool { left.value < right.value }
}
