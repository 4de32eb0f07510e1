/// What became of the files of a rule set.
public struct RuleCompilation: Sendable {
    /// The checked rules; nil where there is any error.
    public var ruleSet: RuleSet?
    /// The tests, in order of files and lines; none where there is any error.
    public var tests: [RuleTest]
    /// The timezones that the files name, other than UTC, in order of their names: what they are belongs to
    /// the meaning of the rules.
    public var zones: [Zone]
    /// What is wrong, by file and place, at most 100 of them.
    public var diagnostics: [Diagnostic]
    /// How many further errors are not shown.
    public var omittedErrors: Int

    /// All diagnostics as a terminal shows them, with a closing line where some are not shown.
    public var rendered: String {
        var text = diagnostics.map(\.rendered).joined()
        if omittedErrors > 0 {
            let errors = omittedErrors == 1 ? "1 more error" : "\(omittedErrors) more errors"
            text += "\(errors) not shown: mend these first\n"
        }
        return text
    }
}

/// Compiles the files of one rule set, which may come in any order.
///
/// Every independent error of every file is reported in one run.
/// - Parameters:
///   - sources: the files.
///   - zones: finds the timezone of a name such as `Europe/Berlin`, nil where there is none; asked
///     for names of letters, digits, `_`, `-`, `+` and single `/` only, and never for UTC.
///   - checksNames: whether rules may use only what is declared, where any event is, as its type allows, and
///     tests are looked at; false for rules that were checked before, maybe by a version that knew less.
/// - Complexity: O(n log n) in the length of the text.
public func compileRules(
    _ sources: [RuleSource],
    zones: (String) -> Zone? = { _ in nil },
    checksNames: Bool = true
) -> RuleCompilation {
    withoutActuallyEscaping(zones) { compile(sources, $0, checksNames) }
}

private func compile(
    _ sources: [RuleSource],
    _ zones: @escaping (String) -> Zone?,
    _ checksNames: Bool
) -> RuleCompilation {
    let texts = sources.enumerated().sorted { left, right in
        guard left.element.path == right.element.path else {
            return left.element.path.utf8.lexicographicallyPrecedes(right.element.path.utf8)
        }
        return left.offset < right.offset
    }.map { SourceText(path: $0.element.path, text: $0.element.text) }

    // All that is declared is known before any condition is checked: it may stand in the last file.
    let files = texts.map { text in
        text.bytes.count <= Limits.fileBytesMax ? Parser.parse(text) : nil
    }
    var found: [String: Zone] = [:]
    var checker = Checker { name in
        let zone = zones(name)
        found[name] = zone
        return zone
    }
    for (text, file) in zip(texts, files) {
        if let file {
            checker.declare(file)
        } else {
            checker.refuse(text, "the file is larger than \(Limits.fileBytesMax) bytes: split it")
        }
    }
    checker.checksNames = checksNames
    checker.finishDeclarations()
    checker.checkActivities()
    for (index, file) in files.enumerated() {
        if let file { checker.check(file, at: index) }
    }
    for (index, file) in files.enumerated() where checksNames {
        if let file { checker.checkTests(of: file, at: index) }
    }
    checker.checkReferences()
    checker.checkSizes()

    var diagnostics: [Diagnostic] = []
    var errors = 0
    for file in checker.files {
        errors += file.complaints.count
        let room = Limits.errorsMax - diagnostics.count
        var lines = LineReader(file.source)
        diagnostics += file.complaints.sorted.prefix(room).map { lines.diagnostic($0) }
    }
    let ruleSet = RuleSet(checker.segments, under: checker.contract)
    return RuleCompilation(
        ruleSet: errors == 0 ? ruleSet : nil,
        tests: errors == 0 ? checker.tests : [],
        zones: found.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map(\.value),
        diagnostics: diagnostics,
        omittedErrors: errors - diagnostics.count
    )
}
