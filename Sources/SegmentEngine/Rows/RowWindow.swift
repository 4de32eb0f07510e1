internal import EventModel
internal import RuleLanguage

/// A window over the times of rows.
///
/// For all of them a row enters and leaves in order of time, so the rows in a window lie beside each other.
enum RowWindow: BitwiseCopyable, Sendable {
    case ever
    case last(Int64)
    case betweenAgo(longest: Int64, shortest: Int64)
    case longerAgo(Int64)
    case dates(from: Int64, to: Int64)
    case calendar(CalendarUnit, count: Int64, calendar: Int32)
    case yesterday(calendar: Int32)
    /// Behind the last row of that series, which does not count itself.
    case sinceLast(series: Int32)

    /// Whether with a row it holds all later ones that are there at their time.
    var holdsAllBehind: Bool {
        switch self {
        case .ever, .last, .calendar: true
        case .betweenAgo, .longerAgo, .dates, .yesterday, .sinceLast: false
        }
    }

    static let never = Instant.distantFuture.milliseconds
    static let always = Instant.distantPast.milliseconds
}

/// The calendars that windows refer to by number.
struct Calendars: Sendable {
    private(set) var all: [LocalCalendar] = []
    private var zones: [Zone: Int] = [:]

    mutating func index(_ zone: Zone) -> Int32 {
        if let index = zones[zone] { return Int32(index) }
        zones[zone] = all.count
        all.append(LocalCalendar(zone))
        return Int32(all.count - 1)
    }

    subscript(index: Int32) -> LocalCalendar { all[Int(index)] }

    /// The times that lie in a window at an instant, of rows that are there: from `low` on and before `high`.
    ///
    /// Of `sinceLast` all do: which row is the last one, the judge finds.
    func bounds(_ window: RowWindow, at now: Int64) -> (low: Int64, high: Int64) {
        switch window {
        case .ever, .sinceLast: return (.min, .max)
        case .last(let span): return (now - span + 1, .max)
        case .betweenAgo(let longest, let shortest): return (now - longest + 1, now - shortest + 1)
        case .longerAgo(let span): return (.min, now - span + 1)
        case .dates(let from, let to): return (from, to)
        case .calendar(let unit, let count, let index):
            let calendar = self[index]
            let number = calendar.number(unit, now)
            return (
                calendar.start(unit, number - count + 1), calendar.start(unit, number + 1)
            )
        case .yesterday(let index):
            let calendar = self[index]
            let number = calendar.number(.day, now)
            return (calendar.start(.day, number - 1), calendar.start(.day, number))
        }
    }

    /// When a row of that time enters a window, or the distant past.
    func enters(_ window: RowWindow, _ time: Int64) -> Int64 {
        switch window {
        case .ever, .sinceLast, .last: return RowWindow.always
        case .betweenAgo(_, let shortest): return time + shortest
        case .longerAgo(let span): return time + span
        case .dates(let from, let to):
            return from <= time && time < to ? RowWindow.always : RowWindow.never
        case .calendar(let unit, _, let index):
            return self[index].start(unit, self[index].number(unit, time))
        case .yesterday(let index):
            return self[index].start(.day, self[index].number(.day, time) + 1)
        }
    }

    /// When a row of that time leaves a window, or the distant future.
    func leaves(_ window: RowWindow, _ time: Int64) -> Int64 {
        switch window {
        case .ever, .sinceLast, .longerAgo, .dates: return RowWindow.never
        case .last(let span): return time + span
        case .betweenAgo(let longest, _): return time + longest
        case .calendar(let unit, let count, let index):
            return self[index].start(unit, self[index].number(unit, time) + count)
        case .yesterday(let index):
            return self[index].start(.day, self[index].number(.day, time) + 2)
        }
    }

    /// How long after its time a row can be in a window at most.
    static func reach(_ window: RowWindow) -> Int64 {
        switch window {
        case .ever, .longerAgo, .dates, .sinceLast: return RowWindow.never
        case .last(let span): return span
        case .betweenAgo(let longest, _): return longest
        case .calendar(let unit, let count, _):
            let (span, overflow) = LocalCalendar.longest(unit)
                .multipliedReportingOverflow(by: count + 1)
            return overflow ? RowWindow.never : min(span, RowWindow.never)
        case .yesterday: return 3 * LocalCalendar.longest(.day)
        }
    }
}
