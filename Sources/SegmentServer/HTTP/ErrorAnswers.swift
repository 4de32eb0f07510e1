internal import HTTPTypes
internal import Hummingbird

/// Gives every refusal its body, and tells an unknown path from a wrong method.
struct ErrorAnswers: RouterMiddleware {
    typealias Context = DoorContext

    private let endpoints: EndpointTable

    init(_ endpoints: EndpointTable) {
        self.endpoints = endpoints
    }

    func handle(
        _ request: Request,
        context: DoorContext,
        next: (Request, DoorContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as APIError {
            return error.response
        } catch let error as HTTPError where error.status == .notFound {
            return unknown(request)
        }
    }

    private func unknown(_ request: Request) -> Response {
        let path = request.uri.path
        let shown = printable(path, charactersMax: 100)
        let matching = endpoints.matches(path)
        guard let endpoint = matching.first else {
            let known = endpoints.all.map { "\($0.method.rawValue) \($0.path)" }.joined(
                separator: ", "
            )
            return APIError(
                404,
                "unknown_path",
                "there is nothing at \(shown); there are: \(known)"
            )
            .response
        }
        let method = printable(request.method.rawValue, charactersMax: 20)
        let methods = matching.map(\.method.rawValue)
        var response = APIError(
            405,
            "wrong_method",
            "\(endpoint.path) does not take \(method); send \(methods.joined(separator: " or "))"
        ).response
        response.headers[.allow] = methods.flatMap { $0 == "GET" ? ["GET", "HEAD"] : [$0] }
            .joined(separator: ", ")
        return response
    }
}
