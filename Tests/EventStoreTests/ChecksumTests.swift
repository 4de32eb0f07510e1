import CChecksum
import Testing

/// CRC-32C against its definition, bit by bit.
@Suite struct ChecksumTests {
    /// RFC 3720, appendix B.4.
    @Test func standardVectorsHold() {
        #expect(checksum(Array("123456789".utf8)) == 0xE306_9283)
        #expect(checksum(Array(repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(checksum(Array(repeating: 0xFF, count: 32)) == 0x62A8_AB43)
        #expect(checksum(Array(0..<32)) == 0x46DD_794E)
        #expect(checksum((0..<32).reversed()) == 0x113F_DB5C)
    }

    /// Long ones are summed in lanes beside each other, so all lengths around several blocks are tried.
    @Test func everyLengthAndStartIsAsByDefinition() {
        var random = SystemRandomNumberGenerator()
        let bytes = (0..<800).map { _ in UInt8.random(in: 0...255, using: &random) }
        for start in 0..<3 {
            let before = UInt32.random(in: 0...UInt32.max, using: &random)
            var expected = ~before
            for end in start...bytes.count {
                let part = Array(bytes[start..<end])
                #expect(checksum(part, from: before) == ~expected, "\(start)..<\(end)")
                guard end < bytes.count else { continue }
                expected ^= UInt32(bytes[end])
                for _ in 0..<8 {
                    expected = expected & 1 == 1 ? expected >> 1 ^ 0x82F6_3B78 : expected >> 1
                }
            }
        }
    }

    private func checksum(_ bytes: [UInt8], from before: UInt32 = 0) -> UInt32 {
        unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe checksum_crc32c(before, bytes.baseAddress, bytes.count)
        }
    }
}
