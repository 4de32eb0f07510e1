import EventModel
import RuleLanguage

/// Local time in a zone, by counting days.
struct NaiveCalendar {
    /// The zone.
    let zone: Zone

    private static let day: Int64 = 86_400_000

    // MARK: - Clocks

    /// What the clocks show, as milliseconds since 1970-01-01 on the clocks.
    func local(_ instant: Instant) -> Int64 {
        let offset = zone.offsets.last { $0.from <= instant } ?? zone.offsets[0]
        return instant.milliseconds + Int64(offset.seconds) * 1_000
    }

    /// The first instant at which the clocks show that time or have gone past it.
    ///
    /// So a time that does not exist is the first one after the gap, one that is twice the first.
    func instant(local: Int64) -> Instant {
        var latest = Instant(milliseconds: local)
        for (index, offset) in zone.offsets.enumerated() {
            let isFirst = index == 0
            let end = index + 1 < zone.offsets.count ? zone.offsets[index + 1].from : nil
            // No clock differs from UTC by a day and more.
            if let end, end.milliseconds < local - 2 * NaiveCalendar.day { continue }
            latest = Instant(milliseconds: local - Int64(offset.seconds) * 1_000)
            if !isFirst { latest = max(latest, offset.from) }
            guard let end, latest >= end else { return latest }
        }
        return latest
    }

    // MARK: - Days, weeks, months, years

    /// The number of the local day, week, month or year of an instant.
    func number(of unit: CalendarUnit, at instant: Instant) -> Int {
        let day = NaiveCalendar.floor(local(instant), NaiveCalendar.day)
        switch unit {
        case .day: return Int(day)
        // 1970-01-01 was a Thursday.
        case .week: return Int(NaiveCalendar.floor(day + 3, 7))
        case .month:
            let date = NaiveCalendar.date(Int(day))
            return date.year * 12 + date.month - 1
        case .year: return NaiveCalendar.date(Int(day)).year
        }
    }

    /// The first instant of the local day, week, month or year of that number.
    func begin(of unit: CalendarUnit, _ number: Int) -> Instant {
        let day =
            switch unit {
            case .day: number
            case .week: number * 7 - 3
            case .month:
                NaiveCalendar.days(
                    Int(NaiveCalendar.floor(Int64(number), 12)),
                    number - Int(NaiveCalendar.floor(Int64(number), 12)) * 12 + 1,
                    1
                )
            case .year: NaiveCalendar.days(number, 1, 1)
            }
        return instant(local: Int64(day) * NaiveCalendar.day)
    }

    /// The instants from one to another at which a local day may begin or end.
    func turns(from start: Instant, through end: Instant) -> [Instant] {
        guard start <= end else { return [] }
        let days =
            number(
                of: .day,
                at: start
            )...max(
                number(of: .day, at: start),
                number(of: .day, at: end) + 1
            )
        let changes = zone.offsets.map(\.from).filter { start <= $0 && $0 <= end }
        return days.map { begin(of: .day, $0) } + changes
    }

    /// The local anniversaries of an instant in the years from one to another.
    func anniversaries(of time: Instant, from first: Int, through last: Int) -> [Instant] {
        let clock = local(time)
        let day = NaiveCalendar.floor(clock, NaiveCalendar.day)
        let date = NaiveCalendar.date(Int(day))
        let years = max(first, date.year + 1)
        guard years <= last else { return [] }
        return (years...last).map { year in
            let isMoved = date.month == 2 && date.day == 29 && !NaiveCalendar.isLeap(year)
            let there =
                isMoved
                ? NaiveCalendar.days(year, 3, 1) : NaiveCalendar.days(year, date.month, date.day)
            let timeOfDay = clock - day * NaiveCalendar.day
            return instant(local: Int64(there) * NaiveCalendar.day + timeOfDay)
        }
    }

    // MARK: - Dates

    /// The greatest whole number that is not above the quotient.
    static func floor(_ number: Int64, _ by: Int64) -> Int64 {
        number >= 0 ? number / by : -((-number + by - 1) / by)
    }

    static func isLeap(_ year: Int) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    private static func length(_ year: Int, _ month: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days from 1970-01-01 to a date.
    static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let before = Int64(year - 1)
        let leaps = floor(before, 4) - floor(before, 100) + floor(before, 400)
        var days = Int(before * 365 + leaps) - 719_162
        for earlier in 1..<month { days += length(year, earlier) }
        return days + day - 1
    }

    /// The date so many days after 1970-01-01.
    static func date(_ days: Int) -> (year: Int, month: Int, day: Int) {
        var year = 1970 + Int(floor(Int64(days), 366)) - 1
        while self.days(year + 1, 1, 1) <= days { year += 1 }
        var month = 1
        while month < 12, self.days(year, month + 1, 1) <= days { month += 1 }
        return (year, month, days - self.days(year, month, 1) + 1)
    }
}
