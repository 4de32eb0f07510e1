import Glibc

/// A keep-alive HTTP/1.1 connection by blocking system calls, so that the client costs little.
final class HTTPConnection {
    private let descriptor: Int32
    private var buffer = [UInt8](repeating: 0, count: 65_536)
    private var pending: [UInt8] = []

    /// Connects to 127.0.0.1; nil where nobody listens.
    init?(port: UInt16) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else {
            close(descriptor)
            return nil
        }
    }

    deinit { close(descriptor) }

    /// Sends a request and waits for the answer's status; nil where the connection broke.
    ///
    /// - Parameter headers: Further fields, each with its end of line.
    func post(_ path: String, _ body: [UInt8], headers: String = "") -> Int? {
        let head =
            "POST \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + "\(headers)Content-Length: \(body.count)\r\n\r\n"
        guard write(Array(head.utf8) + body) else { return nil }
        return readAnswer()
    }

    private func write(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let rest = bytes[sent...]
            let count = rest.withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    private func readAnswer() -> Int? {
        var end = headEnd()
        while end == nil {
            guard readMore() else { return nil }
            end = headEnd()
        }
        guard let end else { return nil }
        let head = String(decoding: pending[..<end], as: UTF8.self).lowercased()
        let status = head.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        let length = head.split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
            .flatMap { Int($0.dropFirst(15).filter(\.isNumber)) }
        guard let status, let length = status == 204 ? 0 : length else { return nil }
        while pending.count < end + 4 + length {
            guard readMore() else { return nil }
        }
        pending.removeFirst(end + 4 + length)
        return status
    }

    private func headEnd() -> Int? {
        guard pending.count >= 4 else { return nil }
        for index in 0...pending.count - 4
        where pending[index] == 13 && pending[index + 1] == 10 && pending[index + 2] == 13
            && pending[index + 3] == 10
        {
            return index
        }
        return nil
    }

    private func readMore() -> Bool {
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        pending += buffer[..<count]
        return true
    }
}
