/// A block of addresses, as `127.0.0.0/8` or `fd00::/8`.
package struct AddressBlock: Hashable, Sendable {
    private let first: IPAddress
    private let prefixBits: Int

    /// Reads a block, or one address.
    ///
    /// - Throws: A `WebhookError` that says what is wrong, also where bits behind the prefix are
    ///   set: `10.1.2.3/8` may mean less than it says.
    package init(_ text: String) throws(WebhookError) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let shown = quoted(text)
        guard let start = parts.first, let address = IPAddress(String(start)) else {
            throw WebhookError(
                "\(shown) is no network; give a block of addresses, such as 127.0.0.0/8 or fd00::/8"
            )
        }
        var prefix = address.bitCount
        if parts.count == 2 {
            let digits = parts[1]
            guard let number = Int(digits), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                number <= address.bitCount
            else {
                throw WebhookError(
                    "\(shown) is no network: behind the / comes the number of fixed bits, 0 to "
                        + "\(address.bitCount)"
                )
            }
            prefix = number
        }
        first = address.cleared(behind: prefix)
        prefixBits = prefix
        guard first == address else {
            throw WebhookError("\(shown) is no network; did you mean \(first)/\(prefix)?")
        }
    }

    init(v4 bits: UInt32, _ prefix: Int) {
        first = .v4(bits)
        prefixBits = prefix
    }

    init(v6 bits: UInt128, _ prefix: Int) {
        first = .v6(bits)
        prefixBits = prefix
    }

    /// Whether an address lies in it; those of the other version never do.
    package func contains(_ address: IPAddress) -> Bool {
        address.cleared(behind: prefixBits) == first
    }
}

extension IPAddress {
    fileprivate var bitCount: Int {
        switch self {
        case .v4: 32
        case .v6: 128
        }
    }

    /// The address with all bits behind the first ones zero; shifts beyond the width give zero.
    fileprivate func cleared(behind prefix: Int) -> IPAddress {
        switch self {
        case .v4(let bits): .v4(bits & ~(UInt32.max >> UInt32(prefix)))
        case .v6(let bits): .v6(bits & ~(UInt128.max >> UInt128(prefix)))
        }
    }
}
