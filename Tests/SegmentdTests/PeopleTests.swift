import Foundation
import Testing

/// A person and the log through the real process: over HTTP, and by the commands at either door.
@Suite struct PeopleTests {
    private static let rules = """
        segment carts when added_to_cart in last 2 hours
        segment pros when person.plan = "pro"
        """
    private static let entries = """
        {"batch":[
        {"type":"track","anonymousId":"web/7","event":"added_to_cart","messageId":"m1"},
        {"type":"track","anonymousId":"web/7","event":"added_to_cart","messageId":"m1"},
        {"type":"identify","userId":"c:1","anonymousId":"web/7","traits":{"plan":"pro","n":1.50}},
        {"type":"track","userId":"c:1","event":"ordered","properties":{"b":[1,{"a":null}],"a":"ü"}}
        ]}
        """

    private struct Person: Decodable {
        struct Identifier: Decodable {
            var namespace: String
            var value: String
            var since: String
            var sequence: UInt64
        }
        struct Segment: Decodable {
            var name: String
            var since: String
        }
        struct Entry: Decodable {
            var sequence: UInt64
            var type: String
            var event: String?
            var duplicateOf: UInt64?
        }
        var personID: UInt64
        var person: String?
        var identifiers: [Identifier]
        var segments: [Segment]
        var nextChange: String?
        var activity: [Entry]
        var next: UInt64?
    }

    @Test func aPersonIsShownAlikeByHTTPAndAtBothDoors() async throws {
        try await Bench.use(Self.rules) { bench in
            let daemon = try await bench.start()
            try await daemon.api.ingest("/v1/batch?wait=evaluated", Self.entries)
            let answer = try await daemon.api.send("GET", "/v1/people/anonymous%3Aweb%2F7")
            let person = try answer.decode(Person.self)
            #expect(person.personID == 2)
            #expect(person.person == "c:1")
            #expect(person.identifiers.map(\.value) == ["c:1", "web/7"])
            #expect(person.identifiers.map(\.sequence) == [4, 2])
            let entered = try await daemon.api.transitions()
            #expect(person.segments.map(\.name) == ["carts", "pros"])
            #expect(person.segments.map(\.since) == entered.map(\.at))
            #expect(person.nextChange != nil)
            #expect(person.activity.map(\.sequence) == [5, 4, 3, 2])
            #expect(person.activity.map(\.duplicateOf) == [nil, nil, 2, nil])
            let text = String(decoding: answer.body, as: UTF8.self)
            #expect(text.contains(#""attributes":{"n":1.50,"plan":"pro"}"#))
            #expect(text.contains(#""properties":{"b":[1,{"a":null}],"a":"ü"}"#))
            let paged = try await daemon.api.send("GET", "/v1/people/c%3A1?limit=1&before=5")
                .decode(Person.self)
            #expect(paged.activity.map(\.sequence) == [4])
            #expect(paged.next == 4)
            // The clock does not stand still: what the daemon answers now, the files say later.
            let asked = try await look(bench)
            #expect(asked.json == text + "\n")
            try await checkRefusals(bench)
            #expect(try await daemon.stop() == .exit(0))
            #expect(try await look(bench) == asked)
            try await checkRefusals(bench)
        }
    }

    private struct Shown: Equatable {
        var json: String
        var table: String
        var log: String
        var logTable: String
    }

    private func look(_ bench: Bench) async throws -> Shown {
        let json = try await bench.run(
            "person",
            "web/7",
            "--data",
            bench.data,
            "--json",
            "--limit",
            "100"
        )
        let table = try await bench.run("person", "c:1", "--data", bench.data, "--limit", "2")
        #expect(table.lines.first == "person       c:1")
        #expect(table.output.contains("anonymous:web/7"))
        #expect(table.errors.contains("Go on with --before 4"))
        let log = try await bench.run("log", "--data", bench.data, "--json")
        #expect(log.lines.count == 5)
        #expect(log.lines.first?.contains("segment carts when") == true)
        let logTable = try await bench.run("log", "--data", bench.data, "--to", "4")
        #expect(logTable.output.contains("rules.seg (86 bytes)"))
        #expect(!logTable.output.contains("segment carts when"))
        let own = try await bench.run(
            "log",
            "--data",
            bench.data,
            "--person",
            "#2",
            "--kind",
            "track",
            "--limit",
            "2"
        )
        #expect(own.lines.count == 3)
        #expect(own.errors.contains("Go on with --from 5"))
        for finished in [json, table, log, logTable, own] { #expect(finished.ending == .exit(0)) }
        return Shown(
            json: json.output,
            table: table.output,
            log: log.output,
            logTable: logTable.output
        )
    }

    /// What is wrong is said on standard error, alike at both doors.
    private func checkRefusals(_ bench: Bench) async throws {
        let bad: [(arguments: [String], code: Int32, words: String)] = [
            (["person", "nobody"], 1, "looked for user:nobody, then anonymous:nobody"),
            (["person", "#77"], 1, "there is no person #77"),
            (["person", "c:1", "--before", "x"], 1, "before is 'x'"),
            (["person", "c:1", "--limit", "0"], 64, "--limit is 0"),
            (["person", "c:1", "--limit", "1001"], 64, "from 1 to 1000"),
            (["log", "--kind", "page"], 1, "send one of track, identify, rules, tick"),
            (["log", "--from", "5", "--to", "4"], 1, "from is 5 and to is 4"),
            (["log", "--from", "0"], 1, "from is '0'"),
            (["log", "--person", "nobody"], 1, "looked for user:nobody"),
            (["log", "--limit", "0"], 64, "--limit is 0"),
        ]
        for (arguments, code, words) in bad {
            let running = try bench.launch(.segmentd, arguments + ["--data", bench.data])
            #expect(try await running.end() == .exit(code), "\(arguments)")
            #expect(running.errors.contains(words), "\(arguments): \(running.errors)")
            #expect(running.output.isEmpty)
        }
    }
}
