internal import EventModel

/// A person and what of it must be looked at when the instant is evaluated; sorts by person.
struct WorkItem: Comparable, BitwiseCopyable {
    private let value: UInt64

    enum Aspect {
        /// The leaves of one series.
        case series(Int)
        /// Attributes; their leaves' truth is set already.
        case attributes
        /// The person exists from this instant on.
        case stranger
        /// The person became one with another.
        case absorbed
        /// The leaves that time has changed: a deadline fell due.
        case due
        /// All leaves: the person was folded again, or joined by another.
        case everything
    }

    private static let dueCode: UInt64 = 0xFFFF_FFFB
    private static let attributesCode: UInt64 = 0xFFFF_FFFC
    private static let strangerCode: UInt64 = 0xFFFF_FFFD
    private static let absorbedCode: UInt64 = 0xFFFF_FFFE
    private static let everythingCode: UInt64 = 0xFFFF_FFFF

    init(_ person: PersonSlot, _ aspect: Aspect) {
        let code: UInt64 =
            switch aspect {
            case .series(let index): UInt64(index)
            case .attributes: WorkItem.attributesCode
            case .stranger: WorkItem.strangerCode
            case .absorbed: WorkItem.absorbedCode
            case .due: WorkItem.dueCode
            case .everything: WorkItem.everythingCode
            }
        value = UInt64(person.rawValue) << 32 | code
    }

    var person: PersonSlot { PersonSlot(rawValue: UInt32(value >> 32)) }

    var aspect: Aspect {
        switch value & 0xFFFF_FFFF {
        case WorkItem.attributesCode: .attributes
        case WorkItem.strangerCode: .stranger
        case WorkItem.absorbedCode: .absorbed
        case WorkItem.dueCode: .due
        case WorkItem.everythingCode: .everything
        case let index: .series(Int(index))
        }
    }

    static func < (left: WorkItem, right: WorkItem) -> Bool { left.value < right.value }
}
