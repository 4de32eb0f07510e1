import SegmentServer
import Testing

struct ListenAddressTests {
    @Test(arguments: [
        ("127.0.0.1:7433", "127.0.0.1", 7433, true),
        ("127.1.2.3:1", "127.1.2.3", 1, true),
        ("localhost:0", "localhost", 0, true),
        ("[::1]:65535", "::1", 65535, true),
        ("[0:0:0:0:0:0:0:1]:80", "0:0:0:0:0:0:0:1", 80, true),
        ("0.0.0.0:7433", "0.0.0.0", 7433, false),
        ("192.168.1.2:7433", "192.168.1.2", 7433, false),
        ("128.0.0.1:7433", "128.0.0.1", 7433, false),
        ("[::]:7433", "::", 7433, false),
        ("[::ffff:127.0.0.1]:7433", "::ffff:127.0.0.1", 7433, false),
        ("*:7433", "*", 7433, false),
        ("example.com:80", "example.com", 80, false),
        ("127.example.com:80", "127.example.com", 80, false),
        ("localhost.:80", "localhost.", 80, false),
    ])
    func isReadAndJudged(text: String, host: String, port: Int, isLoopback: Bool) throws {
        let address = try ListenAddress(text)
        #expect(address == ListenAddress(host: host, port: port))
        #expect(address.isLoopback == isLoopback)
        #expect(try ListenAddress(address.description) == address)
    }

    @Test(arguments: [
        "", ":", ":7433", "7433", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
        "127.0.0.1:+1", "127.0.0.1: 1", "::1:80", "[::1]", "[]:80", "[localhost]:80",
        "http://127.0.0.1:80/",
    ])
    func isRefused(text: String) {
        #expect(throws: AddressError.malformed(text)) { try ListenAddress(text) }
    }

    @Test func refusalsNameTheRemedy() {
        #expect(
            AddressError.malformed("x\u{1B}").description
                == "'x\\u{1B}' is no address to listen on; give a host and a port, such as "
                + "--listen 127.0.0.1:7433"
        )
        #expect(
            AddressError.noKeys(ListenAddress(host: "0.0.0.0", port: 80)).description
                .hasPrefix("refusing to listen on 0.0.0.0:80: other machines could reach it")
        )
    }

    @Test func urlsPutBracketsAroundColons() {
        #expect(ListenAddress(host: "::1", port: 80).url == "http://[::1]:80")
        #expect(ListenAddress.standard.url == "http://127.0.0.1:7433")
    }
}
