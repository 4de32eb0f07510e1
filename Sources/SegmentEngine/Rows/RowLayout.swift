internal import EventModel

/// What is kept of each event, or of each setting of an attribute, and for how long.
///
/// A row is: its time, the instant from which it is there, its entry's sequence number; then bits, times,
/// keys and a value. A key is the length of bytes (upper half) and where they lie (lower half).
struct RowLayout: Sendable {
    /// A value of which there may be several in an entry: each has a row of its own.
    enum Value: Hashable, Sendable {
        /// An exact number, of which a row holds the sum of its own and of all rows before it: three words.
        case number([Int])
        /// Anything that can be told apart: a key.
        case key([Int])
        /// A number that passes, of which nothing is kept.
        case passing([Int], NumberBound?)
    }

    /// A value that is kept as bytes.
    struct Key: Equatable, Sendable {
        enum Kind: Sendable {
            /// Equal values have equal bytes.
            case whole
            /// The same, and a list or an object is missing.
            case scalar
            /// As it is in the entry.
            case raw
        }

        var path: [Int]
        var kind: Kind
    }

    /// A time that is kept.
    struct Time: Equatable, Sendable {
        var path: [Int]
        /// By which a date without a time of day begins, -1 for UTC.
        var calendar: Int32
    }

    /// Filters whose truth is kept in a bit each.
    var bits: [PropertyMatcher] = []
    /// Times; what is none is the lowest number.
    var times: [Time] = []
    /// Paths to values that are kept; what is missing has no bytes.
    var keys: [Key] = []
    var value: Value?
    /// How many sequences keep of each first row whether it has its second: a word each.
    var answers = 0
    /// How long after its time a row may matter.
    var reach: Int64 = 0
    /// Whether the earliest, or the latest of those that no longer matter, is kept all the same.
    var keepsFirst = false
    var keepsLast = false
    /// Where only the latest row of each value matters: of how many values; else 0.
    var latestMax = 0
    /// What an event must pass at the instant of judgement, -1 for nothing.
    var filter: Int32 = -1

    /// Up to how many values only the latest rows are kept of: each event looks at all of them.
    static let latestLimit = 64
    /// Of how many sequences a row keeps whether it is answered; the others look for it at each judgement.
    static let answersLimit = 16

    static let timePlace = 0
    static let startPlace = 1
    static let sequencePlace = 2
    static let bitsPlace = 3
    static let noTime = Int64.min

    /// Behind the bits of filters comes one for each key, which says that there was a value before the row, in
    /// one that was dropped.
    var timesPlace: Int { RowLayout.bitsPlace + (bits.count + keys.count + 63) / 64 }
    var keysPlace: Int { timesPlace + times.count }

    /// Where the values are of which each has a row.
    var path: [Int] {
        switch value {
        case nil: []
        case .number(let path), .key(let path), .passing(let path, _): path
        }
    }

    /// What the values must be.
    var bound: NumberBound? {
        if case .passing(_, let bound) = value { return bound }
        return nil
    }

    /// The bit that says whether the key of that number had a value in a row that was dropped before this one.
    func pastBit(_ key: Int) -> Int { bits.count + key }

    /// The same as places in a row.
    var shape: RowShape {
        let valuePlace = keysPlace + keys.count
        let (kind, words): (RowShape.Value, Int) =
            switch value {
            case nil: (.none, 0)
            case .number: (.sum, 3)
            case .key: (.key, 1)
            case .passing: (.passing, 0)
            }
        return RowShape(
            stride: valuePlace + words + answers,
            bitCount: bits.count,
            keyCount: keys.count,
            keysPlace: keysPlace,
            valuePlace: valuePlace,
            answersPlace: valuePlace + words,
            value: kind,
            hasFindings: !bits.isEmpty || !times.isEmpty || !keys.isEmpty,
            keepsFirst: keepsFirst,
            keepsLast: keepsLast,
            filter: filter,
            reach: reach,
            latestMax: latestMax
        )
    }
}

/// Where a row holds what: a `RowLayout` as plain numbers.
struct RowShape: BitwiseCopyable, Sendable {
    enum Value: BitwiseCopyable, Sendable {
        case none, sum, key, passing
    }

    let stride: Int
    let bitCount: Int
    let keyCount: Int
    let keysPlace: Int
    let valuePlace: Int
    let answersPlace: Int
    let value: Value
    /// Whether anything but the value is looked for in an entry.
    let hasFindings: Bool
    let keepsFirst: Bool
    let keepsLast: Bool
    let filter: Int32
    let reach: Int64
    let latestMax: Int

    /// The places of all keys.
    var keyPlaces: Range<Int> { keysPlace..<(value == .key ? valuePlace + 1 : valuePlace) }

    /// Keeps in mind which keys had a value in a row that is dropped, or before it.
    func keepPast(
        of row: UnsafeMutablePointer<Int64>,
        in next: UnsafeMutablePointer<Int64>
    ) {
        for key in 0..<keyCount {
            let bit = bitCount + key
            let (place, mask) = (RowLayout.bitsPlace + bit >> 6, Int64(1) << Int64(bit & 63))
            if row[keysPlace + key] != 0 || row[place] & mask != 0 { next[place] |= mask }
        }
    }
}
