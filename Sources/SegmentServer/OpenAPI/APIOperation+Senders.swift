extension APIOperation {
    /// The interfaces of other products, so far as they are taken.
    static let others = customerIO + [shopify] + analytics + klaviyo + postHog

    private static let sending = [400, 409, 413, 415, 422, 429]
    private static let customer = "/api/v1/customers/{id}"

    private static let customerIO: [APIOperation] = [
        cio(customer, "Attributes of a customer", takes: "Object").with(method: "PUT"),
        cio(customer, "Erases a customer").with(method: "DELETE"),
        cio(customer + "/events", "An event of a customer", takes: "CustomerIOEvent"),
        cio(customer + "/suppress", "Erases a customer, who does not come back"),
        cio(customer + "/unsuppress", "The customer may come back"),
        cio(customer + "/devices", "Answered, and not kept", takes: "Object").with(method: "PUT"),
        cio(customer + "/devices/{device}", "Answered, and not kept").with(method: "DELETE"),
        cio("/api/v1/events", "An event of a visitor", takes: "CustomerIOEvent"),
        cio("/api/v1/merge_customers", "Two customers are one", takes: "CustomerIOMerge"),
        cio(
            "/api/v1/segments/{name}/add_customers",
            "A list that is kept by hand gains customers",
            ["idType"],
            takes: "CustomerIOIds"
        ),
        cio(
            "/api/v1/segments/{name}/remove_customers",
            "It loses some",
            ["idType"],
            takes: "CustomerIOIds"
        ),
        .get(
            "/api/v1/accounts/region",
            .customerIO,
            "Where the workspace is: here",
            gives: .json("Object")
        ),
        cio("/api/v2/entity", "One thing about a person", takes: "CustomerIOEntity"),
        customerIOBatch,
    ]

    private static func cio(
        _ path: String,
        _ summary: String,
        _ parameters: [String] = [],
        takes body: String? = nil
    ) -> APIOperation {
        .post(
            path,
            .customerIO,
            summary,
            body == nil ? parameters : parameters + ["idempotencyKey"],
            takes: body.map { .json($0) },
            gives: .json("Object"),
            refusals: sending
        )
    }

    private static var customerIOBatch: APIOperation {
        var operation = cio("/api/v2/batch", "Several of them", takes: "CustomerIOBatch")
        operation.other = (207, .json("CustomerIOErrors"))
        return operation
    }

    private static let shopify = APIOperation.post(
        "/webhooks/shopify",
        .shopify,
        "A webhook, signed by X-Shopify-Hmac-Sha256",
        ["shopifyTopic", "shopifySignature", "shopifyEventID"],
        takes: .json("Object"),
        gives: .json("Object"),
        refusals: [400, 413, 415, 429]
    )

    private static let analytics: [APIOperation] = [
        .post(
            "/mp/collect",
            .analytics,
            "Events, and what is known of who did them",
            ["apiSecret", "idempotencyKey"],
            takes: .json("AnalyticsRequest"),
            gives: nil,
            success: 204,
            refusals: sending
        ),
        .post(
            "/debug/mp/collect",
            .analytics,
            "What is wrong with such a request; nothing of it is kept",
            ["apiSecret", "idempotencyKey"],
            takes: .json("AnalyticsRequest"),
            gives: .json("AnalyticsValidation"),
            refusals: [400, 413, 415]
        ),
    ]

    private static let klaviyo: [APIOperation] = [
        .post(
            "/api/events",
            .klaviyo,
            "An event, and what is known of who did it",
            ["idempotencyKey"],
            takes: .jsonAPI("JSONAPI"),
            gives: nil,
            success: 202,
            refusals: sending
        ),
        .post(
            "/api/event-bulk-create-jobs",
            .klaviyo,
            "Events of several people",
            ["idempotencyKey"],
            takes: .jsonAPI("JSONAPI"),
            gives: .jsonAPI("Object"),
            success: 202,
            refusals: sending
        ),
        .post(
            "/api/profile-import",
            .klaviyo,
            "Attributes of a person",
            ["idempotencyKey"],
            takes: .jsonAPI("JSONAPI"),
            gives: .jsonAPI("JSONAPI"),
            refusals: sending
        ),
    ]

    private static let postHog: [APIOperation] =
        ["/batch", "/capture", "/i/v0/e", "/e"].map { path in
            .post(
                path,
                .postHog,
                path == "/batch" ? "Messages" : "One message, or several",
                ["idempotencyKey"],
                takes: .json("PostHogRequest"),
                gives: .json("PostHogAnswer"),
                refusals: sending
            )
        }
}
