internal import EventModel

/// A whole rule set from any bytes: parsed, checked and rendered.
///
/// An entry for libFuzzer, compiled into the module `RuleLanguage`. A line `# file: …` begins a
/// further file, as in the golden files.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRules(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let compilation: RuleCompilation
    do throws(Diagnostic) {
        compilation = compileRules(try files(bytes), zones: knownZone)
    } catch {
        check(error)
        return 0
    }
    precondition((compilation.ruleSet == nil) == !compilation.diagnostics.isEmpty)
    for diagnostic in compilation.diagnostics { check(diagnostic) }
    if let rules = compilation.ruleSet {
        // What is read of a rule set that is taken.
        precondition(rules.evaluationOrder.count == rules.segments.count)
        precondition(rules.ruleHashes.count == rules.segments.count)
        for segment in rules.segments { precondition(!segment.meaning.isEmpty) }
    }
    return 0
}

private func files(_ bytes: [UInt8]) throws(Diagnostic) -> [RuleSource] {
    let whole = try RuleSource(path: "f.seg", bytes: bytes)
    guard whole.text.utf8.contains(UInt8(ascii: "#")) else { return [whole] }
    var files = [RuleSource(path: "f.seg", text: "")]
    for line in whole.text.split(separator: "\n", omittingEmptySubsequences: false) {
        if line.hasPrefix("# file: ") {
            files.append(RuleSource(path: String(line.dropFirst(8)), text: ""))
        }
        files[files.count - 1].text += line + "\n"
    }
    files[files.count - 1].text.removeLast()
    return files
}

private func check(_ diagnostic: Diagnostic) {
    precondition(diagnostic.line >= 1 && diagnostic.column >= 1)
    precondition(diagnostic.endColumn > diagnostic.column)
    precondition(!diagnostic.message.isEmpty)
    precondition(diagnostic.rendered.utf8.count { $0 == UInt8(ascii: "\n") } == 3)
}

/// Two zones: one whose days all have 24 hours, one that changes its clocks twice a year.
private func knownZone(_ name: String) -> Zone? {
    switch name {
    case "Asia/Tokyo": tokyo
    case "Europe/Berlin": berlin
    default: nil
    }
}

private let tokyo = Zone(
    name: "Asia/Tokyo",
    offsets: [Zone.Offset(from: .distantPast, seconds: 32_400)]
)

private let berlin = Zone(
    name: "Europe/Berlin",
    offsets: [Zone.Offset(from: .distantPast, seconds: 3_600)]
        + [
            ("2025-03-30T01:00:00Z", 7_200), ("2025-10-26T01:00:00Z", 3_600),
            ("2026-03-29T01:00:00Z", 7_200), ("2026-10-25T01:00:00Z", 3_600),
        ].compactMap { text, seconds in
            Instant(rfc3339: text).map { Zone.Offset(from: $0, seconds: seconds) }
        }
)
