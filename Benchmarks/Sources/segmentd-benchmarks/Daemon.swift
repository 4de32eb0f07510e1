import Foundation

/// The real daemon on a directory of its own, ended with the object.
final class Daemon {
    private let process = Process()
    private let folder: URL
    let port: UInt16

    /// Starts the daemon and waits until it listens.
    ///
    /// - Throws: What the system says; nil port where it does not come up.
    init(
        binary: String,
        rules: String,
        arguments: [String] = [],
        environment: [String: String] = [:]
    ) throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("segmentd-bench-\(UUID().uuidString)")
        let segments = folder.appendingPathComponent("segments")
        try FileManager.default.createDirectory(at: segments, withIntermediateDirectories: true)
        try rules.write(
            to: segments.appendingPathComponent("bench.seg"),
            atomically: true,
            encoding: .utf8
        )
        let pipe = Pipe()
        process.executableURL = URL(filePath: binary)
        process.arguments =
            [
                "serve", "--data", folder.appendingPathComponent("data").path, "--rules",
                segments.path, "--listen", "127.0.0.1:0",
            ] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardOutput = pipe
        try process.run()
        var output = ""
        while !output.contains("is listening on http://") || !output.hasSuffix("\n") {
            let data = pipe.fileHandleForReading.availableData
            guard !data.isEmpty else { throw BenchmarkError("the daemon did not start: \(output)") }
            output += String(decoding: data, as: UTF8.self)
        }
        let rest = output.components(separatedBy: "is listening on http://127.0.0.1:").last ?? ""
        guard let port = UInt16(rest.prefix { $0.isNumber }) else {
            throw BenchmarkError("the daemon says no port: \(output)")
        }
        self.port = port
    }

    /// Memory of its own, without the mapped pages of its files.
    func privateBytes() -> Int {
        let path = "/proc/\(process.processIdentifier)/status"
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("RssAnon:") } ?? ""
        return (Int(line.filter(\.isNumber)) ?? 0) << 10
    }

    /// Stops the daemon and counts the entries that its log holds.
    func stopAndCountEntries() throws -> Int {
        process.terminate()
        process.waitUntilExit()
        let restart = Process()
        let pipe = Pipe()
        restart.executableURL = process.executableURL
        restart.arguments = process.arguments
        restart.standardOutput = pipe
        try restart.run()
        var output = ""
        while !output.contains("is listening on http://") {
            let data = pipe.fileHandleForReading.availableData
            guard !data.isEmpty else { throw BenchmarkError("no restart: \(output)") }
            output += String(decoding: data, as: UTF8.self)
        }
        restart.terminate()
        restart.waitUntilExit()
        let line = output.split(separator: "\n").first { $0.hasPrefix("log: ") } ?? ""
        return Int(line.filter(\.isNumber)) ?? 0
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }
}
