import Foundation
import SegmentTesting
import Testing

/// The OpenAPI document that the real process serves says what there is.
@Suite struct OpenAPITests {
    private struct Document: Decodable {
        struct Operation: Decodable {
            var operationId: String
            var summary: String
            var responses: [String: Anything]
        }

        struct Anything: Decodable {}

        struct Components: Decodable {
            var parameters: [String: Anything]
            var schemas: [String: Anything]
            var headers: [String: Anything]
            var securitySchemes: [String: Anything]
        }

        var openapi: String
        var paths: [String: [String: Operation]]
        var components: Components
    }

    @Test func itHasEveryRouteAndNoOther() async throws {
        try await Bench.use("segment buyers when order_placed") { bench in
            let daemon = try await bench.start()
            let answer = try await daemon.api.send("GET", "/openapi.json")
            let document = try answer.decode(Document.self)
            #expect(document.openapi == "3.1.0")
            let documented = document.paths.flatMap { path, operations in
                operations.keys.map { "\($0.uppercased()) \(path)" }
            }
            // The refusal of an unknown path names all routes.
            let refusal = try await daemon.api.send("GET", "/nowhere").refusal
            let routes = try #require(refusal?.message.components(separatedBy: "there are: ").last)
            #expect(Set(documented) == Set(routes.components(separatedBy: ", ")))
            let operations = document.paths.values.flatMap(\.values)
            #expect(Set(operations.map(\.operationId)).count == documented.count)
            #expect(operations.map(\.summary).filter(\.isEmpty) == [])

            // What it refers to is there, and what is there is referred to.
            let text = String(decoding: answer.body, as: UTF8.self)
            let references = Set(
                text.matches(of: /#\/components\/(\w+)\/(\w+)"/).map { "\($0.1)/\($0.2)" }
            )
            let components = document.components
            let parts =
                components.parameters.keys.map { "parameters/\($0)" }
                + components.schemas.keys.map { "schemas/\($0)" }
                + components.headers.keys.map { "headers/\($0)" }
            #expect(references == Set(parts))
            #expect(
                Set(components.securitySchemes.keys) == ["bearer", "basic", "apiSecret", "klaviyo"]
            )
        }
    }

    @Test func itNeedsNoKey() async throws {
        try await Bench.use("segment buyers when order_placed") { bench in
            let daemon = try await bench.start()
            let made = try await bench.run(
                "keys",
                "create",
                "--scope",
                "read",
                "--data",
                bench.data
            )
            #expect(made.ending == .exit(0))
            #expect(try await daemon.api.send("GET", "/v1/status").status == 401)
            #expect(try await daemon.api.send("GET", "/openapi.json").status == 200)
        }
    }
}
