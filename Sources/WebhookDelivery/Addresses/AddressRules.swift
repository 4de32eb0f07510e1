/// Which addresses webhooks may be sent to: public ones, and what the operator allows by name.
///
/// Who may name a URL could else have the daemon speak to services that trust its network.
package struct AddressRules: Sendable {
    /// Why an address is refused.
    package enum Refusal: String, Sendable {
        /// It means this machine.
        case loopback = "a loopback address"
        /// It belongs to a network of its own.
        case `private` = "a private address"
        /// It is of one link only, where clouds keep their metadata too.
        case linkLocal = "a link-local address"
        /// It means many machines.
        case multicast = "a multicast address"
        /// It means no machine, or this one.
        case unspecified = "the unspecified address"
        /// It is set aside by the registries.
        case reserved = "a reserved address"
    }

    private let allowed: [AddressBlock]

    /// Rules with those exceptions.
    package init(allowing allowed: [AddressBlock] = []) {
        self.allowed = allowed
    }

    /// Why an address is refused; nil where webhooks may be sent to it.
    package func refusal(of address: IPAddress) -> Refusal? {
        if allowed.contains(where: { $0.contains(address) }) { return nil }
        // It leads to another address, and so to what that one means.
        if let inner = address.embedded { return refusal(of: inner) }
        switch address {
        case .v4: return AddressRules.v4.first { $0.block.contains(address) }?.refusal
        case .v6:
            if let found = AddressRules.v6.first(where: { $0.block.contains(address) }) {
                return found.refusal
            }
            return AddressRules.globalUnicast.contains(address) ? nil : .reserved
        }
    }

    private typealias Row = (block: AddressBlock, refusal: Refusal)

    // https://www.iana.org/assignments/iana-ipv4-special-registry
    private static let v4: [Row] = [
        (AddressBlock(v4: 0, 8), .unspecified),
        (AddressBlock(v4: 0x0A00_0000, 8), .private),
        (AddressBlock(v4: 0x6440_0000, 10), .private),
        (AddressBlock(v4: 0x7F00_0000, 8), .loopback),
        (AddressBlock(v4: 0xA9FE_0000, 16), .linkLocal),
        (AddressBlock(v4: 0xAC10_0000, 12), .private),
        (AddressBlock(v4: 0xC000_0000, 24), .reserved),
        (AddressBlock(v4: 0xC000_0200, 24), .reserved),
        (AddressBlock(v4: 0xC058_6300, 24), .reserved),
        (AddressBlock(v4: 0xC0A8_0000, 16), .private),
        (AddressBlock(v4: 0xC612_0000, 15), .reserved),
        (AddressBlock(v4: 0xC633_6400, 24), .reserved),
        (AddressBlock(v4: 0xCB00_7100, 24), .reserved),
        (AddressBlock(v4: 0xE000_0000, 4), .multicast),
        (AddressBlock(v4: 0xF000_0000, 4), .reserved),
    ]

    // https://www.iana.org/assignments/iana-ipv6-special-registry
    private static let v6: [Row] = [
        (AddressBlock(v6: 0, 128), .unspecified),
        (AddressBlock(v6: 1, 128), .loopback),
        (AddressBlock(v6: 0xFC << 120, 7), .private),
        (AddressBlock(v6: 0xFE80 << 112, 10), .linkLocal),
        (AddressBlock(v6: 0xFEC0 << 112, 10), .private),
        (AddressBlock(v6: 0xFF << 120, 8), .multicast),
        (AddressBlock(v6: 0x2001 << 112, 23), .reserved),
        (AddressBlock(v6: 0x2001_0DB8 << 96, 32), .reserved),
        (AddressBlock(v6: 0x3FFF << 112, 20), .reserved),
    ]

    /// All that is given out to machines of the Internet so far.
    private static let globalUnicast = AddressBlock(v6: 0x2000 << 112, 3)
}
