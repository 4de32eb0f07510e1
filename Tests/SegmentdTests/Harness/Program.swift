import Foundation

/// An executable of the package, as the build left it beside the tests.
enum Program: String {
    /// What users run.
    case segmentd
    /// The same daemon with a fault in it.
    case faults = "segmentd-faults"

    /// Where it lies.
    ///
    /// - Throws: `MissingProgram` where it was not built.
    func url() throws -> URL {
        let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let arguments = CommandLine.arguments.first.map { URL(fileURLWithPath: $0) }
        for bundle in [tests, arguments].compactMap({ $0 }) {
            let url = bundle.deletingLastPathComponent().appendingPathComponent(rawValue)
            if FileManager.default.isExecutableFile(atPath: url.path) { return url }
        }
        throw MissingProgram(program: self, beside: tests.path)
    }
}

/// The executable that a test needs is not there.
struct MissingProgram: Error, CustomStringConvertible {
    let program: Program
    let beside: String

    var description: String { "there is no \(program.rawValue) beside \(beside): build it first" }
}
