import Foundation
import SegmentTesting
import Synchronization

/// A program at work, with what it printed so far.
final class RunningProgram: Sendable {
    /// How a program ended.
    enum Ending: Equatable, Sendable {
        case exit(Int32)
        case signal(Int32)
    }

    /// Rung whenever it has printed something, or has ended.
    let bell: Bell
    private let process: Process
    private let outputText: CollectedText
    private let errorText: CollectedText
    private let reaped = Reaped()

    /// Starts it, with these variables besides the usual ones.
    ///
    /// - Parameter wrapper: What starts it: a program and the arguments before its own path.
    init(
        _ program: Program,
        _ arguments: [String],
        wrapper: [String] = [],
        environment: [String: String] = [:],
        in folder: String
    ) throws {
        let bell = Bell()
        self.bell = bell
        outputText = CollectedText(bell)
        errorText = CollectedText(bell)
        process = Process()
        let words = wrapper + [try program.url().path] + arguments
        process.executableURL = URL(fileURLWithPath: words[0])
        process.arguments = Array(words.dropFirst())
        // A developer's own settings must not decide about tests.
        process.environment = ProcessInfo.processInfo.environment
            .filter { !$0.key.hasPrefix("SEGMENTD_") }
            .merging(environment) { $1 }
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.standardInput = FileHandle.nullDevice
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        process.terminationHandler = { [reaped] process in
            let status = process.terminationStatus
            reaped.ending.withLock {
                $0 = process.terminationReason == .exit ? .exit(status) : .signal(status)
            }
            bell.ring()
        }
        try process.run()
        outputText.collect(output.fileHandleForReading)
        errorText.collect(errors.fileHandleForReading)
    }

    /// What it printed to standard output.
    var output: String { outputText.text }
    /// What it printed to standard error.
    var errors: String { errorText.text }

    /// How it ended, when all that it printed has been read; nil while it runs.
    var ending: Ending? {
        guard outputText.isComplete, errorText.isComplete else { return nil }
        return reaped.ending.withLock { $0 }
    }

    /// Sends a signal, unless it has ended.
    func send(_ signal: Int32) {
        // Under the lock, since the number of a process that was reaped may be another's.
        reaped.ending.withLock { ending in
            if ending == nil { _ = kill(process.processIdentifier, signal) }
        }
    }

    /// Waits until it has ended.
    func end() async throws -> Ending {
        try await eventually("the end of \(process.processIdentifier)\n\(errors)", on: bell) {
            ending
        }
    }
}

/// How a process ended, for the thread that finds out and for the test.
private final class Reaped: Sendable {
    let ending = Mutex<RunningProgram.Ending?>(nil)
}

/// What comes through a pipe, read as it comes so that the writer never waits.
private final class CollectedText: Sendable {
    private let state = Mutex<(bytes: [UInt8], isComplete: Bool)>(([], false))
    private let bell: Bell

    init(_ bell: Bell) { self.bell = bell }

    var text: String { state.withLock { String(decoding: $0.bytes, as: UTF8.self) } }
    var isComplete: Bool { state.withLock { $0.isComplete } }

    func collect(_ handle: FileHandle) {
        Thread.detachNewThread { [self] in
            while true {
                let data = handle.availableData
                state.withLock {
                    $0.bytes += data
                    $0.isComplete = data.isEmpty
                }
                bell.ring()
                if data.isEmpty {
                    // Hundreds of programs of one test would run out of descriptors.
                    try? handle.close()
                    return
                }
            }
        }
    }
}
