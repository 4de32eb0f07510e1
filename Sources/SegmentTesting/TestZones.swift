import EventModel
public import RuleLanguage

/// Time zones as they have been for years, whatever the machine knows of them.
public enum TestZones {
    /// Their names.
    public static let names = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"]

    /// The zone of that name; nil of others.
    public static func zone(_ name: String) -> Zone? {
        switch name {
        case "UTC": .utc
        case "Europe/Berlin": berlin
        case "America/New_York": newYork
        case "Asia/Kathmandu": kathmandu
        default: nil
        }
    }

    private static let years = 2015...2035

    private static let berlin = zone(
        "Europe/Berlin",
        winter: 3_600,
        // On the last Sundays of March and October, at one o'clock UTC.
        summers: years.map { year in
            (
                sunday(year, 3, onOrAfter: 25) + .hours(1),
                sunday(year, 10, onOrAfter: 25) + .hours(1)
            )
        }
    )

    private static let newYork = zone(
        "America/New_York",
        winter: -18_000,
        // On the second Sunday of March and the first of November, at two o'clock local time.
        summers: years.map { year in
            (sunday(year, 3, onOrAfter: 8) + .hours(7), sunday(year, 11, onOrAfter: 1) + .hours(6))
        }
    )

    private static let kathmandu = zone("Asia/Kathmandu", winter: 20_700, summers: [])

    private static func zone(
        _ name: String,
        winter: Int,
        summers: [(from: Instant, to: Instant)]
    ) -> Zone {
        let changes = summers.flatMap { summer in
            [
                Zone.Offset(from: summer.from, seconds: winter + 3_600),
                Zone.Offset(from: summer.to, seconds: winter),
            ]
        }
        return Zone(
            name: name,
            offsets: [Zone.Offset(from: .distantPast, seconds: winter)] + changes
        )
    }

    /// Midnight UTC at the start of the first Sunday of a month from that day on.
    private static func sunday(_ year: Int, _ month: Int, onOrAfter day: Int) -> Instant {
        let days = NaiveCalendar.days(year, month, day)
        // Day 3 was a Sunday.
        let wait = (3 - days % 7 + 7) % 7
        return Instant(milliseconds: Int64(days + wait) * 86_400_000)
    }
}
