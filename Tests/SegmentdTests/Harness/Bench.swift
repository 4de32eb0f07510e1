import Foundation
import SegmentTesting
import Synchronization
import WebhookTesting

/// A data directory, a folder of rules and the processes on them, for one test.
///
/// Used through `Bench.use`, so that no process outlives its test.
final class Bench: Sendable {
    private let folder: TemporaryDirectory
    private let programs = Mutex<[RunningProgram]>([])

    private init() throws {
        folder = try TemporaryDirectory()
        try FileManager.default.createDirectory(
            atPath: rules,
            withIntermediateDirectories: true
        )
    }

    /// Hands a bench to `body`; when that is done, kills every process that it started.
    static func use<Result>(
        _ rules: String = "",
        _ body: (Bench) async throws -> Result
    ) async throws -> Result {
        let bench = try Bench()
        try bench.writeRules(rules)
        do {
            let result = try await body(bench)
            try await bench.close()
            return result
        } catch {
            try? await bench.close()
            throw error
        }
    }

    /// The data directory; made by the first daemon.
    var data: String { path("data") }
    /// The folder of the rules.
    var rules: String { path("rules") }

    /// A place in the test's own folder.
    func path(_ name: String) -> String { folder.path + "/" + name }

    /// Writes a file into the test's own folder, which is where its programs run.
    func write(_ name: String, _ text: String) throws {
        let url = URL(fileURLWithPath: path(name))
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: url)
    }

    /// Writes the one file of rules.
    func writeRules(_ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: rules + "/rules.seg"))
    }

    /// Starts a program in the test's folder, without waiting for anything.
    func launch(
        _ program: Program,
        _ arguments: [String],
        wrapper: [String] = [],
        environment: [String: String] = [:]
    ) throws -> RunningProgram {
        let running = try RunningProgram(
            program,
            arguments,
            wrapper: wrapper,
            environment: environment,
            in: folder.path
        )
        programs.withLock { $0.append(running) }
        return running
    }

    /// Runs a command to its end.
    func run(_ arguments: String...) async throws -> Finished {
        try await run(arguments, environment: [:])
    }

    /// Runs a command to its end, with these variables besides the usual ones.
    func run(_ arguments: [String], environment: [String: String]) async throws -> Finished {
        let running = try launch(.segmentd, arguments, environment: environment)
        let ending = try await running.end()
        return Finished(ending: ending, output: running.output, errors: running.errors)
    }

    /// Starts a daemon and waits until it listens.
    func start(_ program: Program = .segmentd, _ more: String...) async throws -> DaemonProcess {
        try await DaemonProcess(launch(program, serving(program) + more))
    }

    /// Starts a daemon on the data directory and waits until it listens.
    func start(_ program: Program, _ more: [String]) async throws -> DaemonProcess {
        try await DaemonProcess(launch(program, serving(program) + more))
    }

    /// Starts a daemon that sends its transitions there, and waits until it listens.
    func start(deliveringTo receiver: WebhookReceiver) async throws -> DaemonProcess {
        try await DaemonProcess(launch(.segmentd, serving() + delivering(to: receiver.url)))
    }

    /// The secret of `delivering`.
    static let secret = "whsec_" + Data((0..<32).map { UInt8($0) }).base64EncodedString()

    /// The arguments that have a daemon send its transitions there.
    func delivering(to url: String) throws -> [String] {
        try write("secret", Bench.secret + "\n")
        return [
            "--webhook-url", url, "--webhook-secret-file", path("secret"),
            "--allow-webhook-network", "127.0.0.0/8",
        ]
    }

    /// Starts a daemon that is to refuse, and waits for its end.
    func refuse(
        data: String? = nil,
        rules: String? = nil,
        listen: String? = nil
    ) async throws -> Finished {
        let running = try launch(.segmentd, serving(data: data, rules: rules, listen: listen))
        let ending = try await running.end()
        return Finished(ending: ending, output: running.output, errors: running.errors)
    }

    /// The arguments that start a daemon on this bench.
    func serving(
        _ program: Program = .segmentd,
        data: String? = nil,
        rules: String? = nil,
        listen: String? = nil
    ) -> [String] {
        let (data, rules) = (data ?? self.data, rules ?? self.rules)
        let listen = listen ?? "127.0.0.1:0"
        switch program {
        case .segmentd: return ["serve", "--data", data, "--rules", rules, "--listen", listen]
        case .faults: return [data, rules, listen]
        }
    }

    private func close() async throws {
        let all = programs.withLock { $0 }
        for program in all { program.send(SIGKILL) }
        for program in all { _ = try await program.end() }
    }
}

/// What a command left behind.
struct Finished: Sendable {
    var ending: RunningProgram.Ending
    var output: String
    var errors: String

    /// The lines of standard output.
    var lines: [Substring] { output.split(separator: "\n") }
}
