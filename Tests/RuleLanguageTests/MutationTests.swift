import RuleLanguage
import Testing

/// Damaged rule files never trap or hang, and give either rules or an error.
@Suite struct MutationTests {
    static let cases = 20_000
    static let seed: UInt64 = 0x5E67_ED01

    @Test func damagedFilesAreAnswered() throws {
        let sources = try GoldenTests.names.filter { $0 != "long-line" }.map(GoldenTests.source)
        var generator = SplitMix(state: MutationTests.seed)
        for number in 0..<MutationTests.cases {
            let original = sources[generator.below(sources.count)]
            let text = mutated(original, from: sources, &generator)
            let compilation = compileRules([RuleSource(path: "m.seg", text: text)])
            let hasError = compilation.diagnostics.contains { $0.severity == .error }
            guard (compilation.ruleSet == nil) == hasError, isInPlace(compilation, in: text) else {
                Issue.record(
                    "case \(number) of seed \(MutationTests.seed): \(text.debugDescription)"
                )
                return
            }
            if let rules = compilation.ruleSet {
                let again = compileRules([RuleSource(path: "m.seg", text: text)])
                #expect(again.ruleSet == rules)
            }
        }
    }

    /// Every diagnostic names a place that the text has, and renders as three lines.
    private func isInPlace(_ compilation: RuleCompilation, in text: String) -> Bool {
        let lines = text.utf8.count { $0 == UInt8(ascii: "\n") } + 1
        return compilation.diagnostics.allSatisfy { diagnostic in
            (1...lines).contains(diagnostic.line) && diagnostic.column >= 1
                && diagnostic.endColumn > diagnostic.column
                && diagnostic.rendered.utf8.count { $0 == UInt8(ascii: "\n") } == 3
        }
    }

    private func mutated(
        _ original: String,
        from sources: [String],
        _ generator: inout SplitMix
    ) -> String {
        var text = original
        for _ in 0...generator.below(4) {
            text =
                generator.below(2) == 0
                ? mutatedWords(text, from: sources, &generator) : mutatedBytes(text, &generator)
        }
        return text
    }

    private func mutatedWords(
        _ text: String,
        from sources: [String],
        _ generator: inout SplitMix
    ) -> String {
        var words = text.split(separator: " ", omittingEmptySubsequences: false)
        let index = generator.below(words.count)
        switch generator.below(4) {
        case 0: words.remove(at: index)
        case 1: words.insert(words[index], at: generator.below(words.count + 1))
        case 2: words.swapAt(index, generator.below(words.count))
        default:
            let other = sources[generator.below(sources.count)].split(separator: " ")
            guard !other.isEmpty else { break }
            words.insert(other[generator.below(other.count)], at: index)
        }
        return words.joined(separator: " ")
    }

    private func mutatedBytes(_ text: String, _ generator: inout SplitMix) -> String {
        var bytes = Array(text.utf8)
        let index = generator.below(bytes.count + 1)
        let signs = Array("()\"'.,-%=<>!\\{}[]0179aTZ_$#é\n\t\r\0\u{1B}".utf8)
        switch generator.below(3) {
        case 0 where index < bytes.count: bytes.remove(at: index)
        case 1 where index < bytes.count: bytes[index] = UInt8(generator.below(256))
        default: bytes.insert(signs[generator.below(signs.count)], at: index)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// SplitMix64: the same sequence on every machine.
///
/// Source: https://prng.di.unimi.it/splitmix64.c
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(bound, 1))) }
}
