internal import EventStore
internal import EventWire
internal import Hummingbird

/// The daemon's interface as an OpenAPI 3.1 document, served at `GET /openapi.json`.
///
/// The operations are a table; a test holds it against the routes that there are.
struct APIDocument: Sendable {
    /// The document's text.
    let json: [UInt8]

    /// - Parameter endpoints: What there is, for what a key must be good for.
    init(_ endpoints: [Endpoint]) {
        var writer = JSONWriter()
        writer.object { document in
            document.field("openapi", "3.1.0")
            document.object("info") { info in
                info.field("title", "segmentd")
                info.field("version", Product.version)
                info.field(
                    "summary",
                    "People and events in; who enters and leaves which segment out."
                )
                info.field("description", APIDocument.introduction)
            }
            document.array("servers") { $0.object { $0.field("url", "/") } }
            document.array("tags") { tags in
                for group in APIOperation.Group.allCases {
                    tags.object { $0.field("name", group.rawValue) }
                }
            }
            document.object("paths") { paths in
                for path in APIDocument.paths {
                    paths.object(path) { item in
                        for operation in APIOperation.all where operation.path == path {
                            item.object(operation.method.lowercased()) {
                                APIDocument.write(operation, endpoints, to: &$0)
                            }
                        }
                    }
                }
            }
            document.object("components") { components in
                components.raw("securitySchemes", Array(APIComponents.securitySchemes.utf8))
                components.raw("parameters", Array(APIComponents.parameters.utf8))
                components.raw("headers", Array(APIComponents.headers.utf8))
                components.raw("schemas", Array(APIComponents.schemas.utf8))
            }
        }
        json = writer.bytes
    }

    /// What answers with it.
    var response: Response { .json(json) }

    private static let introduction =
        "A readable body is answered with 200 and a verdict for each entry, so that one bad entry costs no "
        + "other. Refusals have a code for programs and a message that says what is wrong, where, and what "
        + "to do. Bodies may be compressed (Content-Encoding: gzip or deflate). Members may be added to "
        + "answers; pass over those that you do not know."

    /// Each path once, in the order of the operations.
    private static var paths: [String] {
        var seen: Set<String> = []
        return APIOperation.all.map(\.path).filter { seen.insert($0).inserted }
    }

    private static func write(
        _ operation: APIOperation,
        _ endpoints: [Endpoint],
        to json: inout JSONObjectWriter
    ) {
        let endpoint = endpoints.first {
            $0.method.rawValue == operation.method && $0.path == operation.path
        }
        json.field("operationId", operation.id)
        json.array("tags") { $0.item(operation.group.rawValue) }
        json.field("summary", operation.summary)
        if let scope = endpoint?.scope {
            json.field("description", "Scope: \(scope.names.joined(separator: ", "))")
            json.array("security") { security in
                for scheme in operation.securitySchemes {
                    security.object { $0.array(scheme) { _ in } }
                }
            }
        } else {
            json.array("security") { _ in }
        }
        let names = operation.pathParameters + operation.parameters
        if !names.isEmpty {
            json.array("parameters") { parameters in
                for name in names {
                    parameters.object { $0.field("$ref", "#/components/parameters/\(name)") }
                }
            }
        }
        if let body = operation.body {
            json.object("requestBody") { request in
                request.field("required", true)
                request.object("content") { content in
                    write(body, to: &content)
                    if let other = operation.otherBody { write(other, to: &content) }
                }
            }
        }
        json.object("responses") { responses in
            write(operation.success, operation.answer, to: &responses)
            if let (status, answer) = operation.other { write(status, answer, to: &responses) }
            let everywhere = endpoint?.scope == nil ? [401, 503] : [401, 403, 503]
            for status in (everywhere + operation.refusals).sorted() {
                responses.object(String(status)) { response in
                    response.field("description", reason(status))
                    if status == 429 || status == 503 {
                        response.object("headers") { headers in
                            headers.object("Retry-After") {
                                $0.field("$ref", "#/components/headers/RetryAfter")
                            }
                        }
                    }
                    response.object("content") { content in
                        write(.json("Refusal"), to: &content)
                        if operation.group == .klaviyo {
                            write(.jsonAPI("JSONAPIErrors"), to: &content)
                        }
                    }
                }
            }
        }
    }

    private static func write(
        _ status: Int,
        _ answer: APIOperation.Content?,
        to json: inout JSONObjectWriter
    ) {
        json.object(String(status)) { response in
            response.field("description", status == 207 ? "Some of it was refused" : "Done")
            guard let answer else { return }
            response.object("content") { write(answer, to: &$0) }
        }
    }

    private static func write(_ content: APIOperation.Content, to json: inout JSONObjectWriter) {
        json.object(content.type) { type in
            guard let schema = content.schema else { return }
            type.object("schema") { $0.field("$ref", "#/components/schemas/\(schema)") }
        }
    }

    private static func reason(_ status: Int) -> String {
        switch status {
        case 400: "The request says what it does not take"
        case 401: "No API key, or one that does not count"
        case 403: "The key is not good for this"
        case 404: "There is nobody, or nothing, of that name"
        case 409: "Something else stands in the way"
        case 410: "The person was erased"
        case 413: "The body is too large"
        case 415: "The body is of a type, or compressed in a way, that is not taken"
        case 422: "It can be read, and not be done"
        case 429: "Too much is waiting, or under way: send it again later"
        default: "segmentd cannot do it now: send it again later"
        }
    }
}

extension APIOperation {
    /// Names it: the method and the words of the path.
    var id: String {
        let words = path.split { !$0.isLetter && !$0.isNumber }
        return method.lowercased()
            + words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    fileprivate var pathParameters: [String] {
        path.matches(of: /\{(\w+)\}/).map { match in
            switch String(match.1) {
            case "id": group == .customerIO ? "customer" : "personID"
            case "device": "device"
            default:
                path.contains("/segments/{name}") && group != .customerIO
                    ? "segmentName"
                    : path.contains("/subscriptions/")
                        ? "subscriptionName" : path.contains("/keys/") ? "keyName" : "listName"
            }
        }
    }

    fileprivate var securitySchemes: [String] {
        switch group {
        case .klaviyo: ["bearer", "klaviyo"]
        case .analytics: ["bearer", "apiSecret"]
        case .customerIO: ["basic", "bearer"]
        default: ["bearer", "basic"]
        }
    }
}
