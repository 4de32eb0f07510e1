import Foundation
import Glibc
import Synchronization

/// Takes webhooks on one connection after the other and says when each came.
final class WebhookReceiver: @unchecked Sendable {
    // The listening socket is the accepting thread's; `arrivals` has a lock.
    private let listener: Int32
    let port: UInt16
    private let arrivals = Mutex<[Double]>([])
    private let deliveries = Atomic(0)
    private var taken = 0
    private let answers: Bool

    /// - Parameter answers: Whether it does, or takes what comes and says nothing.
    init(answers: Bool = true) throws {
        self.answers = answers
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard bound, listen(listener, 8) == 0 else { throw BenchmarkError("no port to listen on") }
        port = UInt16(bigEndian: address.sin_port)
        Thread { [self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                Thread { [self] in serve(connection) }.start()
            }
        }.start()
    }

    private func serve(_ connection: Int32) {
        var pending: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let answer = Array("HTTP/1.1 204 No Content\r\n\r\n".utf8)
        while true {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            pending += buffer[..<count]
            while let end = Self.requestEnd(pending) {
                arrivals.withLock { $0.append(Measure.wallSeconds()) }
                deliveries.add(Self.deliveries(pending[..<end]), ordering: .relaxed)
                pending.removeFirst(end)
                guard answers else { continue }
                _ = send(connection, answer, answer.count, Int32(MSG_NOSIGNAL))
            }
        }
        close(connection)
    }

    /// How many transitions have come, batches counted by what is in them.
    var count: Int { deliveries.load(ordering: .relaxed) }

    private static func deliveries(_ request: ArraySlice<UInt8>) -> Int {
        max(places(of: Array(#""type":"segment."#.utf8), in: request, countMax: .max), 1)
    }

    /// How often bytes stand in others.
    private static func places(
        of mark: [UInt8],
        in bytes: ArraySlice<UInt8>,
        countMax: Int
    ) -> Int {
        bytes.withUnsafeBytes { bytes in
            var (count, at) = (0, 0)
            while at + mark.count <= bytes.count, count < countMax {
                if bytes[at] == mark[0], bytes[at..<at + mark.count].elementsEqual(mark) {
                    count += 1
                    at += mark.count
                } else {
                    at += 1
                }
            }
            return count
        }
    }

    /// Where the first request ends, if all of it is there.
    private static func requestEnd(_ bytes: [UInt8]) -> Int? {
        // The end of the head is near, so nothing else is searched.
        guard places(of: Array("\r\n\r\n".utf8), in: bytes.prefix(4_096), countMax: 1) > 0
        else { return nil }
        let text = String(decoding: bytes.prefix(4_096), as: UTF8.self).lowercased()
        guard let head = text.range(of: "\r\n\r\n") else { return nil }
        let size = text.utf8.distance(from: text.startIndex, to: head.upperBound)
        let line = text[..<head.lowerBound].components(separatedBy: "\r\n")
            .first { $0.hasPrefix("content-length:") }
        let length = line.flatMap { Int($0.dropFirst(15).filter(\.isNumber)) } ?? 0
        return bytes.count >= size + length ? size + length : nil
    }

    /// When the next webhook came.
    func next() throws -> Double {
        for _ in 0..<100_000 {
            let found = arrivals.withLock { $0.count > taken ? $0[taken] : nil }
            if let found {
                taken += 1
                return found
            }
            usleep(100)
        }
        throw BenchmarkError("a webhook did not come within ten seconds")
    }
}
