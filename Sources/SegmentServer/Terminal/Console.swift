internal import EventWire
internal import Foundation
internal import Glibc
internal import Materializer
internal import Synchronization

/// The terminal, or whatever stands in for it.
package enum Console {
    /// How lines are written.
    package enum Form: String, CaseIterable, Sendable {
        /// For people.
        case text
        /// One JSON object a line, for programs that collect logs.
        case json
    }

    private static let form = Mutex(Form.text)

    /// Has all lines from now on written so.
    package static func use(_ form: Form) { Console.form.withLock { $0 = form } }

    /// Writes a line to standard output at once: who waits for it must not wait for a buffer.
    ///
    /// - Returns: Whether somebody can still read; `segmentd transitions | head` ends early.
    @discardableResult
    package static func out(_ line: String) -> Bool {
        let line = record(line, level: "info") ?? line
        do {
            try FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8))
            return true
        } catch {
            return false
        }
    }

    /// Writes a line to standard error.
    package static func note(_ line: String) {
        write((record(line, level: "notice") ?? line) + "\n")
    }

    /// Writes a failure to standard error, in the form of all of them.
    package static func error(_ message: String) {
        write((record(message, level: "error") ?? "segmentd: error: \(message)") + "\n")
    }

    /// Writes a warning to standard error: nothing failed, but somebody should know.
    package static func warn(_ message: String) {
        write((record(message, level: "warning") ?? "segmentd: warning: \(message)") + "\n")
    }

    /// A line as an object; nil where lines are for people.
    private static func record(_ line: String, level: String) -> String? {
        guard form.withLock({ $0 }) == .json else { return nil }
        var json = JSONWriter()
        json.object {
            $0.field("time", ClockSource.system.wall())
            $0.field("level", level)
            $0.field("message", line)
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    /// Writes over the last progress on standard error; an empty one wipes it out.
    package static func progress(_ text: String) {
        guard form.withLock({ $0 }) == .text else { return }
        write("\r\u{1B}[K\(text)")
    }

    /// Whether a person is watching standard error.
    package static var isWatched: Bool { isatty(STDERR_FILENO) == 1 }

    private static func write(_ text: String) {
        // Nobody is left to tell where standard error is closed.
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}
