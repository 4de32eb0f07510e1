import Foundation
import SegmentTesting

/// A daemon that listens.
struct DaemonProcess: Sendable {
    /// What speaks to it.
    let api: API
    private let program: RunningProgram

    /// Waits until it says where it listens.
    init(_ program: RunningProgram) async throws {
        self.program = program
        let base = try await eventually("a daemon that listens", on: program.bell) {
            if let ending = program.ending {
                throw StartFailed(ending: ending, errors: program.errors)
            }
            return DaemonProcess.address(in: program.output)
        }
        api = API(base: base)
    }

    /// What it printed so far.
    var output: String { program.output }

    /// Waits until it has said something; gives all that it has said.
    func says(_ words: String) async throws -> String {
        try await eventually("the words '\(words)'", on: program.bell) {
            let all = program.output + program.errors
            return all.contains(words) ? all : nil
        }
    }

    /// Where it listens, as `HOST:PORT`.
    var address: String { String(api.base.dropFirst("http://".count)) }

    /// Kills it at this moment.
    func kill() { program.send(SIGKILL) }

    /// Waits until it is gone.
    func end() async throws -> RunningProgram.Ending { try await program.end() }

    /// Tells it to stop, and waits for its end.
    func stop() async throws -> RunningProgram.Ending {
        program.send(SIGTERM)
        return try await program.end()
    }

    /// The URL of the line `segmentd is listening on http://HOST:PORT (…)`, when it is whole.
    private static func address(in output: String) -> String? {
        let start = "segmentd is listening on "
        for line in output.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            guard let place = line.firstRange(of: start) else { continue }
            return line[place.upperBound...].split(separator: " ").first.map { String($0) }
        }
        return nil
    }
}

/// A daemon that ended instead of listening.
struct StartFailed: Error, CustomStringConvertible {
    let ending: RunningProgram.Ending
    let errors: String

    var description: String { "the daemon ended with \(ending): \(errors)" }
}
