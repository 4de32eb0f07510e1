/// What became of the files of a rule set.
public struct RuleCompilation: Sendable {
    /// The checked rules; nil where there is any error.
    public var ruleSet: RuleSet?
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
/// - Complexity: O(n log n) in the length of the text.
public func compileRules(_ sources: [RuleSource]) -> RuleCompilation {
    let texts = sources.enumerated().sorted { left, right in
        guard left.element.path == right.element.path else {
            return left.element.path.utf8.lexicographicallyPrecedes(right.element.path.utf8)
        }
        return left.offset < right.offset
    }.map { SourceText(path: $0.element.path, text: $0.element.text) }

    var checker = Checker()
    for text in texts {
        guard text.bytes.count <= Limits.fileBytesMax else {
            checker.refuse(text, "the file is larger than \(Limits.fileBytesMax) bytes: split it")
            continue
        }
        checker.check(Parser.parse(text))
    }
    checker.checkReferences()

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
        diagnostics: diagnostics,
        omittedErrors: errors - diagnostics.count
    )
}
