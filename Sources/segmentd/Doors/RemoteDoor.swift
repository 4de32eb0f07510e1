internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import SegmentServer

/// Asks the daemon that has a data directory, over the socket in it.
struct RemoteDoor: Door {
    private static let answerTimeMax = TimeAmount.seconds(60)
    private static let bodyBytesMax = 64 << 20

    private let socket: String
    private let base: String

    init(socket: String) {
        self.socket = socket
        base = "http+unix://" + percentEncoded(socket)
    }

    /// Whether a daemon answers there.
    func answers() async -> Bool {
        let request = HTTPClientRequest(url: base + "/readyz")
        let answer = try? await HTTPClient.shared.execute(request, timeout: .seconds(1))
        return answer != nil
    }

    func transitions(after: String?, limit: Int) async throws(CommandFailure) -> TransitionPage {
        let query = after.map { "&after=\(percentEncoded($0))" } ?? ""
        return try await get("/v1/transitions?limit=\(limit)\(query)")
    }

    func segments() async throws(CommandFailure) -> SegmentList { try await get("/v1/segments") }

    func members(
        of segment: String,
        after: UInt64?,
        limit: Int
    ) async throws(CommandFailure) -> MemberPage {
        let query = after.map { "&after=\($0)" } ?? ""
        return try await get(
            "/v1/segments/\(percentEncoded(segment))/members?limit=\(limit)\(query)"
        )
    }

    func close() async {}

    private struct Refusal: Decodable {
        var message: String
    }

    private func get<Value: Decodable>(_ path: String) async throws(CommandFailure) -> Value {
        do {
            let answer = try await HTTPClient.shared.execute(
                HTTPClientRequest(url: base + path),
                timeout: RemoteDoor.answerTimeMax
            )
            let body = Data(
                try await answer.body.collect(upTo: RemoteDoor.bodyBytesMax).readableBytesView
            )
            if answer.status == .ok { return try JSONDecoder().decode(Value.self, from: body) }
            throw CommandFailure(try JSONDecoder().decode(Refusal.self, from: body).message)
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure(
                "the daemon did not answer on \(printable(socket)): \(error). Is it still running?"
            )
        }
    }
}

/// A text as one part of a URL.
private func percentEncoded(_ text: String) -> String {
    var result = ""
    for byte in text.utf8 {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"):
            result.unicodeScalars.append(Unicode.Scalar(byte))
        default: result += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
        }
    }
    return result
}
