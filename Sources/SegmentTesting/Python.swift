internal import Dispatch
public import Foundation

/// A Python that has a package: the system's, or a temporary one that gets it from the registry.
public struct Python {
    private let executable: String
    private let folder: TemporaryDirectory

    /// Finds one.
    ///
    /// - Returns: nil where there is none, or the package cannot be had.
    public init?(package: String) throws {
        folder = try TemporaryDirectory()
        if Python.run("python3", ["-c", "import \(package)"]) != nil {
            executable = "python3"
            return
        }
        let environment = folder.path + "/venv"
        executable = environment + "/bin/python3"
        guard Python.run("python3", ["-m", "venv", environment]) != nil,
            Python.run(
                executable,
                ["-m", "pip", "-q", "--timeout", "20", "--retries", "0", "install", package]
            ) != nil
        else { return nil }
    }

    /// Runs a program on some input.
    ///
    /// - Returns: What it printed; nil where it failed.
    public func run(_ program: String, _ input: Data) throws -> String? {
        let file = folder.path + "/input"
        try input.write(to: URL(fileURLWithPath: file))
        return Python.run(executable, ["-c", program], input: file)
    }

    private static func run(_ name: String, _ arguments: [String], input: String? = nil) -> String?
    {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [name] + arguments
        process.standardInput =
            input.flatMap { FileHandle(forReadingAtPath: $0) } ?? FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        // `waitUntilExit` runs this thread's run loop, and two of them at once may wait for ever.
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        guard (try? process.run()) != nil else { return nil }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        ended.wait()
        return process.terminationStatus == 0 ? String(decoding: data, as: UTF8.self) : nil
    }
}
