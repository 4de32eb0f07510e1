import Foundation

// segmentd-benchmarks [--small] [--only ROW,ROW] [--events N] [--rounds N] [--json FILE] [--check]
//     [--floors FILE] [SEGMENTD]
var arguments = Array(CommandLine.arguments.dropFirst())

@MainActor func flag(_ name: String) -> Bool {
    let isThere = arguments.contains(name)
    arguments.removeAll { $0 == name }
    return isThere
}

@MainActor func value(_ name: String) -> String? {
    guard let place = arguments.firstIndex(of: name), place + 1 < arguments.count else {
        return nil
    }
    let value = arguments[place + 1]
    arguments.removeSubrange(place...place + 1)
    return value
}

let isSmall = flag("--small")
let checks = flag("--check")
let only = value("--only")?.split(separator: ",").map(String.init)
let events = value("--events").flatMap { Int($0) } ?? (isSmall ? 20_000 : 2_000_000)
let rounds = value("--rounds").flatMap { Int($0) } ?? (isSmall ? 1 : 5)
let json = value("--json")
let floors = value("--floors") ?? "Benchmarks/floors.json"
let binary = arguments.first ?? ".build/release/segmentd"

@MainActor func isWanted(_ names: String...) -> Bool {
    only.map { only in names.contains { only.contains($0) } } ?? true
}

do {
    // Sizes are smaller in a small run, which asserts results only.
    func size(_ whole: Int, _ small: Int) -> Int { isSmall ? small : whole }
    var report = try Report(floors: isSmall ? "" : floors)
    if isWanted("core", "flink-heap", "person-bytes") {
        try EngineAndLoop(count: events, rounds: rounds, form: .core).run(&report)
    }
    if isWanted("engine") {
        try EngineAndLoop(count: events, rounds: rounds, form: .engine).run(&report)
    }
    if isWanted("replay", "replay-cores", "flink-rocksdb") {
        try await ReplayRows(count: events, rounds: min(rounds, 3)).run(&report)
    }
    if isWanted("rules", "compile") {
        try RulesRows(
            events: size(300_000, 20_000),
            rounds: min(rounds, 3),
            segments: size(5_000, 500)
        ).run(&report)
    }
    let forms = (only ?? []).filter { $0.hasPrefix("form-") }
    if isWanted("forms") || !forms.isEmpty {
        try FormRows(
            events: size(300_000, 20_000),
            rounds: min(rounds, 3),
            only: isWanted("forms") ? [] : forms
        ).run(&report)
    }
    if isWanted("rule-tests") {
        try RuleTestRow(tests: size(2_000, 50), rounds: min(rounds, 3)).run(&report)
    }
    if isWanted("append") { try AppendRow(groups: size(300, 10)).run(&report) }
    if isWanted("http") {
        try await IngestRow(binary: binary, seconds: isSmall ? 1 : 10).run(&report)
    }
    if isWanted("senders") {
        try SenderRows(binary: binary, seconds: isSmall ? 0.2 : 4, rounds: isSmall ? 1 : 3)
            .run(&report)
    }
    if isWanted("mass", "bot") {
        try await MassRows(
            people: size(1_000_000, 5_000),
            botEvents: size(1_000_000, 5_000),
            rounds: size(5, 1)
        ).run(&report)
    }
    if isWanted("mass", "rule-change") {
        let rows = MassRows(people: size(1_000_000, 5_000), botEvents: 0, rounds: 0)
        try await rows.ruleChange(&report)
    }
    if isWanted("mass", "mass-webhooks") {
        try DrainRow(binary: binary, people: size(1_000_000, 2_000)).run(&report)
    }
    if isWanted("latency", "deadline", "webhook") {
        try await LatencyRows(binary: binary, count: size(500, 20)).run(&report)
    }
    if isWanted("recovery") {
        try await RecoveryRow(
            people: size(1_000_000, 20_000),
            entries: size(10_000_000, 200_000)
        ).run(&report)
    }
    if isWanted("overload") {
        try Overload(
            binary: binary,
            seconds: isSmall ? 1 : 10,
            connections: size(200, 16)
        ).run(&report)
    }
    if let json { try report.json().write(to: URL(filePath: json)) }
    let regressions = report.regressions
    for regression in regressions { print("worse than its floor: \(regression)") }
    if checks, !regressions.isEmpty { exit(1) }
} catch {
    FileHandle.standardError.write(Data("benchmarks: \(error)\n".utf8))
    exit(1)
}
