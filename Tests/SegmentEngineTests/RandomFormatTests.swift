import RuleLanguage
import SegmentTesting
import Testing

/// The formatter on random rule sets over the whole grammar.
@Suite struct RandomFormatTests {
    /// The meaning stays, and formatting again changes nothing.
    @Test func formattingKeepsTheMeaning() throws {
        var count = 0
        for seed in UInt64(1)...400 {
            for source in RandomCase(seed: seed).sources {
                // What stands before is checked by itself, as in the random histories.
                let parts = source.split(separator: RandomContract.separator, maxSplits: 1)
                for part in parts.map(String.init) {
                    let formatted = try Self.formatted(part)
                    #expect(try Self.formatted(formatted) == formatted, "seed \(seed)")
                    #expect(
                        EngineWorld.rules(formatted) == EngineWorld.rules(part),
                        "seed \(seed): \(part)"
                    )
                    if formatted != part { count += 1 }
                }
            }
        }
        #expect(count > 100)
    }

    private static func formatted(_ text: String) throws -> String {
        guard case .formatted(let formatted) = formatRules(RuleSource(path: "t.seg", text: text))
        else {
            Issue.record("refused: \(text)")
            return text
        }
        return formatted
    }
}
