import EventModel
import EventStore
import Foundation
import Materializer
import SegmentServer
import Testing

/// `segmentd import` as a process: anew, late, twice, broken off, with bad rows.
@Suite struct ImportTests {
    private static let rules = """
        segment cart when added_to_cart in last 2 hours and no order_completed in last 2 hours
        segment buyers when order_completed
        """

    private static let rows = """
        {"type":"track","userId":"a","event":"order_completed","timestamp":"2026-01-01T12:00:00Z"}
        {"type":"track","userId":"a","event":"added_to_cart","timestamp":"2026-01-01T11:30:00Z"}

        {"type":"track","userId":"b","event":"added_to_cart"}
        no json
        {"type":"track","userId":"b","event":"added_to_cart","timestamp":"2126-01-01T11:30:00Z"}
        {"type":"track","userId":"b","event":"added_to_cart","timestamp":"2026-01-02T00:00:00Z"}
        """

    private func importFile(
        _ bench: Bench,
        _ file: String,
        _ more: [String] = []
    ) async throws -> Finished {
        try await bench.run(
            ["import", "--data", bench.data, "--rules", bench.rules, bench.path(file)] + more,
            environment: [:]
        )
    }

    private func entries(_ bench: Bench) async throws -> Int {
        try await bench.run("log", "--data", bench.data, "--json").lines.count
    }

    private func transitions(_ bench: Bench) async throws -> [String] {
        try await bench.run("transitions", "--data", bench.data, "--json").lines.map { line in
            let row = try JSONDecoder().decode(Row.self, from: Data(line.utf8))
            return "\(row.at.prefix(16)) \(row.person) \(row.direction) \(row.segment) "
                + (row.announced ? "announced" : "quiet")
        }
    }

    private struct Row: Decodable {
        var at: String
        var person: String
        var direction: String
        var segment: String
        var announced: Bool
    }

    private static let expected = [
        "2026-01-01T11:30 a entered cart quiet", "2026-01-01T12:00 a entered buyers quiet",
        "2026-01-01T12:00 a exited cart quiet", "2026-01-02T00:00 b entered cart quiet",
    ]

    @Test func anImportBeginsALogAndTheSameOneAgainChangesNothing() async throws {
        try await Bench.use(Self.rules) { bench in
            try bench.write("rows.ndjson", Self.rows)
            let first = try await importFile(bench, "rows.ndjson")
            #expect(first.ending == .exit(0))
            #expect(first.errors.contains("Imported 3 rows about 2 people"), "\(first.errors)")
            #expect(first.errors.contains("3 rows could not be imported"))
            let rejects = try String(
                contentsOfFile: bench.path("segmentd-rejects.ndjson"),
                encoding: .utf8
            )
            let lines = rejects.split(separator: "\n")
            #expect(lines.count == 3)
            #expect(lines[0].contains(#""line":4"#) && lines[0].contains("timestamp is missing"))
            #expect(lines[1].contains(#""line":5"#) && lines[1].contains("not JSON"))
            #expect(lines[2].contains(#""line":6"#) && lines[2].contains("give --not-after"))
            #expect(try await transitions(bench) == Self.expected)
            // Rules, the job's opening, three rows, its end.
            #expect(try await entries(bench) == 6)
            let again = try await importFile(bench, "rows.ndjson")
            #expect(again.ending == .exit(0))
            #expect(again.errors.contains("imported already, as entries 2 to 6"))
            #expect(try await entries(bench) == 6)
        }
    }

