public import EventModel

/// A person's place in the engine, from 0, in order of `PersonID`.
struct PersonSlot: Hashable, Comparable, BitwiseCopyable, Sendable {
    var rawValue: UInt32

    static let nobody = PersonSlot(rawValue: .max)

    static func < (left: PersonSlot, right: PersonSlot) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// What became of an entry when it was admitted.
public enum AdmissionVerdict: Equatable, BitwiseCopyable, Sendable {
    /// It counts.
    case accepted
    /// It repeats the idempotency key of an earlier entry: its identifiers link, nothing else.
    case duplicate(of: SequenceNumber)
    /// It names an identifier that is suppressed, and has no effect.
    case suppressed
    /// It crashes the engine, and has no effect.
    case quarantined
}

/// An entry as the apply stage takes it: who it is about and what it does to people.
public struct Admitted: BitwiseCopyable, Sendable {
    /// Whether it counts.
    public var verdict = AdmissionVerdict.accepted
    /// Of a duplicate, whether it says something else than what it repeats.
    public var isConflict = false
    /// Event time, corrected.
    public var occurredAt: Instant
    /// Who it is about; nobody for entries that name no one.
    var person = PersonSlot.nobody
    /// Whether the person exists from this entry on.
    var isNewPerson = false
    /// Per identifier of the entry, by place: whether it begins to mean the person here.
    var links: UInt8 = 0
    /// Per identifier of the entry, by place: whose it was until here, where it is moved.
    var movedFrom = InlineArray<8, PersonSlot>(repeating: .nobody)
    /// Per identifier of the entry, by place: whether it stays another's, or nobody's.
    var refused: UInt8 = 0
    /// Which of these have values that identify nobody.
    var blocked: UInt8 = 0
    /// Which of these would be one more than a person may have.
    var surplus: UInt8 = 0
    /// Declared keys of the event that an earlier one of the person has: a bit each, in the order of
    /// `Contract.keys(of:)`.
    var repeatedKeys: UInt64 = 0
    /// Whether what counts must be decided anew: people who become one have a key in common, or the event has
    /// more declared keys than `repeatedKeys` has bits.
    var sharesKeys = false
    /// People who become one with the person, `absorbedCount` of them.
    var absorbed = InlineArray<8, PersonSlot>(repeating: .nobody)
    var absorbedCount = 0
    /// Of a merge whether it names first whom it absorbs.
    var keepsAbsorbed = false

    /// Makes it the verdict of another entry, before anything is known of it.
    @inline(__always)
    mutating func reset(occurredAt: Instant) {
        verdict = .accepted
        isConflict = false
        self.occurredAt = occurredAt
        person = .nobody
        blocked = 0
        surplus = 0
        isNewPerson = false
        links = 0
        refused = 0
        repeatedKeys = 0
        sharesKeys = false
        absorbedCount = 0
        keepsAbsorbed = false
        // `movedFrom` is looked at where there are links, which set it, and `absorbed` up to its count.
    }

    init(occurredAt: Instant) { self.occurredAt = occurredAt }
}
