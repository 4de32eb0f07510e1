import Foundation

// swift run -c release --package-path Benchmarks segmentd-benchmarks [--small] [--only ROW] [SEGMENTD]
var arguments = Array(CommandLine.arguments.dropFirst())
let isSmall = arguments.contains("--small")
arguments.removeAll { $0 == "--small" }
var only: String?
if let place = arguments.firstIndex(of: "--only"), place + 1 < arguments.count {
    only = arguments[place + 1]
    arguments.removeSubrange(place...place + 1)
}
let binary = arguments.first ?? ".build/release/segmentd"
do {
    for form in [EngineAndLoop.Form.core, .engine] where only ?? form.rawValue == form.rawValue {
        let count = isSmall ? 20_000 : 500_000
        try EngineAndLoop(count: count, rounds: isSmall ? 1 : 5, form: form).run()
    }
    if only ?? "recovery" == "recovery" {
        try await RecoveryRow(
            people: isSmall ? 20_000 : 1_000_000,
            entries: isSmall ? 200_000 : 10_000_000
        ).run()
    }
    if only ?? "overload" == "overload" {
        try Overload(
            binary: binary,
            seconds: isSmall ? 1 : 10,
            connections: isSmall ? 16 : 200
        ).run()
    }
} catch {
    FileHandle.standardError.write(Data("benchmarks: \(error)\n".utf8))
    exit(1)
}
