import EventModel
import Testing

@Suite struct ExactDecimalTests {
    @Test(arguments: [
        ("0", "0"), ("-0", "0"), ("1.50", "1.5"), ("-0.001", "-0.001"), ("1e3", "1000"),
        ("15e-1", "1.5"), ("1.5E+2", "150"), ("0.000000000000000001", "0.000000000000000001"),
        ("59.989999999999995", "59.989999999999995"), ("1e-18", "0.000000000000000001"),
        ("999999999999999999.999999999999999999", "999999999999999999.999999999999999999"),
        ("0e99999999999999999999", "0"), ("0.0000000000000000000000", "0"),
    ])
    func readsExactly(_ spelling: String, _ canonical: String) {
        #expect(ExactDecimal(spelling)?.description == canonical)
    }

    @Test(arguments: [
        "", "-", "1.", ".5", "01", "+1", "1e", "1e+", "0x1", "1_000", "NaN", " 1", "1 ",
        "1e19", "1000000000000000000000", "0.0000000000000000001", "1e-19",
        "123456789012345678901234567890123456789012345678901234567890",
    ])
    func refuses(_ spelling: String) {
        #expect(ExactDecimal(spelling) == nil)
    }

    @Test func sumsAreExact() {
        let parts = ["0.1", "0.2"].compactMap { ExactDecimal($0) }
        let sum = ExactDecimal(units: parts.reduce(0) { $0 + $1.units })
        #expect(sum == ExactDecimal("0.3"))
    }
}
