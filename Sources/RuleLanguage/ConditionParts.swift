/// A part of a segment's condition, as a segment of its own.
public struct ConditionPart: Sendable {
    /// How it is written, on one line.
    public var text: String
    /// In how many brackets it stands.
    public var depth: Int
    /// Its meaning.
    public var rule: SegmentRule
}

/// The parts that make up a segment's condition, each before those within it: what somebody looks at who asks
/// why a person is in a segment or not.
///
/// - Parameters:
///   - sources: the files of a rule set without errors.
///   - zones: as of `compileRules`.
/// - Returns: The parts, each a rule whose name no file can spell.
public func conditionParts(
    of segment: String,
    in sources: [RuleSource],
    zones: (String) -> Zone? = { _ in nil }
) -> [ConditionPart] {
    conditionParts(ofAll: [segment], in: sources, zones: zones)[segment] ?? []
}

/// The parts of several segments' conditions, by their names; see `conditionParts(of:in:zones:)`.
public func conditionParts(
    ofAll segments: Set<String>,
    in sources: [RuleSource],
    zones: (String) -> Zone? = { _ in nil }
) -> [String: [ConditionPart]] {
    withoutActuallyEscaping(zones) { zones in
        var checker = Checker(zones: zones)
        let files = sources.map { source in
            Parser.parse(SourceText(path: source.path, text: source.text), keepsParts: true)
        }
        for file in files { checker.declare(file) }
        checker.finishDeclarations()
        var parts: [String: [ConditionPart]] = [:]
        for (index, file) in files.enumerated() {
            for found in file.segments where segments.contains(found.name.text) {
                parts[found.name.text] = checker.parts(of: found, in: file, at: index)
            }
        }
        return parts
    }
}

extension Checker {
    fileprivate mutating func parts(
        of segment: SegmentSyntax,
        in file: FileSyntax,
        at index: Int
    ) -> [ConditionPart] {
        zone = file.timezone.map { zone(of: $0) } ?? .utc
        source = file.source
        fileIndex = index
        var parts: [ConditionPart] = []
        for part in segment.parts {
            guard let condition = check(part.condition) else { continue }
            let rule = SegmentRule(
                name: "\u{0}\(parts.count)",
                title: "",
                note: "",
                condition: condition
            )
            parts.append(ConditionPart(text: part.text, depth: part.depth, rule: rule))
        }
        let read = RuleSet(parts.map(\.rule), under: contract)
        for place in parts.indices {
            let name = parts[place].rule.name
            if let rule = read.segments.first(where: { $0.name == name }) {
                parts[place].rule = rule
            }
        }
        return parts
    }
}