    @Test func aDaemonGoesOnFromAnImportOfOldTimes() async throws {
        try await Bench.use(Self.rules) { bench in
            try bench.write("rows.ndjson", Self.rows)
            _ = try await importFile(bench, "rows.ndjson")
            let daemon = try await bench.start()
            // What fell due between the import and now belongs to the import.
            try await daemon.api.ingest(
                "/v1/track?wait=evaluated",
                #"{"userId":"c","event":"added_to_cart"}"#
            )
            var found = try await transitions(bench)
            let last = found.removeLast()
            #expect(last.hasSuffix("c entered cart announced"))
            #expect(found == Self.expected + ["2026-01-02T02:00 b exited cart quiet"])
            // Late rows come through the daemon, as history unless they are live.
            try bench.write(
                "late.ndjson",
                #"{"type":"track","userId":"d","event":"order_completed","timestamp":"2026-01-05T00:00:00Z"}"#
            )
            let late = try await importFile(bench, "late.ndjson")
            #expect(late.ending == .exit(0), "\(late.errors)")
            #expect(try await transitions(bench).last?.hasSuffix("d entered buyers quiet") == true)
            let again = try await importFile(bench, "late.ndjson")
            #expect(again.errors.contains("nothing to do"))
            try bench.write(
                "live.ndjson",
                #"{"type":"track","userId":"e","event":"order_completed"}"#
            )
            _ = try await importFile(bench, "live.ndjson", ["--live"])
            #expect(
                try await transitions(bench).last?.hasSuffix("e entered buyers announced") == true
            )
        }
    }

    @Test func compressedFilesAndTablesAreReadToo() async throws {
        try await Bench.use(Self.rules) { bench in
            try bench.write(
                "orders.csv",
                "customer,when,amount\r\na,2026-01-01,\"1,5\"\r\nb,2026-01-02,7\r\n\r\n"
            )
            let gzip = Process()
            gzip.executableURL = URL(fileURLWithPath: "/bin/gzip")
            gzip.arguments = [bench.path("orders.csv")]
            try gzip.run()
            gzip.waitUntilExit()
            let found = try await importFile(
                bench,
                "orders.csv.gz",
                [
                    "--set", "event=order_completed", "--map", "userId=customer", "--map",
                    "timestamp=when", "--map", "properties.total:number=amount",
                ]
            )
            #expect(found.errors.contains("Imported 2 rows about 2 people"), "\(found.errors)")
            let log = try await bench.run("log", "--data", bench.data, "--kind", "track", "--json")
            #expect(log.output.contains(#""properties":{"total":"1,5"}"#))
            #expect(log.output.contains(#""properties":{"total":7}"#))
        }
    }

    @Test func anImportThatBrokeOffBeginsAgainAndIsNotServed() async throws {
        try await Bench.use(Self.rules) { bench in
            let rows = (0..<30_000).map { number in
                #"{"type":"track","userId":"u\#(number % 977)","event":"added_to_cart","timestamp":\#(1_767_225_600_000 + number * 1_000)}"#
            }
            try bench.write("rows.ndjson", rows.joined(separator: "\n"))
            // What a process that died between two commits leaves behind.
            let compiled = try #require(try rulesOf(bench))
            let hash = try await jobOf(bench, "rows.ndjson")
            do {
                let writer = try ImportWriter(
                    bench.data,
                    ImportJob(id: hash, files: []),
                    rules: compiled,
                    earliest: Instant(milliseconds: 1_767_225_600_000)
                )
                for number in 0..<12_000 as Range<Int64> {
                    var draft = EntryDraft(kind: .track)
                    draft.event = "added_to_cart"
                    draft.identifiers = [.user("u\(number)")]
                    try writer.add(
                        draft,
                        at: Instant(milliseconds: 1_767_225_600_000 + number * 1_000)
                    )
                }
            }
            let refused = try await bench.refuse()
            #expect(refused.ending == .exit(1))
            #expect(refused.errors.contains("was not finished"), "\(refused.errors)")
            try bench.write("other.ndjson", rows[0])
            let other = try await importFile(bench, "other.ndjson")
            #expect(other.errors.contains("another import into this directory is unfinished"))
            let found = try await importFile(bench, "rows.ndjson")
            #expect(
                found.errors.contains("Imported 30,000 rows about 977 people"),
                "\(found.errors)"
            )
            let daemon = try await bench.start()
            #expect(try await daemon.api.send("GET", "/v1/segments").status == 200)
        }
    }

    private func rulesOf(_ bench: Bench) throws -> ProposedRules? {
        try RuleFolder.check(folder: bench.rules).proposed
    }

    private func jobOf(_ bench: Bench, _ file: String) async throws -> String {
        let options = ImportOptions(
            files: [bench.path(file)],
            rejects: bench.path("rejects"),
            notBefore: .distantPast,
            notAfter: .distantFuture
        )
        return try ImportRows(options).job.id
    }

    @Test(
        arguments: [
            (["no-such-file.ndjson"], "cannot read"),
            (["rows.csv"], "a CSV file needs --map"),
            (["rows.csv", "--map", "usrId=a"], "'usrId' is no field of an entry"),
            (["rows.csv", "--map", "userId=z"], "the header has no column z; it has a, b"),
            (["empty.ndjson"], "the files have no rows"),
            (["bad.ndjson"], "none of the 1 row can be imported"),
            (["rows.csv", "--not-before", "soon"], "--not-before is 'soon'; give a time like"),
        ]
    )
    func whatIsWrongIsSaid(_ arguments: [String], _ message: String) async throws {
        try await Bench.use(Self.rules) { bench in
            try bench.write("rows.csv", "a,b\n1,2\n")
            try bench.write("empty.ndjson", "\n\n")
            try bench.write("bad.ndjson", "[]\n")
            let found = try await importFile(bench, arguments[0], Array(arguments.dropFirst()))
            #expect(found.ending == .exit(1))
            #expect(found.errors.contains(message), "\(found.errors)")
        }
    }
}
