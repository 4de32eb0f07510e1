internal import Foundation
internal import Glibc

/// The terminal, or whatever stands in for it.
package enum Console {
    /// Writes a line to standard output at once: who waits for it must not wait for a buffer.
    ///
    /// - Returns: Whether somebody can still read; `segmentd transitions | head` ends early.
    @discardableResult
    package static func out(_ line: String) -> Bool {
        do {
            try FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8))
            return true
        } catch {
            return false
        }
    }

    /// Writes a line to standard error.
    package static func note(_ line: String) { write(line + "\n") }

    /// Writes a failure to standard error, in the form of all of them.
    package static func error(_ message: String) { note("segmentd: error: \(message)") }

    /// Writes a warning to standard error: nothing failed, but somebody should know.
    package static func warn(_ message: String) { note("segmentd: warning: \(message)") }

    /// Writes over the last progress on standard error; an empty one wipes it out.
    package static func progress(_ text: String) { write("\r\u{1B}[K\(text)") }

    /// Whether a person is watching standard error.
    package static var isWatched: Bool { isatty(STDERR_FILENO) == 1 }

    private static func write(_ text: String) {
        // Nobody is left to tell where standard error is closed.
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}
