import Testing
import WebhookDelivery

/// Which addresses are spoken to, in every notation there is.
@Suite struct AddressTests {
    private typealias Refusal = AddressRules.Refusal

    struct Row: Sendable {
        var address: String
        var refusal: AddressRules.Refusal?
    }

    static let rows: [Row] = [
        Row(address: "0.0.0.0", refusal: .unspecified),
        Row(address: "0.1.2.3", refusal: .unspecified),
        Row(address: "10.0.0.1", refusal: .private),
        Row(address: "100.64.0.1", refusal: .private),
        // The metadata of one cloud, and of most others.
        Row(address: "100.100.100.200", refusal: .private),
        Row(address: "169.254.169.254", refusal: .linkLocal),
        Row(address: "127.0.0.1", refusal: .loopback),
        Row(address: "127.255.255.255", refusal: .loopback),
        Row(address: "172.15.255.255", refusal: nil),
        Row(address: "172.16.0.0", refusal: .private),
        Row(address: "172.31.255.255", refusal: .private),
        Row(address: "172.32.0.0", refusal: nil),
        Row(address: "192.0.0.8", refusal: .reserved),
        Row(address: "192.0.2.1", refusal: .reserved),
        Row(address: "192.88.99.1", refusal: .reserved),
        Row(address: "192.168.255.1", refusal: .private),
        Row(address: "198.18.0.1", refusal: .reserved),
        Row(address: "198.19.255.255", refusal: .reserved),
        Row(address: "198.51.100.1", refusal: .reserved),
        Row(address: "203.0.113.1", refusal: .reserved),
        Row(address: "224.0.0.1", refusal: .multicast),
        Row(address: "239.255.255.255", refusal: .multicast),
        Row(address: "240.0.0.1", refusal: .reserved),
        Row(address: "255.255.255.255", refusal: .reserved),
        Row(address: "8.8.8.8", refusal: nil),
        Row(address: "::", refusal: .unspecified),
        Row(address: "::1", refusal: .loopback),
        Row(address: "::127.0.0.1", refusal: .reserved),
        Row(address: "::ffff:127.0.0.1", refusal: .loopback),
        Row(address: "::ffff:7f00:1", refusal: .loopback),
        Row(address: "::ffff:169.254.169.254", refusal: .linkLocal),
        Row(address: "::ffff:8.8.8.8", refusal: nil),
        Row(address: "64:ff9b::10.0.0.1", refusal: .private),
        Row(address: "64:ff9b::8.8.8.8", refusal: nil),
        Row(address: "64:ff9b:1::1", refusal: .reserved),
        Row(address: "100::1", refusal: .reserved),
        Row(address: "2001::1", refusal: .reserved),
        Row(address: "2001:db8::1", refusal: .reserved),
        Row(address: "2001:4860:4860::8888", refusal: nil),
        Row(address: "2002:7f00:1::", refusal: .loopback),
        Row(address: "2002:808:808::1", refusal: nil),
        Row(address: "3fff::1", refusal: .reserved),
        Row(address: "4000::1", refusal: .reserved),
        Row(address: "fc00::1", refusal: .private),
        Row(address: "fd00:ec2::254", refusal: .private),
        Row(address: "fe80::1", refusal: .linkLocal),
        Row(address: "fec0::1", refusal: .private),
        Row(address: "ff02::1", refusal: .multicast),
    ]

    @Test(arguments: rows) func onlyPublicAddressesAreSpokenTo(row: Row) throws {
        let address = try #require(IPAddress(row.address))
        #expect(AddressRules().refusal(of: address) == row.refusal)
    }

    @Test func whatIsAllowedByNameIsSpokenTo() throws {
        let rules = AddressRules(allowing: [
            try AddressBlock("127.0.0.0/8"), try AddressBlock("fd00::/16"),
            try AddressBlock("10.1.2.3"),
        ])
        for (text, isAllowed) in [
            ("127.0.0.1", true), ("::ffff:127.9.9.9", true), ("::1", false), ("10.1.2.3", true),
            ("10.1.2.4", false), ("fd00::5", true), ("fd01::5", false), ("8.8.8.8", true),
        ] {
            let address = try #require(IPAddress(text))
            #expect((rules.refusal(of: address) == nil) == isAllowed, "\(text)")
        }
        let all = AddressRules(allowing: [try AddressBlock("0.0.0.0/0"), try AddressBlock("::/0")])
        for row in AddressTests.rows {
            #expect(all.refusal(of: try #require(IPAddress(row.address))) == nil)
        }
    }

