internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

extension APIError {
    /// The answer that says it.
    var response: Response {
        var response = Response.json(json, status: .init(code: status))
        if let retryAfterSeconds { response.headers[.retryAfter] = String(retryAfterSeconds) }
        // What follows of a refused body is not worth reading.
        if status == 413 { response.headers[.connection] = "close" }
        return response
    }
}

extension Response {
    /// An answer with a JSON body.
    static func json(_ body: [UInt8], status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body))
        )
    }
}
