internal import Glibc

/// An address of the Internet protocol.
package enum IPAddress: Hashable, Sendable {
    /// Version 4: 32 bits.
    case v4(UInt32)
    /// Version 6: 128 bits.
    case v6(UInt128)

    /// Reads `192.0.2.1` or `2001:db8::1`, in the plain notations only.
    package init?(_ text: String) {
        // What follows a NUL would not be looked at.
        guard !text.utf8.contains(0) else { return nil }
        var four = in_addr()
        if unsafe inet_pton(AF_INET, text, &four) == 1 {
            self = .v4(UInt32(bigEndian: four.s_addr))
            return
        }
        var six = in6_addr()
        guard unsafe inet_pton(AF_INET6, text, &six) == 1 else { return nil }
        self = unsafe withUnsafeBytes(of: six) { bytes in
            .v6(unsafe bytes.reduce(0) { $0 << 8 | UInt128($1) })
        }
    }

    /// The address of version 4 that one of version 6 leads to: mapped, translated or tunnelled.
    var embedded: IPAddress? {
        guard case .v6(let bits) = self else { return nil }
        let low = UInt32(truncatingIfNeeded: bits)
        switch bits >> 32 {
        case 0xFFFF: return .v4(low)
        case 0x0064_FF9B << 64: return .v4(low)
        default: break
        }
        guard bits >> 112 == 0x2002 else { return nil }
        return .v4(UInt32(truncatingIfNeeded: bits >> 80))
    }
}

extension IPAddress: CustomStringConvertible {
    /// The plain notation.
    package var description: String {
        switch self {
        case .v4(let bits):
            return (0..<4).map { String(bits >> UInt32(24 - 8 * $0) & 255) }.joined(separator: ".")
        case .v6(let bits):
            var address = in6_addr()
            unsafe withUnsafeMutableBytes(of: &address) { bytes in
                for index in 0..<16 {
                    unsafe bytes[index] = UInt8(truncatingIfNeeded: bits >> (120 - 8 * index))
                }
            }
            var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
            unsafe inet_ntop(AF_INET6, &address, &text, socklen_t(text.count))
            return String(decoding: text.prefix { $0 != 0 }.map { UInt8($0) }, as: UTF8.self)
        }
    }
}
