// Days and civil dates: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms",
// https://howardhinnant.github.io/date_algorithms.html

extension Instant {
    /// Midnight UTC at the start of a civil date of the proleptic Gregorian calendar.
    ///
    /// - Returns: nil where there is no such date (2026-02-30) or the year is not 1 to 9999.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...9_999).contains(year), (1...12).contains(month), day >= 1,
            day <= Instant.daysInMonth(year: year, month: month)
        else { return nil }
        let shifted = Int64(month <= 2 ? year - 1 : year)
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let monthFromMarch = Int64(month > 2 ? month - 3 : month + 9)
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + Int64(day) - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        self.init(milliseconds: (era * 146_097 + dayOfEra - 719_468) * 86_400_000)
    }

    private static func daysInMonth(year: Int, month: Int) -> Int {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Reads an RFC 3339 time, or a bare date as its first instant in UTC.
    ///
    /// The `T` may be a space; more than three digits of a fraction are cut off; a leap second
    /// (`:60`) is read as the second after.
    /// - Returns: nil where the text is no such time.
    public init?(rfc3339 text: Span<UInt8>) {
        var scanner = DigitScanner()
        guard let year = scanner.digits(4, text), scanner.skip("-", text),
            let month = scanner.digits(2, text), scanner.skip("-", text),
            let day = scanner.digits(2, text),
            let midnight = Instant(year: year, month: month, day: day)
        else { return nil }
        guard scanner.offset < text.count else {
            self = midnight
            return
        }
        guard scanner.skip("T", text) || scanner.skip("t", text) || scanner.skip(" ", text),
            let hour = scanner.digits(2, text), hour < 24, scanner.skip(":", text),
            let minute = scanner.digits(2, text), minute < 60, scanner.skip(":", text),
            let second = scanner.digits(2, text), second <= 60,
            let fraction = scanner.fractionMilliseconds(text),
            let offset = scanner.offsetMinutes(text), scanner.offset == text.count
        else { return nil }
        let seconds = Int64(hour * 3_600 + (minute - offset) * 60 + second)
        self = midnight + TimeSpan(milliseconds: seconds * 1_000 + Int64(fraction))
    }

    /// Reads an RFC 3339 time or a bare date; see the initializer for bytes.
    public init?(rfc3339 text: String) {
        let bytes = Array(text.utf8)
        self.init(rfc3339: bytes.span)
    }

    /// The instant as RFC 3339 in UTC with milliseconds: `2026-01-31T09:00:00.000Z`.
    public var rfc3339: String {
        let clamped = min(max(self, .earliestNamed), .latestNamed).milliseconds
        let days = (clamped >= 0 ? clamped : clamped - 86_399_999) / 86_400_000
        let inDay = clamped - days * 86_400_000
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
        let hours = padded(inDay / 3_600_000, 2)
        let minutes = padded(inDay / 60_000 % 60, 2)
        let seconds = padded(inDay / 1_000 % 60, 2)
        return "\(date)T\(hours):\(minutes):\(seconds).\(padded(inDay % 1_000, 3))Z"
    }

    private func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}

extension Instant: CustomStringConvertible {
    /// The instant as RFC 3339 in UTC.
    public var description: String { rfc3339 }
}

/// Reads fixed-width numbers off the front of a text.
private struct DigitScanner {
    var offset = 0

    mutating func digits(_ count: Int, _ text: Span<UInt8>) -> Int? {
        guard text.count - offset >= count else { return nil }
        var value = 0
        for index in offset..<offset + count {
            guard (0x30...0x39).contains(text[index]) else { return nil }
            value = value * 10 + Int(text[index] - 0x30)
        }
        offset += count
        return value
    }

    mutating func skip(_ character: Unicode.Scalar, _ text: Span<UInt8>) -> Bool {
        guard offset < text.count, text[offset] == UInt8(ascii: character) else { return false }
        offset += 1
        return true
    }

    /// Milliseconds of an optional `.123456`; nil for a point without digits.
    mutating func fractionMilliseconds(_ text: Span<UInt8>) -> Int? {
        guard skip(".", text) else { return 0 }
        var value = 0
        var count = 0
        while let digit = digits(1, text) {
            if count < 3 { value = value * 10 + digit }
            count += 1
        }
        guard count > 0 else { return nil }
        for _ in 0..<max(0, 3 - count) { value *= 10 }
        return value
    }

    /// Minutes east of UTC of `Z` or `+05:30`; nil where there is none.
    mutating func offsetMinutes(_ text: Span<UInt8>) -> Int? {
        if skip("Z", text) || skip("z", text) { return 0 }
        let isWest = skip("-", text)
        guard isWest || skip("+", text),
            let hours = digits(2, text), hours < 24, skip(":", text),
            let minutes = digits(2, text), minutes < 60
        else { return nil }
        return (isWest ? -1 : 1) * (hours * 60 + minutes)
    }
}
