/// What became of the files of a rule set.
public struct RuleCompilation: Sendable {
    /// The checked rules; nil where there is any error.
    public var ruleSet: RuleSet?
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
/// - Complexity: O(n log n) in the length of the text.
public func compileRules(
    _ sources: [RuleSource],
    zones: (String) -> Zone? = { _ in nil }
) -> RuleCompilation {
    withoutActuallyEscaping(zones) { compile(sources, $0) }
}

private func compile(_ sources: [RuleSource], _ zones: @escaping (String) -> Zone?)
    -> RuleCompilation
{
    let texts = sources.enumerated().sorted { left, right in
        guard left.element.path == right.element.path else {
            return left.element.path.utf8.lexicographicallyPrecedes(right.element.path.utf8)
        }
        return left.offset < right.offset
    }.map { SourceText(path: $0.element.path, text: $0.element.text) }

    // Each file is parsed before any is checked: an activity may be declared in the last one.
    let files = texts.map { text in
        text.bytes.count <= Limits.fileBytesMax ? Parser.parse(text) : nil
    }
    let activities = files.compactMap { $0 }.flatMap { $0.activities.map(\.text) }
    var found: [String: Zone] = [:]
    var checker = Checker(activities: activities) { name in
        let zone = zones(name)
        found[name] = zone
        return zone
    }
    for (text, file) in zip(texts, files) {
        if let file {
            checker.check(file)
        } else {
            checker.refuse(text, "the file is larger than \(Limits.fileBytesMax) bytes: split it")
        }
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
    let ruleSet = RuleSet(segments: checker.segments)
        .counting(once: checker.uniqueKeys, namespaces: checker.namespaces)
    return RuleCompilation(
        ruleSet: errors == 0 ? ruleSet : nil,
        zones: found.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map(\.value),
        diagnostics: diagnostics,
        omittedErrors: errors - diagnostics.count
    )
}
