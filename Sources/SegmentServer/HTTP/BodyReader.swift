internal import CZlib
internal import EventWire
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// Reads the bodies of requests, compressed or not, up to a bound.
enum BodyReader {
    /// How much of a body that is too large is read and passed over: a sender reads the answer only once it has
    /// sent it, and would find the connection closed before.
    private static let passedOverBytesMax = 16 << 20

    /// The body as its sender meant it.
    ///
    /// - Parameters:
    ///   - bytesMax: How much fits, before and after it is inflated.
    ///   - remedy: What to do about more.
    static func read(_ request: Request, bytesMax: Int, remedy: String) async throws -> [UInt8] {
        let isCompressed = try isCompressed(request)
        let tooLarge = APIError(
            413,
            WireCode.bodyTooLarge.rawValue,
            "the body has more than \(bytesMax) bytes; at most so many fit: \(remedy)"
        )
        let length = request.headers[.contentLength].flatMap { Int($0) } ?? 0
        // Before a sender goes to the trouble of sending it.
        if length > bytesMax, request.headers[.expect] != nil { throw tooLarge }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(length, bytesMax))
        var count = 0
        for try await part in request.body {
            count += part.readableBytes
            if max(count, length) <= bytesMax {
                bytes.append(contentsOf: part.readableBytesView)
            } else if count > bytesMax + passedOverBytesMax {
                break
            }
        }
        guard max(count, length) <= bytesMax else { throw tooLarge }
        // Some proxies inflate a body and leave the header.
        let isPlain = bytes.first.map { "{[ \n\r\t".utf8.contains($0) } ?? true
        guard isCompressed, !isPlain else { return bytes }
        switch Inflater.inflate(bytes, bytesMax: bytesMax) {
        case .whole(let inflated): return inflated
        case .tooLarge: throw tooLarge
        case .damaged:
            throw APIError(
                400,
                "invalid_encoding",
                "the body's Content-Encoding is gzip, and it is no gzip, or damaged; compress it "
                    + "again, or send it as it is without that header"
            )
        }
    }

    private static func isCompressed(_ request: Request) throws(APIError) -> Bool {
        let encoding = request.headers[.contentEncoding] ?? ""
        switch encoding.lowercased() {
        case "", "identity": return false
        case "gzip", "x-gzip", "deflate": return true
        default:
            throw APIError(
                415,
                "unsupported_encoding",
                "the body's Content-Encoding is '\(printable(encoding, charactersMax: 60))'; send "
                    + "it with gzip or deflate, or uncompressed"
            )
        }
    }
}

/// Inflates bodies.
enum Inflater {
    /// What came of it.
    enum Outcome: Equatable {
        case whole([UInt8])
        case tooLarge
        case damaged
    }

    /// Inflates gzip or zlib, all of it, and no more than so many bytes.
    @safe static func inflate(_ bytes: [UInt8], bytesMax: Int) -> Outcome {
        var stream = unsafe z_stream()
        // 32 added to the window's bits: the format is found out from the first bytes.
        let size = Int32(unsafe MemoryLayout<z_stream>.size)
        guard unsafe inflateInit2_(&stream, 15 + 32, ZLIB_VERSION, size) == Z_OK else {
            return .damaged
        }
        defer { unsafe inflateEnd(&stream) }
        var input = bytes
        var output = [UInt8](repeating: 0, count: min(bytesMax + 1, max(1_024, 8 * bytes.count)))
        var count = 0
        return unsafe input.withUnsafeMutableBufferPointer { input in
            unsafe stream.next_in = input.baseAddress
            unsafe stream.avail_in = UInt32(input.count)
            while true {
                let room = output.count - count
                let (status, written) = unsafe output.withUnsafeMutableBufferPointer { buffer in
                    unsafe stream.next_out = unsafe buffer.baseAddress?.advanced(by: count)
                    unsafe stream.avail_out = UInt32(room)
                    let status = unsafe CZlib.inflate(&stream, Z_NO_FLUSH)
                    return unsafe (status, room - Int(stream.avail_out))
                }
                count += written
                if count > bytesMax { return .tooLarge }
                switch status {
                case Z_STREAM_END:
                    // Members may follow one another, as `gzip` itself writes them.
                    let rest = unsafe input.suffix(Int(stream.avail_in))
                    // Zeros behind the end are padding.
                    if unsafe rest.allSatisfy({ $0 == 0 }) {
                        return .whole(Array(output.prefix(count)))
                    }
                    guard unsafe inflateReset(&stream) == Z_OK else { return .damaged }
                case Z_OK where count == output.count:
                    output.append(
                        contentsOf: repeatElement(0, count: min(output.count, bytesMax + 1 - count))
                    )
                case Z_OK where written > 0: continue
                default: return .damaged
                }
            }
        }
    }
}
