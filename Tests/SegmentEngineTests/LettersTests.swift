import EventModel
import Testing

/// `normalized upper` and `lower` rest on the Unicode tables that the toolchain brings.
@Suite struct LettersTests {
    /// Other tables change what logs mean: then `semanticsVersion` is raised, and this number changed.
    @Test func theTablesAreThoseOfThisSemanticsVersion() {
        var hash = StableHash()
        for value in (0...0x10FFFF) as ClosedRange<UInt32> {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let properties = scalar.properties
            guard
                properties.uppercaseMapping != String(scalar)
                    || properties.lowercaseMapping != String(scalar) || properties.isWhitespace
            else { continue }
            hash.feed(
                "\(value) \(properties.uppercaseMapping) \(properties.lowercaseMapping) "
                    + "\(properties.isWhitespace)\n"
            )
        }
        #expect(hash.value == 1968345869588573138)
    }
}
