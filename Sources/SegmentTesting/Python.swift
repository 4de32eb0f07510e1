public import Foundation

/// A Python that has a package: the system's, or a temporary one that gets it from the registry.
public struct Python {
    private let executable: String
    private let folder: TemporaryDirectory

    /// Finds one.
    ///
    /// - Returns: nil where there is none, or the package cannot be had.
    public init?(package: String) async throws {
        folder = try TemporaryDirectory()
        if await Python.run("python3", ["-c", "import \(package)"]) != nil {
            executable = "python3"
            return
        }
        let environment = folder.path + "/venv"
        executable = environment + "/bin/python3"
        guard await Python.run("python3", ["-m", "venv", environment]) != nil,
            await Python.run(
                executable,
                ["-m", "pip", "-q", "--timeout", "20", "--retries", "0", "install", package]
            ) != nil
        else { return nil }
    }

    /// Runs a program on some input.
    ///
    /// - Returns: What it printed; nil where it failed.
    public func run(_ program: String, _ input: Data) async throws -> String? {
        let file = folder.path + "/input"
        try input.write(to: URL(fileURLWithPath: file))
        return await Python.run(executable, ["-c", program], input: file)
    }

    private static func run(
        _ name: String,
        _ arguments: [String],
        input: String? = nil
    ) async -> String? {
        // A child that another test starts at the same moment may inherit the pipe: its end comes with that one's.
        await onOwnThread { wait(for: name, arguments, input) }
    }

    private static func wait(
        for name: String,
        _ arguments: [String],
        _ input: String?
    ) -> String? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [name] + arguments
        process.standardInput =
            input.flatMap { FileHandle(forReadingAtPath: $0) } ?? FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        guard (try? process.run()) != nil else { return nil }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? String(decoding: data, as: UTF8.self) : nil
    }
}
