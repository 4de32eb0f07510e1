internal import Foundation
internal import Glibc
package import Materializer
package import RuleLanguage

/// Rule files that were read and checked.
package struct CheckedRules: Sendable {
    /// How many files there are.
    package var fileCount: Int
    /// What is wrong with them, as a terminal shows it; empty where nothing is.
    package var rendered: String
    /// What is wrong with them, by file and place.
    package var diagnostics: [Diagnostic]
    /// How many errors there are, those included that are not shown.
    package var errorCount: Int
    /// The files, under the names that diagnostics show.
    package var shown: [RuleSource]
    /// The tests in them; none where there is any error.
    package var tests: [RuleTest]
    /// What they mean; nil where there is any error.
    package var proposed: ProposedRules?
}

/// Reads rule files: all `*.seg` of a folder and the folders in it, or those that are named.
package enum RuleFolder {
    private static let depthMax = 32

    /// The rule files of a folder, as one would type them.
    package static func paths(folder: String) throws(RuleFolderError) -> [String] {
        try found(in: folder).map(\.shown)
    }

    /// What is legal in rules without errors, and probably wrong.
    package static func warnings(
        _ checked: CheckedRules,
        zones: [Zone],
        seen: [SeenEvent]?
    ) -> [Diagnostic] {
        lintRules(
            checked.shown,
            zones: { name in zones.first { $0.name == name } },
            seen: seen
        )
    }

    /// Reads and checks a folder's rules.
    ///
    /// Diagnostics name files as one would type them. Into the log go paths from the folder on, so
    /// that it does not matter from where the daemon is started.
    package static func check(folder: String) throws(RuleFolderError) -> CheckedRules {
        try check(try found(in: folder))
    }

    private static func found(
        in folder: String
    ) throws(RuleFolderError) -> [(read: String, shown: String, logged: String)] {
        var root = folder
        while root.count > 1, root.hasSuffix("/") { root.removeLast() }
        var paths: [String] = []
        try collect(root, "", depth: 0, into: &paths)
        guard !paths.isEmpty else { throw RuleFolderError(noFilesIn: root) }
        paths.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let shownRoot = root.hasPrefix("./") ? String(root.dropFirst(2)) : root
        let isHere = shownRoot.isEmpty || shownRoot == "."
        return paths.map { path in
            (read: "\(root)/\(path)", shown: isHere ? path : "\(shownRoot)/\(path)", path)
        }
    }

    /// Reads and checks the named files.
    package static func check(files: [String]) throws(RuleFolderError) -> CheckedRules {
        try check(files.map { ($0, $0, $0) })
    }

    private static func check(
        _ files: [(read: String, shown: String, logged: String)]
    ) throws(RuleFolderError) -> CheckedRules {
        var shown: [RuleSource] = []
        var logged: [RuleSource] = []
        var unreadable: [Diagnostic] = []
        for file in files {
            let bytes = try read(file.read)
            do throws(Diagnostic) {
                let source = try RuleSource(path: file.shown, bytes: bytes)
                shown.append(source)
                logged.append(RuleSource(path: file.logged, text: source.text))
            } catch {
                unreadable.append(error)
            }
        }
        return try check(shown, logged: logged, unreadable)
    }

    /// Checks files that were read already.
    package static func check(sources: [RuleSource]) throws(RuleFolderError) -> CheckedRules {
        let ordered = sources.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        return try check(ordered, logged: ordered, [])
    }

    private static func check(
        _ shown: [RuleSource],
        logged: [RuleSource],
        _ unreadable: [Diagnostic]
    ) throws(RuleFolderError) -> CheckedRules {
        let system = SystemZones()
        let compilation = compileRules(shown, zones: system.zone)
        guard !system.isMissing else { throw RuleFolderError(noZones: SystemZones.folder) }
        var proposed: ProposedRules?
        if unreadable.isEmpty, let ruleSet = compilation.ruleSet {
            proposed = ProposedRules(
                sources: logged,
                ruleSet: ruleSet,
                zones: compilation.zones
            )
        }
        let diagnostics = unreadable + compilation.diagnostics
        let errors = diagnostics.count { $0.severity == .error }
        return CheckedRules(
            fileCount: shown.count + unreadable.count,
            rendered: unreadable.map(\.rendered).joined() + compilation.rendered,
            diagnostics: diagnostics,
            errorCount: errors + compilation.omittedErrors,
            shown: shown,
            tests: proposed == nil ? [] : compilation.tests,
            proposed: proposed
        )
    }

    private static func collect(
        _ root: String,
        _ folder: String,
        depth: Int,
        into paths: inout [String]
    ) throws(RuleFolderError) {
        let path = folder.isEmpty ? root : "\(root)/\(folder)"
        // A link to a folder above would go on for ever.
        guard depth <= depthMax else { throw RuleFolderError(tooDeep: path) }
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            throw RuleFolderError(folder: path, isRoot: depth == 0)
        }
        // Editors leave hidden files behind that were never meant as rules.
        for name in names where !name.hasPrefix(".") {
            let inner = folder.isEmpty ? name : "\(folder)/\(name)"
            var isDirectory: ObjCBool = false
            _ = unsafe FileManager.default.fileExists(
                atPath: "\(root)/\(inner)",
                isDirectory: &isDirectory
            )
            if isDirectory.boolValue {
                try collect(root, inner, depth: depth + 1, into: &paths)
            } else if name.hasSuffix(".seg") {
                paths.append(inner)
            }
        }
    }

    /// A file's bytes, no more of them than show that it is too large.
    package static func read(_ path: String) throws(RuleFolderError) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw RuleFolderError(file: path, errno: errno) }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            return try Array(file.read(upToCount: Limits.fileBytesMax + 1) ?? Data())
        } catch {
            throw RuleFolderError(file: path, errno: errno)
        }
    }
}

/// Why rule files could not be read.
package struct RuleFolderError: Error, CustomStringConvertible, Sendable {
    /// What is wrong and what to do.
    package let description: String

    init(noFilesIn folder: String) {
        description =
            "there are no rule files (*.seg) in \(printable(folder)); write one, or name "
            + "another folder with --rules"
    }

    init(tooDeep folder: String) {
        description =
            "the folder \(printable(folder)) lies too deep; is there a link to a folder above?"
    }

    init(noZones folder: String) {
        description =
            "the rules name a timezone, and this machine has no data of timezones: there is no "
            + "folder \(folder). Install Debian's package tzdata."
    }

    init(folder: String, isRoot: Bool) {
        // The slash makes a file that stands in the place say so.
        let why = unsafe access(folder + "/", R_OK | X_OK) == 0 ? EIO : errno
        description =
            "cannot read the rules folder \(printable(folder)): \(reason(why)). "
            + (isRoot
                ? "Make it and put rule files (*.seg) there, or name another one with --rules."
                : "Check who may read it.")
    }

    init(file: String, errno: Int32) {
        description =
            "cannot read the rule file \(printable(file)): \(reason(errno)). Check that the path "
            + "is right and who may read it."
    }
}

/// What the system says about a failure.
func reason(_ errno: Int32) -> String { unsafe String(cString: strerror(errno)) }
