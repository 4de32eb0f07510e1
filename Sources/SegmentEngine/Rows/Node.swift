internal import EventModel
internal import RuleLanguage

/// A part of a condition that is judged by walking rows, as a step of a tree.
///
/// Each is judged at an instant, with the rows that are there at it; so the same tree tells what holds
/// now and what held before, with what is known now.
enum Node: BitwiseCopyable, Sendable {
    case constant(Bool)
    /// All of a list of nodes.
    case all(list: Int32)
    /// One of a list of nodes at least.
    case any(list: Int32)
    /// At least so many of a list of nodes.
    case some(Int32, list: Int32)
    case not(Int32)
    /// The node has held for so long without a break, since the person began at the earliest.
    case held(Int32, Int64, beginning: Int32)
    /// At least so many rows of a series lie in the window.
    case count(series: Int32, RowWindow, atLeast: Int32)
    /// A figure over the values of a series in the window passes a test.
    case figure(series: Int32, RowWindow, FigureTest)
    /// The first or last row of a series passes a filter, -1 for none, and lies in the window.
    case extreme(series: Int32, RowWindow, filter: Int32, isLast: Bool)
    /// Two rows in their order, by the number of the sequence.
    case sequence(Int32)
    /// So many stretches of local time have so many rows, by the number of the periods.
    case periods(Int32)
    /// The attribute changed, by the number of the change.
    case changed(Int32)
    /// The draw that a series holds is that or less.
    case drawn(series: Int32, last: UInt64)
    /// The instant that a series holds is there, and so long ago.
    case since(series: Int32, Int64)
}

/// What a figure over values must be.
struct FigureTest: BitwiseCopyable, Sendable {
    enum Figure: BitwiseCopyable, Sendable {
        case sum, average, distinct
    }

    var figure: Figure
    var bound: NumberBound

    /// How many different values are enough to know whether as many pass.
    ///
    /// - Precondition: The figure is their number.
    var enough: Int { max(1, Int(clamping: bound.number / ExactDecimal.one) + 1) }
}

/// Two rows in their order.
struct SequencePlan: BitwiseCopyable, Sendable {
    var first: Int32
    var second: Int32
    var isNegated: Bool
    /// The second comes less than this after the first.
    var within: Int64
    /// The places of the keys that must be the same, -1 for none.
    var firstKey: Int32
    var secondKey: Int32
    /// The place of the word that says whether a first row is answered, -1 where none is kept.
    var answer: Int32
    var window: RowWindow

    /// Whether the same second rows answer the same first ones.
    func hasSameAnswers(_ other: SequencePlan) -> Bool {
        (first, second, within) == (other.first, other.second, other.within)
            && (firstKey, secondKey) == (other.firstKey, other.secondKey)
    }
}

/// How many days, weeks or months have rows.
struct PeriodsPlan: BitwiseCopyable, Sendable {
    var series: Int32
    var calendar: Int32
    var unit: CalendarUnit
    var atLeast: Int32
    var low: Int32
    var high: Int32
    var window: RowWindow
}

/// A change of an attribute.
struct ChangePlan: BitwiseCopyable, Sendable {
    var series: Int32
    /// The place of the value's key, and the bit that says whether it had a value before the row.
    var key: Int32
    var pastBit: Int32
    /// The bits that say that the value is the former, or the new one; -1 for any.
    var fromBit: Int32
    var toBit: Int32
    var window: RowWindow
}

/// A test of a time that a row holds.
enum TimeTest: BitwiseCopyable, Sendable {
    case inLast(Int64)
    case inNext(Int64)
    case longerAgo(Int64)
    case betweenAgo(longest: Int64, shortest: Int64)
    case anniversary(Int64, calendar: Int32)
}

/// A filter that is judged on a row at an instant.
struct RowFilter: Sendable {
    enum Atom: BitwiseCopyable, Sendable {
        /// What was found when the row was made.
        case bit(Int32)
        /// A test of the time at a place of the row.
        case time(place: Int32, TimeTest)
        /// One or each of the items of the list at a place, by the number of the matcher.
        case items(place: Int32, every: Bool, matcher: Int32)
    }

    /// Whose rows it is for.
    var series: Int
    var code: DecisionCode
    var atoms: [Atom]
}
