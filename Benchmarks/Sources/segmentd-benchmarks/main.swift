import Foundation

// swift run -c release --package-path Benchmarks segmentd-benchmarks [--small] [PATH-OF-SEGMENTD]
let arguments = CommandLine.arguments.dropFirst()
let isSmall = arguments.contains("--small")
let binary = arguments.first { !$0.hasPrefix("--") } ?? ".build/release/segmentd"
do {
    var row = EngineAndLoop(count: isSmall ? 20_000 : 500_000, rounds: isSmall ? 1 : 5)
    try row.run()
    try Overload(
        binary: binary,
        seconds: isSmall ? 1 : 10,
        connections: isSmall ? 16 : 200
    ).run()
} catch {
    FileHandle.standardError.write(Data("benchmarks: \(error)\n".utf8))
    exit(1)
}
