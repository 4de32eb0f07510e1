internal import EventModel

/// The fixed part of a person's state; its bits follow it in memory.
///
/// Behind it lie, in words of 64 bits: the truth of every leaf *now*, as far as entries have been
/// applied; per name whether the person *is a member*; per name whether the entry into it *was announced*. With
/// up to 64 leaves and 64 names that is 64 bytes: one line of the cache.
struct PersonRecord {
    var id: PersonID
    /// A time at or before which no leaf changes by time alone; the distant future for never.
    var armed: Instant = .distantFuture
    /// The directory of series and attributes: reference and count; its chunk is what the arena gives for that
    /// many.
    var directory: UInt32 = 0
    var directoryCount: UInt32 = 0
    /// The identifiers' claims, likewise.
    var claims: UInt32 = 0
    var claimCount: UInt32 = 0
    /// Whom the person became one with; nobody for one who stands alone, `erasedMark` for one who was erased.
    var mergedInto = PersonSlot.nobody
    /// Since when the person is in each of its segments, in order of their names: a word each.
    var stays: UInt32 = 0

    static let erasedMark = PersonSlot(rawValue: .max - 1)

    /// Whether nothing more happens to the person: it became one with another, or was erased.
    var isGone: Bool { mergedInto != .nobody }
    var isErased: Bool { mergedInto == PersonRecord.erasedMark }
    var isAbsorbed: Bool { isGone && !isErased }
}

/// What a person's directory says of one series or attribute.
struct DirectoryEntry {
    /// The series' number, or the number of series plus the attribute's number.
    var key: UInt32
    /// A series that needs several times, or an attribute: where they lie.
    var reference: UInt32
    /// For a series that needs one time that time; for one that needs several how many there are (lower
    /// half) and how many have room (upper half).
    var payload: Int64
    /// When time alone first changes a leaf of the series, as far as is known: never late, exact once the series
    /// was looked at, and the distant past before that.
    var next: Instant

    init(key: UInt32) {
        self.key = key
        reference = 0
        payload = 0
        next = .distantPast
    }

    /// Words of 64 bits that an entry takes.
    static let words = 3

    var count: Int {
        get { Int(UInt32(truncatingIfNeeded: payload)) }
        set { payload = payload & ~0xFFFF_FFFF | Int64(newValue) }
    }

    var capacity: Int {
        get { Int(payload >> 32 & 0x7FFF_FFFF) }
        set { payload = payload & ~(0x7FFF_FFFF << 32) | Int64(newValue) << 32 }
    }

    /// Of rows, whether one may be there before its time.
    var hasEarly: Bool {
        get { payload < 0 }
        set { payload = newValue ? payload | .min : payload & .max }
    }

    /// Of a sum, whether a number below zero may be among its numbers: then it may fall and rise by time.
    var hasNegative: Bool {
        get { payload < 0 }
        set { payload = newValue ? payload | .min : payload & .max }
    }
}

/// What a series keeps of a person, and so what must be given back when it is forgotten.
enum SeriesKeep: BitwiseCopyable, Sendable {
    /// One time, in the directory itself.
    case time
    /// Several times, a word each.
    case times
    /// Times with numbers, three words each.
    case sums
    /// Rows, as the series' layout says.
    case rows
    /// The earliest time, in the directory itself.
    case earliest
    /// A draw, in the directory itself, and whether there is one.
    case draw
    /// Nothing: its one leaf is judged from the rows of others.
    case nothing
}

/// For which entries an identifier means a person.
struct IdentifierClaim {
    var id: IdentifierID
    var namespace: SymbolID
    /// The first entry.
    var from: SequenceNumber
    /// The first entry no longer; the highest number of all while it still means the person.
    var to: SequenceNumber

    static let open = SequenceNumber(.max)
}
