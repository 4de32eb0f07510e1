import EventModel
import Testing

@Suite struct InstantTests {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("1970-01-01", 0), ("1969-12-31T23:59:59.999Z", -1),
            ("2000-02-29T12:00:00+05:30", 951_805_800_000),
            ("2026-01-31 09:00:00.5Z", 1_769_850_000_500),
            ("2026-01-31t09:00:00.1239z", 1_769_850_000_123),
            ("2016-12-31T23:59:60Z", 1_483_228_800_000),
            ("0001-01-01T00:00:00Z", -62_135_596_800_000),
            ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
        ] as [(String, Int64)]
    )
    func reads(_ text: String, _ milliseconds: Int64) {
        #expect(Instant(rfc3339: text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "2026", "2026-1-1", "2026-02-30", "2025-02-29", "2026-13-01", "2026-00-01",
        "2026-01-31T24:00:00Z", "2026-01-31T09:60:00Z", "2026-01-31T09:00:61Z",
        "2026-01-31T09:00:00", "2026-01-31T09:00:00.Z", "2026-01-31T09:00:00+5:30",
        "2026-01-31T09:00:00Zx", "2026-01-31T", "0000-01-01", "+026-01-01", "2026-01-31T09:00Z",
    ])
    func refuses(_ text: String) {
        #expect(Instant(rfc3339: text) == nil)
    }

    @Test func givesBackEveryDayOfFourCenturies() {
        var instant = Instant(milliseconds: -11_676_096_000_000)
        for _ in 0..<146_097 {
            #expect(Instant(rfc3339: instant.rfc3339) == instant)
            instant = instant + .days(1) + TimeSpan(milliseconds: 0)
        }
        #expect(instant.rfc3339 == "2000-01-01T00:00:00.000Z")
    }

    @Test(arguments: [
        (TimeSpan.hours(2), "2 hours"), (.days(14), "2 weeks"), (.days(1), "1 day"),
        (.minutes(90), "90 minutes"), (TimeSpan(milliseconds: 500), "500ms"),
        (TimeSpan(milliseconds: 0), "0ms"),
    ])
    func spansInWords(_ span: TimeSpan, _ words: String) {
        #expect(span.description == words)
    }
}
