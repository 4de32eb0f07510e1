internal import ArgumentParser
internal import Foundation
internal import RuleLanguage
internal import SegmentServer

/// `segmentd fmt`: the one canonical layout.
struct FormatRulesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fmt",
        abstract: "Brings rule files to the one canonical layout.",
        discussion: """
            Changes space and line breaks, never words, so the meaning stays, and so do comments. \
            Files with errors are left as they are. The exit code is 0, with --check 1 where a \
            file is laid out otherwise, and 2 where one cannot be read or has errors.

              segmentd fmt
              segmentd fmt segments/cart.seg
              segmentd fmt --check
              segmentd fmt - < cart.seg
            """
    )

    @Option(.rules) var rules: String?
    @OptionGroup var file: FileOptions

    @Argument(help: "Files instead of all in the folder; - is standard input, to standard output.")
    var files: [String] = []

    @Flag(name: .long, help: "Change nothing, and name the files that are laid out otherwise.")
    var check = false

    func run() throws {
        if files == ["-"] { return try formatInput() }
        let paths = try files.isEmpty ? folderFiles() : files
        var changed: [String] = []
        var errors = 0
        for path in paths {
            let bytes: [UInt8]
            do throws(RuleFolderError) { bytes = try RuleFolder.read(path) } catch {
                throw CommandFailure(error.description, code: 2)
            }
            guard let text = formatted(bytes, path, &errors) else { continue }
            guard Array(text.utf8) != bytes else { continue }
            changed.append(path)
            if check {
                Console.out(path)
            } else {
                do { try write(text, to: path) } catch {
                    throw CommandFailure("\(path) cannot be written: \(error)", code: 2)
                }
            }
        }
        let all = counted(paths.count, "file")
        guard errors == 0 else {
            throw CommandFailure("\(counted(errors, "error")) in \(all)", code: 2)
        }
        if check {
            guard changed.isEmpty else {
                throw CommandFailure(
                    "\(grouped(changed.count)) of \(all) laid out otherwise: run segmentd fmt"
                )
            }
        } else {
            Console.out("\(all): \(grouped(changed.count)) changed")
        }
    }

    private func folderFiles() throws -> [String] {
        do {
            return try RuleFolder.paths(
                folder: file.settings([(.rules, rules)]).options.rulesFolder
            )
        } catch let failure as CommandFailure {
            throw CommandFailure(failure.description, code: 2)
        } catch let error as RuleFolderError {
            throw CommandFailure(error.description, code: 2)
        }
    }

    private func formatInput() throws {
        let bytes = Array(FileHandle.standardInput.readDataToEndOfFile())
        var errors = 0
        guard let text = formatted(bytes, "<stdin>", &errors) else {
            throw CommandFailure(counted(errors, "error"), code: 2)
        }
        if check {
            guard Array(text.utf8) == bytes else {
                throw CommandFailure("standard input is laid out otherwise")
            }
        } else if !text.isEmpty {
            Console.out(String(text.dropLast()))
        }
    }

    private func formatted(_ bytes: [UInt8], _ path: String, _ errors: inout Int) -> String? {
        let result: FormattedRules
        do throws(Diagnostic) {
            result = formatRules(try RuleSource(path: path, bytes: bytes))
        } catch {
            result = .refused([error])
        }
        switch result {
        case .formatted(let text): return text
        case .refused(let diagnostics):
            errors += diagnostics.count
            for diagnostic in diagnostics { Console.note(String(diagnostic.rendered.dropLast())) }
            return nil
        }
    }

    /// Puts a whole file in the place of another, so that nobody ever reads half of one.
    private func write(_ text: String, to path: String) throws {
        // Through links to the file itself, which keeps its permissions.
        let target = URL(fileURLWithPath: path).resolvingSymlinksInPath()
        let attributes = try FileManager.default.attributesOfItem(atPath: target.path)
        try Data(text.utf8).write(to: target, options: .atomic)
        if let mode = attributes[.posixPermissions] {
            try FileManager.default.setAttributes(
                [.posixPermissions: mode],
                ofItemAtPath: target.path
            )
        }
    }
}
