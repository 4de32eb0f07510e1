/// What a log has seen of an event's name.
public struct SeenEvent: Sendable {
    /// The name, as it was sent.
    public var name: String
    /// How often in the last 7 days.
    public var lastWeek: Int

    /// An event that came so often.
    public init(name: String, lastWeek: Int) {
        self.name = name
        self.lastWeek = lastWeek
    }
}

/// Looks for what is legal and probably wrong.
///
/// `# allow: NAME` in a comment before a segment silences a warning there.
/// - Parameters:
///   - sources: the files of a rule set without errors.
///   - seen: the events that the log has seen; nil where there is none to ask.
/// - Returns: Warnings, by file and place.
public func lintRules(
    _ sources: [RuleSource],
    zones: (String) -> Zone? = { _ in nil },
    seen: [SeenEvent]? = nil
) -> [Diagnostic] {
    withoutActuallyEscaping(zones) { zones in
        var checker = Checker(zones: zones)
        var files = sources.map { source in
            Parser.parse(SourceText(path: source.path, text: source.text), keepsParts: true)
        }
        files.sort { $0.source.path.utf8.lexicographicallyPrecedes($1.source.path.utf8) }
        for file in files { checker.declare(file) }
        checker.finishDeclarations()
        for (index, file) in files.enumerated() { checker.check(file, at: index) }
        var linter = Linter(
            conditions: Dictionary(
                checker.segments.map { ($0.name, $0.condition) },
                uniquingKeysWith: { first, _ in first }
            ),
            seen: seen,
            declaresEvents: !checker.contract.events.isEmpty
        )
        var diagnostics: [Diagnostic] = []
        for (index, file) in files.enumerated() {
            var lines = LineReader(file.source)
            for segment in file.segments {
                let allowances = file.allowances(before: segment)
                let allowed = Set(allowances.map(\.name))
                for allowance in allowances where !Linter.names.contains(allowance.name) {
                    diagnostics.append(
                        lines.diagnostic(
                            Warning(
                                name: "unknown-allow",
                                range: allowance.range,
                                message: "no warning is called '\(shortened(allowance.name))'",
                                fix: nearest(to: allowance.name, among: Linter.names).map {
                                    "did you mean '\($0)'?"
                                }
                            )
                        )
                    )
                }
                let parts = checker.conditions(of: segment, in: file, at: index)
                for warning in linter.warnings(segment, parts) where !allowed.contains(warning.name)
                {
                    diagnostics.append(lines.diagnostic(warning))
                }
            }
        }
        return diagnostics
    }
}

/// A warning, before lines and columns are counted.
struct Warning {
    /// What `# allow:` calls it.
    var name: String
    var range: Range<Int>
    var message: String
    var fix: String?
}

extension LineReader {
    /// The warning as the reader of the rules gets it.
    mutating func diagnostic(_ warning: Warning) -> Diagnostic {
        var diagnostic = diagnostic(
            Complaint(
                range: warning.range,
                message: "\(warning.message) [\(warning.name)]",
                fix: warning.fix
            )
        )
        diagnostic.severity = .warning
        return diagnostic
    }
}

extension FileSyntax {
    /// The names behind `# allow:` in the comments right before a segment.
    fileprivate func allowances(before segment: SegmentSyntax)
        -> [(name: String, range: Range<Int>)]
    {
        var names: [(name: String, range: Range<Int>)] = []
        for comment in comments
        where comment.range.upperBound <= segment.start
            && comment.range.lowerBound >= segment.previousEnd
        {
            let text = source.text(comment.range).drop { $0 == "#" || $0 == " " }
            guard text.hasPrefix("allow:") else { continue }
            for name in text.dropFirst(6).split(whereSeparator: { $0 == "," || $0 == " " }) {
                names.append((String(name.filter { !$0.isWhitespace }), comment.range))
            }
        }
        return names
    }
}

/// A part of a condition with its place and meaning.
struct LintPart {
    var depth: Int
    var range: Range<Int>
    var condition: Condition
}

extension Checker {
    /// The meanings of the parts of a segment's condition.
    fileprivate mutating func conditions(
        of segment: SegmentSyntax,
        in file: FileSyntax,
        at index: Int
    ) -> [LintPart] {
        zone = file.timezone.map { zone(of: $0) } ?? .utc
        source = file.source
        fileIndex = index
        return segment.parts.compactMap { part in
            check(part.condition).map {
                LintPart(depth: part.depth, range: part.range, condition: $0)
            }
        }
    }
}
