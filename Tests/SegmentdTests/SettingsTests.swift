import Foundation
import SegmentServer
import Testing

/// Settings by flag, variable and file, as the real process takes them.
@Suite struct SettingsTests {
    private struct Row: Decodable {
        enum Value: Decodable, Equatable {
            case text(String)
            case number(Int)

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                if let number = try? container.decode(Int.self) {
                    self = .number(number)
                } else {
                    self = .text(try container.decode(String.self))
                }
            }
        }

        var setting: String
        var value: Value
        var from: String
    }

    private func rows(_ finished: Finished) throws -> [String: Row] {
        #expect(finished.ending == .exit(0), "\(finished.errors)")
        let rows = try finished.lines.map {
            try JSONDecoder().decode(Row.self, from: Data($0.utf8))
        }
        return Dictionary(rows.map { ($0.setting, $0) }) { first, _ in first }
    }

    @Test(arguments: BadSetting.all)
    func aBadSettingIsRefusedClearly(_ bad: BadSetting) async throws {
        try await Bench.use("segment carts when added_to_cart") { bench in
            if let file = bad.file { try bench.write("segmentd.json", file) }
            let finished = try await bench.run(["serve"] + bad.flags, environment: bad.environment)
            #expect(finished.ending == .exit(1))
            for word in bad.words {
                #expect(finished.errors.contains(word), "\(word) in: \(finished.errors)")
            }
            #expect(finished.errors.hasPrefix("segmentd: error: "))
            #expect(finished.output.isEmpty)
            #expect(!FileManager.default.fileExists(atPath: bench.data))
        }
    }

    @Test func flagsWinOverVariablesAndThoseOverTheFile() async throws {
        try await Bench.use { bench in
            try bench.write(
                "segmentd.json",
                """
                {
                  "connectionsMax": 11,
                  "depthMax": 12, "propertiesMax": 13
                }
                """
            )
            let environment = [
                "SEGMENTD_CONNECTIONS_MAX": "21", "SEGMENTD_DEPTH_MAX": "22", "SEGMENTD_RULES": "",
            ]
            let flags = ["config", "--json", "--connections-max", "31"]
            let rows = try rows(await bench.run(flags, environment: environment))
            let shown = ["connectionsMax", "depthMax", "propertiesMax", "rules"].map { name in
                rows[name].map { "\($0.value) \($0.from)" }
            }
            #expect(
                shown == [
                    "number(31) --connections-max", "number(22) SEGMENTD_DEPTH_MAX",
                    "number(13) segmentd.json:3", "text(\"./segments\") default",
                ]
            )
        }
    }

    @Test func everySettingHasItsFlagItsVariableAndItsMember() async throws {
        try await Bench.use { bench in
            var (flags, environment) = (["config", "--json"], [String: String]())
            var members: [String] = []
            for setting in Setting.all {
                flags += [setting.flag, setting.standard]
                environment[setting.variable] = setting.standard
                let value = setting.isNumber ? setting.standard : "\"\(setting.standard)\""
                members.append("\"\(setting.name)\": \(value)")
            }
            try bench.write("segmentd.json", "{\n\(members.joined(separator: ",\n"))\n}")
            let byFile = try rows(await bench.run("config", "--json"))
            let byVariable = try rows(
                await bench.run(["config", "--json"], environment: environment)
            )
            let byFlag = try rows(await bench.run(flags, environment: [:]))
            for (index, setting) in Setting.all.enumerated() {
                #expect(byFile[setting.name]?.from == "segmentd.json:\(index + 2)")
                #expect(byVariable[setting.name]?.from == setting.variable)
                #expect(byFlag[setting.name]?.from == setting.flag)
            }
            let help = try await bench.run("serve", "--help").output
            for setting in Setting.all { #expect(help.contains("\(setting.flag) <")) }
        }
    }

    @Test func aFileElsewhereNamesFoldersBesideIt() async throws {
        try await Bench.use("segment carts when added_to_cart") { bench in
            try bench.write(
                "etc/segmentd.json",
                #"{"data": "../data", "rules": "../rules", "listen": "127.0.0.1:0"}"#
            )
            let variables = ["SEGMENTD_CONFIG": "etc/segmentd.json"]
            let daemon = try await DaemonProcess(
                bench.launch(.segmentd, ["serve"], environment: variables)
            )
            let cart = #"{"userId":"u1","event":"added_to_cart"}"#
            try await daemon.api.ingest("/v1/track?wait=evaluated", cart)
            // Other commands find the directory in the same way.
            let named = try await bench.run("members", "carts", "--config", "etc/segmentd.json")
            #expect(named.output.contains("u1"))
            let byVariable = try await bench.run(["segments"], environment: variables)
            #expect(byVariable.output.contains("carts"))
            let checked = try await bench.run(["check"], environment: variables)
            #expect(checked.output.contains("1 segment in 1 file"))
        }
    }

    @Test func aVariableOfSomebodyElseIsAWarning() async throws {
        try await Bench.use { bench in
            let finished = try await bench.run(
                ["config"],
                environment: ["SEGMENTD_PORT": "tcp://10.0.0.1:7433", "SEGMENTD_DATTA": "d"]
            )
            #expect(finished.ending == .exit(0))
            let warnings = finished.errors.split(separator: "\n")
            #expect(warnings.count == 2)
            #expect(
                warnings.allSatisfy { $0.hasPrefix("segmentd: warning: the variable SEGMENTD_") }
            )
            #expect(finished.errors.contains("did you mean SEGMENTD_DATA?"))
            #expect(finished.lines.first?.hasPrefix("SETTING") == true)
        }
    }

    @Test func boundsAreObeyed() async throws {
        try await Bench.use { bench in
            try bench.write(
                "segmentd.json",
                #"{"batchEntriesMax": 2, "entryBytesMax": 300, "singleBodyBytesMax": 1024}"#
            )
            try bench.writeRules("segment carts when added_to_cart")
            let api = try await bench.start().api
            let many = try await api.send("POST", "/v1/batch", #"{"batch":[{},{},{}]}"#)
            #expect(many.status == 413)
            #expect(many.refusal?.message.contains("at most 2") == true)
            let long = String(repeating: "x", count: 300)
            let entry = #"{"userId":"u","event":"e","properties":{"p":"\#(long)"}}"#
            let refused = try await api.ingest("/v1/track", entry)
            #expect(refused.entries.first?.message?.contains("at most 300") == true)
            let body = String(repeating: " ", count: 1_024) + "{}"
            let tooLarge = try await api.send("POST", "/v1/track", body)
            #expect(tooLarge.status == 413)
            #expect(tooLarge.refusal?.message.contains("1024 bytes") == true)
        }
    }
}
