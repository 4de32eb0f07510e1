internal import EventModel
internal import RuleLanguage

/// The days, weeks, months and years of a zone's local time, as numbers, and where they begin.
///
/// A day begins at the first instant that has its date or a later one: at midnight, or behind the gap that
/// swallows it; where midnight comes twice, at the first.
struct LocalCalendar: Sendable {
    private let offsets: [Zone.Offset]

    init(_ zone: Zone) { offsets = zone.offsets }

    private static let dayMilliseconds: Int64 = 86_400_000
    /// No offset from UTC is longer, nor is a change of one.
    private static let offsetMax: Int64 = 2 * dayMilliseconds

    /// The place of the offset that holds at an instant.
    private func place(_ time: Int64) -> Int {
        var low = 0
        var high = offsets.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if offsets[middle].from.milliseconds <= time { low = middle } else { high = middle }
        }
        return low
    }

    /// The first instant with a local time, or a later one, in milliseconds as if it were UTC.
    func first(local: Int64) -> Int64 {
        var index = place(local - LocalCalendar.offsetMax)
        while true {
            let time = local - Int64(offsets[index].seconds) * 1_000
            let from = index == 0 ? Int64.min : offsets[index].from.milliseconds
            let end = index + 1 < offsets.count ? offsets[index + 1].from.milliseconds : Int64.max
            if max(from, time) < end { return max(from, time) }
            index += 1
        }
    }

    /// An instant's local time, in milliseconds as if it were UTC.
    func local(_ time: Int64) -> Int64 { time + Int64(offsets[place(time)].seconds) * 1_000 }

    private func day(_ time: Int64) -> Int64 {
        let day = LocalCalendar.quotient(local(time), LocalCalendar.dayMilliseconds)
        return start(day: day + 1) <= time ? day + 1 : day
    }

    private func start(day: Int64) -> Int64 { first(local: day * LocalCalendar.dayMilliseconds) }

    /// The number of the unit in which an instant lies.
    func number(_ unit: CalendarUnit, _ time: Int64) -> Int64 {
        let day = day(time)
        switch unit {
        case .day: return day
        // 1 January 1970 was a Thursday.
        case .week: return LocalCalendar.quotient(day + 3, 7)
        case .month:
            let date = CivilDate(day: day)
            return date.year * 12 + date.month - 1
        case .year: return CivilDate(day: day).year
        }
    }

    /// Where the unit of that number begins.
    func start(_ unit: CalendarUnit, _ number: Int64) -> Int64 {
        switch unit {
        case .day: return start(day: number)
        case .week: return start(day: number * 7 - 3)
        case .month:
            let year = LocalCalendar.quotient(number, 12)
            return start(day: CivilDate(year: year, month: number - year * 12 + 1, day: 1).number)
        case .year: return start(day: CivilDate(year: number, month: 1, day: 1).number)
        }
    }

    /// The longest that a unit takes.
    static func longest(_ unit: CalendarUnit) -> Int64 {
        let days: Int64 =
            switch unit {
            case .day: 1
            case .week: 7
            case .month: 31
            case .year: 366
            }
        return days * dayMilliseconds + offsetMax
    }

    /// The first anniversary of a time behind an instant: in a later year, at the same local time of day; of
    /// 29 February on 1 March in years without one.
    func anniversary(of time: Int64, after now: Int64) -> Int64 {
        let local = local(time)
        let day = LocalCalendar.quotient(local, LocalCalendar.dayMilliseconds)
        let inDay = local - day * LocalCalendar.dayMilliseconds
        let date = CivilDate(day: day)
        let today = CivilDate(
            day: LocalCalendar.quotient(self.local(now), LocalCalendar.dayMilliseconds)
        )
        var year = max(date.year + 1, today.year - 1)
        while true {
            let day = CivilDate(year: year, month: date.month, day: date.day).number
            let anniversary = first(local: day * LocalCalendar.dayMilliseconds + inDay)
            if anniversary > now { return anniversary }
            year += 1
        }
    }

    private static func quotient(_ number: Int64, _ divisor: Int64) -> Int64 {
        let quotient = number / divisor
        return number % divisor < 0 ? quotient - 1 : quotient
    }
}

/// A date of the Gregorian calendar, and its number counted from 1 January 1970.
///
/// After Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
struct CivilDate {
    var year: Int64
    var month: Int64
    var day: Int64

    init(year: Int64, month: Int64, day: Int64) {
        self.year = year
        self.month = month
        self.day = day
    }

    init(day number: Int64) {
        let shifted = number + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// The day's number; 29 February of a year without one is 1 March.
    var number: Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let monthFromMarch = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}
