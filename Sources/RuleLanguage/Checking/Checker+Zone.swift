import EventModel

extension Checker {
    /// A time as written, in the file's zone.
    struct Time {
        var start: Instant
        var end: Instant
        var isWholeDay: Bool
    }

    /// The value of a literal; a date without a time of day is its whole local day.
    mutating func value(_ literal: LiteralSyntax) -> ValueLiteral? {
        guard case .time = literal.value else { return literal.value }
        return time(literal).map { .time(start: $0.start, end: $0.end) }
    }

    /// The time that a literal names; nil where it is none, which was reported.
    mutating func time(_ literal: LiteralSyntax) -> Time? {
        guard case .time(let start, let end) = literal.value else { return nil }
        guard end - start == TimeSpan.days(1) else {
            return Time(start: start, end: end, isWholeDay: false)
        }
        let local = Time(
            start: zone.beginning(ofLocal: start),
            end: zone.beginning(ofLocal: end),
            isWholeDay: true
        )
        guard local.start < local.end else {
            complaints.error(
                literal.range,
                "the clocks of \(shortened(zone.name, to: 40)) went past this day",
                fix: "write the day before or behind it"
            )
            return nil
        }
        return local
    }

    /// The zone that a file names; UTC where nobody knows it, which is reported.
    mutating func zone(of name: TextSyntax) -> Zone {
        if let zone = Zone.known(name.text) ?? lookUp(name.text) { return zone }
        complaints.error(
            name.range,
            "no timezone is called '\(shortened(name.text))'",
            fix: suggestion(for: name.text)
        )
        return .utc
    }

    /// Asks the caller, who may make a path of the name.
    private func lookUp(_ name: String) -> Zone? {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        let isName = parts.allSatisfy { part in
            !part.isEmpty
                && part.utf8.allSatisfy { byte in
                    UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
                        || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
                        || [UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "+")].contains(byte)
                }
        }
        guard isName, name.utf8.count <= Limits.nameBytesMax else { return nil }
        return zones(name)
    }

    private func suggestion(for name: String) -> String {
        let place = name.split(separator: "/").last.map(String.init) ?? ""
        let spelled = place.split { $0 == " " || $0 == "_" }
            .map { $0.prefix(1).uppercased() + $0.dropFirst().lowercased() }
            .joined(separator: "_")
        let regions = [
            "Europe", "America", "Asia", "Africa", "Australia", "Pacific", "Atlantic", "Indian",
        ]
        let near =
            nearest(to: name.replacing(" ", with: "_"), among: Checker.knownZones)
            ?? nearest(to: spelled, among: Checker.knownZones.compactMap(Checker.place))
            .flatMap { near in Checker.knownZones.first { Checker.place($0) == near } }
        let candidates =
            [Checker.abbreviations[name.uppercased()]] + regions.map { "\($0)/\(spelled)" } + [near]
        for candidate in candidates {
            if let candidate, lookUp(candidate) != nil { return "did you mean \"\(candidate)\"?" }
        }
        return "write the name of a place in the tz database, such as \"Europe/Berlin\", or \"UTC\""
    }

    private static func place(_ zone: String) -> String? {
        zone.split(separator: "/").last.map(String.init)
    }

    private static let abbreviations = [
        "CET": "Europe/Berlin", "CEST": "Europe/Berlin", "MEZ": "Europe/Berlin",
        "GMT": "Europe/London", "BST": "Europe/London", "EST": "America/New_York",
        "EDT": "America/New_York", "CST": "America/Chicago", "CDT": "America/Chicago",
        "MST": "America/Denver", "MDT": "America/Denver", "PST": "America/Los_Angeles",
        "PDT": "America/Los_Angeles", "IST": "Asia/Kolkata", "JST": "Asia/Tokyo",
        "AEST": "Australia/Sydney", "GERMANY": "Europe/Berlin", "FRANCE": "Europe/Paris",
    ]

    /// Names that misspelt ones are compared with.
    private static let knownZones = [
        "Europe/Berlin", "Europe/London", "Europe/Paris", "Europe/Madrid", "Europe/Rome",
        "Europe/Vienna", "Europe/Zurich", "Europe/Amsterdam", "Europe/Brussels", "Europe/Warsaw",
        "Europe/Prague", "Europe/Stockholm", "Europe/Copenhagen", "Europe/Oslo", "Europe/Helsinki",
        "Europe/Lisbon", "Europe/Dublin", "Europe/Athens", "Europe/Istanbul", "Europe/Kyiv",
        "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles",
        "America/Toronto", "America/Vancouver", "America/Mexico_City", "America/Sao_Paulo",
        "America/Bogota", "America/Phoenix", "Asia/Tokyo", "Asia/Shanghai", "Asia/Hong_Kong",
        "Asia/Singapore", "Asia/Kolkata", "Asia/Dubai", "Asia/Seoul", "Asia/Bangkok",
        "Asia/Jakarta", "Asia/Jerusalem", "Australia/Sydney", "Australia/Melbourne",
        "Pacific/Auckland", "Africa/Johannesburg", "Africa/Lagos", "Africa/Cairo", "Africa/Nairobi",
    ]
}
