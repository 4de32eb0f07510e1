internal import EventStore
internal import Foundation
internal import Hummingbird
internal import Materializer
internal import ServiceLifecycle

/// `DELETE /v1/people/{id}`, `GET /v1/erasures` and `POST /v1/scrub`.
struct ErasureRoutes: Sendable {
    let queries: Queries

    var endpoints: [Endpoint] {
        [
            Endpoint(.delete, "/v1/people/{id}", .admin) { request, context in
                try await erase(request, context.parameters.get("id") ?? "")
            },
            Endpoint(.get, "/v1/erasures", .admin) { _, _ in .json(try queries.erasures().json) },
            Endpoint(.post, "/v1/scrub", .admin) { _, _ in
                // Nobody waits for it to stop the daemon.
                .json(
                    try await cancelWhenGracefulShutdown { try await queries.scrub { _ in } }.json
                )
            },
        ]
    }

    private func erase(_ request: Request, _ id: String) async throws(APIError) -> Response {
        let text = request.parameter("suppress")
        guard text == nil || text == "true" || text == "false" else {
            throw APIError(
                400,
                "invalid_suppress",
                "suppress is '\(printable(text ?? "", charactersMax: 60))'; send true or false"
            )
        }
        let view = try await queries.erase(
            id.removingPercentEncoding ?? id,
            suppresses: text == "true"
        )
        var json: [UInt8] = []
        view.appendJSON(to: &json)
        return .json(json)
    }
}

extension Queries {
    /// Erases a person.
    ///
    /// - Parameters:
    ///   - id: A `PersonReference`.
    ///   - suppresses: Whether entries that name its identifiers have no effect from here on.
    package func erase(_ id: String, suppresses: Bool) async throws(APIError) -> ErasureView {
        let reference = PersonReference(id)
        do throws(PartitionError) {
            let found = try await partition.erase(reference, suppresses: suppresses)
            if let found { return ErasureView(found) }
        } catch {
            throw APIError(error)
        }
        throw unknown(reference)
    }

    /// Everybody who was erased.
    package func erasures() throws(APIError) -> ErasureList {
        do throws(PartitionError) { return ErasureList(try partition.erasures()) } catch {
            throw APIError(error)
        }
    }

    /// Removes from the disk what people said who were erased.
    ///
    /// - Parameter progress: Called now and then with the part that is done, from 0 to 1.
    /// - Returns: Whose receipts say since that they are scrubbed.
    package func scrub(
        progress: @escaping @Sendable (Double) -> Void
    ) async throws(APIError) -> ErasureList {
        do throws(PartitionError) {
            return ErasureList(try await partition.scrub(progress: progress))
        } catch {
            throw APIError(error)
        }
    }
}
