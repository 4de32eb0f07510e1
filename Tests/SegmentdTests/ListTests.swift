import Foundation
import Testing

/// Lists that are kept by hand, over HTTP and by the command, and rules that need time zones.
@Suite struct ListTests {
    private static let rules = """
        timezone "Europe/Berlin"
        segment press when in list press_kit
        segment quiet_press when in list "press kit/2" and no order_placed today
        segment drawn when 100% sample "salt"
        """

    @Test func listsChangeByHTTPInBatchesAndByTheCommand() async throws {
        try await Bench.use(Self.rules) { bench in
            let daemon = try await bench.start()
            let one = #"{"userId":"ann"}"#
            try await daemon.api.ingest("/v1/lists/press_kit/add?wait=evaluated", one)
            try await daemon.api.ingest("/v1/lists/press%20kit%2F2/add?wait=evaluated", one)
            #expect(try await daemon.api.members(of: "press") == ["ann"])
            #expect(try await daemon.api.members(of: "quiet_press") == ["ann"])
            let batch = """
                {"batch":[
                {"type":"add_to_list","list":"press_kit","userId":"bob"},
                {"type":"remove_from_list","list":"press_kit","userId":"ann"},
                {"type":"track","userId":"ann","event":"order_placed"}
                ]}
                """
            try await daemon.api.ingest("/v1/batch?wait=evaluated", batch)
            #expect(try await daemon.api.members(of: "press") == ["bob"])
            #expect(try await daemon.api.members(of: "quiet_press") == [])

            let added = try await bench.run(
                "list",
                "add",
                "press_kit",
                "email:cy@example.com",
                "--data",
                bench.data
            )
            #expect(added.output.contains("cy@example.com is on the list press_kit"))
            let removed = try await bench.run(
                "list",
                "remove",
                "press_kit",
                "bob",
                "--data",
                bench.data
            )
            #expect(removed.ending == .exit(0))
            let status = try await daemon.api.send("GET", "/v1/log?kind=list&limit=1")
            let text = String(decoding: status.body, as: UTF8.self)
            #expect(text.contains(#""list":"press_kit","on":true"#))
            #expect(try await daemon.stop() == .exit(0))

            // All of it is in the log: the zone too, which the machine need not know any more.
            let refused = try await bench.run(
                "list",
                "add",
                "press_kit",
                "bob",
                "--data",
                bench.data
            )
            #expect(refused.ending == .exit(1))
            #expect(refused.errors.contains("no daemon has this data directory"))
            let again = try await bench.start()
            #expect(again.output.contains("unchanged"))
            #expect(try await again.api.members(of: "drawn").contains("ann"))
            #expect(try await again.api.members(of: "press").count == 1)
            #expect(try await again.stop() == .exit(0))
        }
    }

    @Test func whatIsNoListIsRefusedByName() async throws {
        try await Bench.use(Self.rules) { bench in
            let daemon = try await bench.start()
            let batch = """
                {"batch":[
                {"type":"add_to_list","userId":"bob"},
                {"type":"add_to_list","list":7,"userId":"bob"},
                {"type":"add_to_list","list":"press_kit"}
                ]}
                """
            let answer = try await daemon.api.send("POST", "/v1/batch", batch)
            let text = String(decoding: answer.body, as: UTF8.self)
            #expect(text.contains("batch[0].list is missing; send the list's name"))
            #expect(text.contains("batch[1].list is the number 7"))
            #expect(text.contains("batch[2].userId and anonymousId are missing"))
            #expect(try await daemon.stop() == .exit(0))
        }
    }

    @Test func aZoneThatNobodyKnowsIsRefused() async throws {
        try await Bench.use("timezone \"Europe/Berln\"\nsegment a when order_placed today") {
            bench in
            let checked = try await bench.run("check", "--rules", bench.rules)
            #expect(checked.ending == .exit(1))
            #expect(
                (checked.output + checked.errors).contains("no timezone is called 'Europe/Berln'")
            )
            #expect((checked.output + checked.errors).contains("Europe/Berlin"))
        }
    }
}
