import EventModel

/// The rule at the end of a TZif file: `CET-1CEST,M3.5.0,M10.5.0/3`.
///
/// Source: POSIX.1-2017, 8.3 "TZ", with the times of day of RFC 8536, 3.3.1
struct ZoneRule {
    /// A day of the year with the time at which the clocks change.
    private struct Change {
        enum Day {
            /// Day 1 to 365; 29 February is never counted.
            case julian(Int)
            /// Day 0 to 365; 29 February is counted.
            case ordinal(Int)
            /// The nth such day of the week of a month, 5 for the last; 0 is Sunday.
            case weekday(month: Int, week: Int, day: Int)
        }

        var day: Day
        var seconds: Int
    }

    private static let yearMax = 2_199
    private var standard = 0
    private var summer: (seconds: Int, begin: Change, end: Change)?

    /// Reads the rule; nil where it is none.
    init?(_ text: String) {
        var scanner = Scanner(bytes: Array(text.utf8))
        guard scanner.name(), let west = scanner.time(hoursMax: 24) else { return nil }
        standard = -west
        guard !scanner.isAtEnd else { return }
        guard scanner.name() else { return nil }
        var seconds = standard + 3_600
        if !scanner.isAt(",") {
            guard let west = scanner.time(hoursMax: 24) else { return nil }
            seconds = -west
        }
        guard let begin = ZoneRule.change(&scanner), let end = ZoneRule.change(&scanner),
            scanner.isAtEnd
        else { return nil }
        summer = (seconds, begin, end)
    }

    /// Adds the offsets behind the last one, up to the end of the year 2199.
    func extend(_ offsets: inout [Zone.Offset]) {
        let last = offsets.last?.from ?? .distantPast
        guard let summer else {
            // The last transition leads to the rule, so this changes nothing in a sound file.
            if offsets.count == 1 { offsets[0].seconds = standard }
            return
        }
        let first = max(1_970, (Int(last.description.prefix(4)) ?? 1_970))
        guard first <= ZoneRule.yearMax else { return }
        for year in first...ZoneRule.yearMax {
            let begin = instant(of: summer.begin, in: year, offset: standard)
            let end = instant(of: summer.end, in: year, offset: summer.seconds)
            var changes = [
                Zone.Offset(from: begin, seconds: summer.seconds),
                Zone.Offset(from: end, seconds: standard),
            ]
            if end < begin { changes.reverse() }
            offsets += changes.filter { $0.from > last }
        }
    }

    private func instant(of change: Change, in year: Int, offset: Int) -> Instant {
        let newYear = Instant(year: year, month: 1, day: 1) ?? .distantPast
        let isLeap = Instant(year: year, month: 2, day: 29) != nil
        let day: Instant
        switch change.day {
        case .julian(let number):
            day = newYear + TimeSpan.days(Int64(number - (isLeap && number >= 60 ? 0 : 1)))
        case .ordinal(let number): day = newYear + TimeSpan.days(Int64(number))
        case .weekday(let month, let week, let weekday):
            day = ZoneRule.day(year, month, week, weekday)
        }
        return day + TimeSpan.seconds(Int64(change.seconds - offset))
    }

    private static func day(_ year: Int, _ month: Int, _ week: Int, _ weekday: Int) -> Instant {
        let first = Instant(year: year, month: month, day: 1) ?? .distantPast
        // 1970-01-01 was a Thursday; the years of rules lie behind it.
        let days = first.milliseconds / 86_400_000
        let ahead = (weekday - Int((days + 4) % 7) + 7) % 7
        var day = 1 + ahead + 7 * (week - 1)
        while Instant(year: year, month: month, day: day) == nil, day > 7 { day -= 7 }
        return Instant(year: year, month: month, day: day) ?? first
    }

    private static func change(_ scanner: inout Scanner) -> Change? {
        guard scanner.skip(","), let day = day(&scanner) else { return nil }
        guard scanner.skip("/") else { return Change(day: day, seconds: 2 * 3_600) }
        return scanner.time(hoursMax: 167).map { Change(day: day, seconds: $0) }
    }

    private static func day(_ scanner: inout Scanner) -> Change.Day? {
        if scanner.skip("J") { return scanner.number(1...365).map { .julian($0) } }
        guard scanner.skip("M") else { return scanner.number(0...365).map { .ordinal($0) } }
        guard let month = scanner.number(1...12), scanner.skip("."),
            let week = scanner.number(1...5), scanner.skip("."), let day = scanner.number(0...6)
        else { return nil }
        return .weekday(month: month, week: week, day: day)
    }
}

/// Reads the parts of a rule.
private struct Scanner {
    let bytes: [UInt8]
    private var place = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { place == bytes.count }

    func isAt(_ sign: Unicode.Scalar) -> Bool {
        place < bytes.count && bytes[place] == UInt8(ascii: sign)
    }

    mutating func skip(_ sign: Unicode.Scalar) -> Bool {
        guard isAt(sign) else { return false }
        place += 1
        return true
    }

    /// `CET`, or in brackets `<+0330>`.
    mutating func name() -> Bool {
        let start = place
        guard skip("<") else {
            while place < bytes.count,
                (UInt8(ascii: "a")...UInt8(ascii: "z")) ~= bytes[place] | 0x20
            {
                place += 1
            }
            return place > start
        }
        while place < bytes.count, !isAt(">") { place += 1 }
        return skip(">")
    }

    mutating func number(_ range: ClosedRange<Int>) -> Int? {
        var number = 0
        let start = place
        while place < bytes.count, place < start + 3, (0x30...0x39) ~= bytes[place] {
            number = number * 10 + Int(bytes[place] - 0x30)
            place += 1
        }
        return place > start && range.contains(number) ? number : nil
    }

    /// `-3:30` in seconds.
    mutating func time(hoursMax: Int) -> Int? {
        let isNegative = skip("-")
        if !isNegative { _ = skip("+") }
        guard let hours = number(0...hoursMax) else { return nil }
        var seconds = hours * 3_600
        for unit in [60, 1] where skip(":") {
            guard let part = number(0...59) else { return nil }
            seconds += part * unit
        }
        return isNegative ? -seconds : seconds
    }
}