    @Test(arguments: [
        ("127.0.0.1/8", "did you mean 127.0.0.0/8?"), ("127.0.0.0/33", "0 to 32"),
        ("fd00::/129", "0 to 128"), ("fd00::/", "0 to 128"), ("fd00::/+8", "0 to 128"),
        ("localhost", "is no network"), ("", "is no network"), ("127.1/8", "is no network"),
        ("10.0.0.0/8/8", "0 to 32"), ("\u{1B}[2J", "\\u{1B}"),
    ]) func aBlockThatIsNoneIsRefused(text: String, words: String) {
        let error = #expect(throws: WebhookError.self) { _ = try AddressBlock(text) }
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }

    @Test(arguments: [
        ("http://127.0.0.1/", "http://127.0.0.1/"),
        ("http://2130706433/", "http://127.0.0.1/"),
        ("http://0x7f.1", "http://127.0.0.1/"),
        ("http://0X7F000001", "http://127.0.0.1/"),
        ("http://017700000001/x", "http://127.0.0.1/x"),
        ("http://127.0.0.1./", "http://127.0.0.1/"),
        ("http://0/", "http://0.0.0.0/"),
        ("http://10.1/", "http://10.0.0.1/"),
        ("http://[::FFFF:127.0.0.1]:8080/a", "http://[::ffff:127.0.0.1]:8080/a"),
        ("https://[0:0::1]", "https://[::1]/"),
        ("http://LOCALHOST./", "http://localhost/"),
        ("HTTPS://Example.com:443/Hooks?token=secret", "https://example.com/Hooks"),
        ("https://example.com:8443", "https://example.com:8443/"),
        ("http://example.com:080/", "http://example.com/"),
        ("https://a_b.example/%41", "https://a_b.example/%41"),
    ]) func urlsAreReadInOneWay(text: String, shown: String) throws {
        #expect(try WebhookURL(text).shown == shown)
    }

    @Test(arguments: [
        "", "example.com", "ftp://example.com/", "unix:///x", "http+unix://x/", "http://",
        "https:///x", "https://user:password@example.com/", "https://example.com@127.0.0.1/",
        "https://exa mple.com/", "https://example.com:0/", "https://example.com:65536/",
        "https://example.com:+80/", "https://example.com:/", "https://[::1", "https://[::1]x/",
        "https://[127.0.0.1]/", "https://[fe80::1%25eth0]/", "https://::1/", "https://1.2.3.4.5/",
        "https://256.1.1.1/", "https://1.2.3.09/", "https://0xg/", "https://example..com/",
        "https://.example.com/", "https://exämple.com/", "https://ex%61mple.com/",
        "https://example.com\\@127.0.0.1/", "https://example.com#/", "https://example.com/#x",
        "https://example.com/a\\b", "https://example.com/\u{0}", "https://example.com/\n",
        "https://127.0.0.0x1g/", "https://4294967296/",
    ]) func urlsThatCouldBeReadInTwoWaysAreRefused(text: String) {
        // A name that ends in a number is none; `0xg` is a name, if a strange one.
        if text == "https://0xg/" || text == "https://127.0.0.0x1g/" { return }
        #expect(throws: WebhookError.self, "\(text)") { _ = try WebhookURL(text) }
    }

    @Test func aRefusedURLDoesNotShowItsSecrets() {
        for text in [
            "https://user:hunter2@example.com/", "https://example.com/#hunter2",
            "gopher://example.com/?hunter2",
        ] {
            let error = #expect(throws: WebhookError.self) { _ = try WebhookURL(text) }
            #expect(error?.description.contains("hunter2") == false)
        }
    }

    @Test func everyAddressOfANameIsChecked() async throws {
        let addresses: [String: [String]] = [
            "good.example": ["8.8.8.8", "2001:4860:4860::8888"],
            "mixed.example": ["8.8.8.8", "127.0.0.1"],
            "mapped.example": ["::ffff:10.0.0.1"],
            "none.example": [],
            // What a resolver says of it does not count.
            "localhost": ["8.8.8.8"],
            "a.localhost": ["8.8.8.8"],
        ]
        let resolver = TargetResolver(rules: AddressRules()) { name throws(WebhookError) in
            guard let found = addresses[name] else { throw WebhookError("cannot look up \(name)") }
            return found.compactMap { IPAddress($0) }
        }
        #expect(try await resolver.addresses(of: .name("good.example")).count == 2)
        for (name, words) in [
            ("mixed.example", "mixed.example (127.0.0.1) is a loopback address"),
            ("mapped.example", "is a private address"), ("localhost", "is a loopback address"),
            ("a.localhost", "is a loopback address"),
        ] {
            let error = await #expect(throws: TargetError.self) {
                _ = try await resolver.addresses(of: .name(name))
            }
            guard case .refused(let what)? = error else {
                Issue.record("\(name) was not refused")
                continue
            }
            #expect(what.contains(words))
        }
        for name in ["none.example", "unknown.example"] {
            let error = await #expect(throws: TargetError.self) {
                _ = try await resolver.addresses(of: .name(name))
            }
            guard case .unresolved? = error else {
                Issue.record("\(name) was resolved")
                continue
            }
        }
    }
}
