import EventModel
import Foundation
import RuleLanguage
import Testing

/// Compiled zones of the tz database, and where local days begin.
@Suite struct ZoneTests {
    static let folder = "/usr/share/zoneinfo"
    static let hasZones = FileManager.default.fileExists(atPath: folder + "/Europe/Berlin")

    static func zone(_ name: String) throws -> Zone {
        let bytes = try Data(contentsOf: URL(filePath: "\(folder)/\(name)"))
        return try #require(Zone(name: name, tzif: Array(bytes)), "\(name) is not read")
    }

    static func instant(_ text: String) throws -> Instant { try #require(Instant(rfc3339: text)) }

    static let names = [
        "Europe/Berlin", "Europe/Dublin", "America/New_York", "America/Sao_Paulo", "Asia/Kolkata",
        "Australia/Lord_Howe", "Pacific/Apia", "America/Santiago", "Etc/UTC",
    ]

    /// Foundation has a copy of the database of its own, and other code; zones whose law changes often
    /// may differ by the copies' age.
    @Test(.enabled(if: hasZones, "there is no /usr/share/zoneinfo"), arguments: names)
    func offsetsAreThoseOfFoundation(name: String) throws {
        let zone = try ZoneTests.zone(name)
        let other = try #require(TimeZone(identifier: name))
        // Foundation's own rules end in 2037 for some zones.
        for day in stride(from: 3_653, to: 24_000, by: 1) {
            let instant = Instant(milliseconds: Int64(day) * 86_400_000 + 7_200_000)
            let seconds = other.secondsFromGMT(
                for: Date(timeIntervalSince1970: Double(instant.milliseconds) / 1_000)
            )
            guard zone.seconds(at: instant) != seconds else { continue }
            Issue.record("\(name) at \(instant): \(zone.seconds(at: instant)), not \(seconds)")
            return
        }
    }

    @Test(
        .enabled(if: hasZones, "there is no /usr/share/zoneinfo"),
        arguments: [
            ("Europe/Berlin", "2026-03-29T00:59:59.999Z", 3_600),
            ("Europe/Berlin", "2026-03-29T01:00:00Z", 7_200),
            ("Europe/Berlin", "2199-07-01T00:00:00Z", 7_200),
            ("Europe/Berlin", "2199-12-01T00:00:00Z", 3_600),
            ("Europe/Berlin", "2300-07-01T00:00:00Z", 3_600),
            ("Asia/Kolkata", "2100-01-01T00:00:00Z", 19_800),
            ("Europe/Dublin", "2100-07-01T00:00:00Z", 3_600),
            ("Europe/Dublin", "2100-01-01T00:00:00Z", 0),
            ("America/Santiago", "2100-01-01T00:00:00Z", -10_800),
            ("America/Santiago", "2100-07-01T00:00:00Z", -14_400),
            ("Australia/Lord_Howe", "2100-01-01T00:00:00Z", 39_600),
            ("Australia/Lord_Howe", "2100-07-01T00:00:00Z", 37_800),
            ("America/New_York", "1800-01-01T00:00:00Z", -17_762),
        ]
    )
    func knownOffsets(name: String, at text: String, seconds: Int) throws {
        let zone = try ZoneTests.zone(name)
        #expect(zone.seconds(at: try ZoneTests.instant(text)) == seconds)
        #expect(zip(zone.offsets, zone.offsets.dropFirst()).allSatisfy { $0.seconds != $1.seconds })
        #expect(zip(zone.offsets, zone.offsets.dropFirst()).allSatisfy { $0.from < $1.from })
    }

    /// Where a local day begins: with a gap at midnight, with midnight twice, with no such day.
    @Test(
        .enabled(if: hasZones, "there is no /usr/share/zoneinfo"),
        arguments: [
            ("Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z"),
            ("Europe/Berlin", "2026-03-30", "2026-03-29T22:00:00Z"),
            ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z"),
            ("America/Havana", "2024-11-03", "2024-11-03T04:00:00Z"),
            ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z"),
            ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z"),
        ]
    )
    func daysBegin(name: String, day: String, at text: String) throws {
        let begin = try ZoneTests.zone(name).beginning(ofLocal: try ZoneTests.instant(day))
        #expect(begin == (try ZoneTests.instant(text)))
    }

    /// Each byte cut off, and each one changed: nil or a zone, never a trap.
    @Test(.enabled(if: hasZones, "there is no /usr/share/zoneinfo"))
    func damagedFilesAreAnswered() throws {
        let url = URL(filePath: "\(ZoneTests.folder)/Europe/Berlin")
        let bytes = Array(try Data(contentsOf: url))
        for count in stride(from: 0, to: bytes.count, by: 3) {
            #expect(Zone(name: "x", tzif: Array(bytes[..<count])) == nil)
        }
        for index in stride(from: 0, to: bytes.count, by: 5) {
            var changed = bytes
            changed[index] ^= 0xFF
            if let zone = Zone(name: "x", tzif: changed) { #expect(!zone.offsets.isEmpty) }
        }
        #expect(Zone(name: "x", tzif: []) == nil)
    }

    @Test func onlyTheNamesOfUTCAreKnownByDefault() {
        func rules(_ name: String) -> RuleCompilation {
            let text = "timezone \"\(name)\" segment s when e today"
            return compileRules([RuleSource(path: "x.seg", text: text)])
        }
        for name in ["UTC", "Etc/UTC", "Zulu", "Universal"] {
            #expect(rules(name).ruleSet == rules("UTC").ruleSet)
            #expect(rules(name).ruleSet != nil)
        }
        #expect(rules("Europe/Berlin").ruleSet == nil)
        #expect(rules("../../etc/passwd").ruleSet == nil)
    }

    /// The caller may make a path of the name.
    @Test func onlyNamesAreAskedFor() {
        for name in ["../x", "/x", "a//b", "a/../b", "a/", ".", "a b", "", "é"] {
            let source = RuleSource(path: "x", text: "timezone \"\(name)\" segment s when e")
            _ = compileRules([source]) { asked in
                #expect(asked != name)
                return nil
            }
        }
    }
}
