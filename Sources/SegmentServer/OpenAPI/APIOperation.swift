/// What the API document says of one method on one path.
struct APIOperation: Sendable {
    /// A body, or an answer's.
    struct Content: Sendable {
        var type = "application/json"
        /// The name of a schema; nil where only the type is said.
        var schema: String?

        static func json(_ schema: String) -> Content { Content(schema: schema) }
        static let lines = Content(type: "application/x-ndjson")
        static func jsonAPI(_ schema: String) -> Content {
            Content(type: "application/vnd.api+json", schema: schema)
        }
    }

    /// How an operation is called in lists.
    enum Group: String, CaseIterable, Sendable {
        case send = "Send people and events"
        case read = "Read"
        case subscribe = "Subscribe"
        case rules = "Rules"
        case operate = "Operate"
        case customerIO = "Customer.io"
        case shopify = "Shopify"
        case analytics = "Google Analytics 4"
        case klaviyo = "Klaviyo"
        case postHog = "PostHog"
    }

    var method: String
    var path: String
    var group: Group
    /// In a few words, what it does.
    var summary: String
    /// The names of its parameters, but for those in the path.
    var parameters: [String] = []
    /// What may be sent; nil for nothing.
    var body: Content?
    /// Another form of it.
    var otherBody: Content?
    /// The status of success.
    var success = 200
    /// What is answered then; nil for nothing.
    var answer: Content?
    /// A further success, with what is answered then.
    var other: (status: Int, answer: Content)?
    /// With which statuses it may be refused besides those that hold everywhere.
    var refusals: [Int] = []

    /// It asks for something.
    static func get(
        _ path: String,
        _ group: Group,
        _ summary: String,
        _ parameters: [String] = [],
        gives answer: Content,
        refusals: [Int] = []
    ) -> APIOperation {
        APIOperation(
            method: "GET",
            path: path,
            group: group,
            summary: summary,
            parameters: parameters,
            answer: answer,
            refusals: refusals
        )
    }

    /// It changes something.
    static func post(
        _ path: String,
        _ group: Group,
        _ summary: String,
        _ parameters: [String] = [],
        takes body: Content? = nil,
        gives answer: Content?,
        success: Int = 200,
        refusals: [Int] = []
    ) -> APIOperation {
        APIOperation(
            method: "POST",
            path: path,
            group: group,
            summary: summary,
            parameters: parameters,
            body: body,
            success: success,
            answer: answer,
            refusals: refusals
        )
    }

    /// The same with another method.
    func with(method: String) -> APIOperation {
        var changed = self
        changed.method = method
        return changed
    }
}
