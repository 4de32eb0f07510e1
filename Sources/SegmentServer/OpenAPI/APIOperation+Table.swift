internal import EventWire

extension APIOperation {
    /// What can be asked of the daemon, in the order in which it is documented.
    static let all = native + reads + subscriptions + rules + operations + others

    private static let native =
        [
            entry("track", "An event of a person"),
            entry("identify", "Attributes of a person"),
            entry("page", "A person saw a page: an event 'page'"),
            entry("screen", "A person saw a screen of an app: an event 'screen'"),
            entry("group", "A person belongs to something: an event 'group'"),
            entry("alias", "A previous id is a customer's too"),
            entry("merge", "Two people are one"),
            entry("suppress", "Entries that name an identifier have no effect from here on"),
            entry("unsuppress", "They have one again"),
            batch,
            list("add", "A list that is kept by hand gains a person"),
            list("remove", "It loses one"),
            .post(
                "/v1/jobs",
                .send,
                "Opens or closes an import job, whose rows come as batches",
                takes: .json("Job"),
                gives: .json("Verdicts"),
                refusals: [400, 413, 429]
            ),
        ]

    private static func entry(_ kind: String, _ summary: String) -> APIOperation {
        .post(
            "/v1/\(kind)",
            .send,
            summary,
            ["waitEvaluated", "idempotencyKey"],
            takes: .json(kind == "track" ? "Track" : kind == "identify" ? "Identify" : "Entry"),
            gives: .json("Verdicts"),
            refusals: [400, 409, 413, 415, 422, 429]
        )
    }

    private static func list(_ verb: String, _ summary: String) -> APIOperation {
        var operation = entry("lists/{name}/\(verb)", summary)
        operation.body = .json("Entry")
        return operation
    }

    private static var batch: APIOperation {
        var operation = entry("batch", "Up to 5,000 entries, which become durable together")
        operation.body = .json("Batch")
        operation.otherBody = .lines
        return operation
    }

    private static let reads: [APIOperation] = [
        .get(
            "/v1/transitions",
            .read,
            "Who entered and left which segment, in order",
            ["after", "segment", "kind", "cause", "announced", "limit", "waitSeconds"],
            gives: .json("TransitionPage"),
            refusals: [400, 404]
        ),
        .get(
            "/v1/stream",
            .read,
            "The same as server-sent events, from now on or from behind a cursor",
            ["after", "segment", "kind", "cause", "announced", "lastEventID"],
            gives: Content(type: "text/event-stream"),
            refusals: [400, 404]
        ),
        .get("/v1/segments", .read, "The segments in force", gives: .json("SegmentList")),
        .get(
            "/v1/segments/{name}/members",
            .read,
            "Who is in a segment, the elder first",
            ["afterPerson", "limit", "at"],
            gives: .json("MemberPage"),
            refusals: [400, 404, 422]
        ),
        .get(
            "/v1/segments/{name}/sizes",
            .read,
            "How many were in a segment over time",
            ["from", "to", "every"],
            gives: .json("Sizes"),
            refusals: [400, 404, 422]
        ),
        .get(
            "/v1/people/{id}",
            .read,
            "A person: identifiers, attributes, segments, activity",
            ["before", "limit", "at"],
            gives: .json("PersonOrStays"),
            refusals: [400, 404, 410, 422]
        ),
        .get(
            "/v1/people/{id}/export",
            .read,
            "Everything about a person, a line of JSON each",
            gives: .lines,
            refusals: [404, 410]
        ),
        .get(
            "/v1/people/{id}/segments",
            .read,
            "A person's memberships as intervals",
            ["at"],
            gives: .json("Stays"),
            refusals: [400, 404, 410, 422]
        ),
        .get(
            "/v1/people/{id}/segments/{name}",
            .read,
            "Why a person is in a segment, or is not",
            ["at"],
            gives: .json("Explanation"),
            refusals: [400, 404, 410, 422, 429]
        ),
        .get("/v1/status", .read, "How the log stands", gives: .json("Status")),
        .get(
            "/v1/health/data",
            .read,
            "How good the data is: what was seen of each event and attribute, and what is wrong",
            gives: .json("DataHealth"),
            refusals: [429]
        ),
        .get(
            "/v1/log",
            .read,
            "Entries of the log",
            ["fromEntry", "toEntry", "person", "entryKind", "limit"],
            gives: .json("LogPage"),
            refusals: [400, 404, 410]
        ),
    ]

    private static let subscriptions: [APIOperation] = [
        .get("/v1/subscriptions", .subscribe, "All of them", gives: .json("SubscriptionList")),
        .post(
            "/v1/subscriptions",
            .subscribe,
            "Has transitions sent to a URL",
            takes: .json("SubscriptionRequest"),
            gives: .json("Subscription"),
            success: 201,
            refusals: [400, 404, 409, 413, 422]
        ),
        one("", "One of them").with(method: "GET"),
        APIOperation(
            method: "DELETE",
            path: subscription,
            group: .subscribe,
            summary: "Nothing is sent any more",
            success: 204,
            refusals: [404, 409]
        ),
        one("/pause", "Nothing is sent until it is resumed"),
        one("/resume", "It goes on, where it was or from behind a cursor", ["after"]),
        one("/rotate-secret", "Gives a new secret; both sign until the old one is retired"),
        one("/retire-secret", "Only the new secret signs"),
        .get(
            subscription + "/gaps",
            .subscribe,
            "What was not sent and will not be",
            gives: .json("Gaps"),
            refusals: [404]
        ),
        .get(
            subscription + "/dead-letters",
            .subscribe,
            "What was given up",
            ["after", "limit"],
            gives: .json("DeadLetters"),
            refusals: [400, 404]
        ),
        .post(
            subscription + "/redrive",
            .subscribe,
            "Dead letters are sent again",
            ["limit"],
            gives: .json("Redriven"),
            refusals: [400, 404, 409]
        ),
    ]

    private static let subscription = "/v1/subscriptions/{name}"

    private static func one(
        _ path: String,
        _ summary: String,
        _ parameters: [String] = []
    ) -> APIOperation {
        .post(
            subscription + path,
            .subscribe,
            summary,
            parameters,
            gives: .json("Subscription"),
            refusals: [400, 404, 409]
        )
    }

    private static let rules: [APIOperation] = [
        .post(
            "/v1/rules/plan",
            .rules,
            "What a change of the rules would bring about; changes nothing",
            takes: .json("PlanRequest"),
            gives: .json("Plan"),
            refusals: [400, 409, 413, 422, 429]
        ),
        .post(
            "/v1/rules/apply",
            .rules,
            "Puts rules in force whose plan was seen",
            takes: .json("ApplyRequest"),
            gives: .json("AppliedRules"),
            refusals: [400, 409, 413, 422, 429]
        ),
        .post(
            "/v1/replay",
            .rules,
            "The transitions of any rules over any range of the log, a line of JSON each",
            takes: .json("ReplayRequest"),
            gives: .lines,
            refusals: [400, 404, 409, 413, 422, 429]
        ),
        .get(
            "/v1/work",
            .rules,
            "The plan, change or replay that is under way",
            gives: .json("Work")
        ),
    ]

    private static let operations: [APIOperation] = [
        APIOperation(
            method: "DELETE",
            path: "/v1/people/{id}",
            group: .operate,
            summary: "Erases a person, for ever",
            parameters: ["suppress"],
            answer: .json("Erasure"),
            refusals: [400, 404, 410, 429]
        ),
        .get("/v1/erasures", .operate, "Everybody who was erased", gives: .json("ErasureList")),
        .post(
            "/v1/scrub",
            .operate,
            "Removes from the disk what people said who were erased",
            gives: .json("ErasureList"),
            refusals: [409, 429]
        ),
        .post(
            "/v1/backup",
            .operate,
            "Copies the data directory",
            takes: .json("BackupRequest"),
            gives: .json("Backup"),
            refusals: [400, 409, 413, 429]
        ),
        .post(
            "/v1/compact",
            .operate,
            "Seals old entries into compressed files",
            ["beforeTime"],
            gives: .json("Compaction"),
            refusals: [400, 409, 429]
        ),
        .post(
            "/v1/verify",
            .operate,
            "Begins to derive everything from the log anew, and to compare",
            gives: .json("Verification"),
            refusals: [409, 429]
        ),
        .get("/v1/verify", .operate, "How that stands", gives: .json("Verification")),
        .get("/v1/keys", .operate, "The API keys", gives: .json("KeyList")),
        .post(
            "/v1/keys",
            .operate,
            "Makes an API key, and shows it this once",
            takes: .json("KeyRequest"),
            gives: .json("Key"),
            success: 201,
            refusals: [400, 413]
        ),
        APIOperation(
            method: "DELETE",
            path: "/v1/keys/{name}",
            group: .operate,
            summary: "Lets nobody in with a key any more",
            answer: .json("Key"),
            refusals: [404, 409]
        ),
        .get(
            "/v1/schemas/webhook",
            .operate,
            "What webhooks say, as a JSON Schema",
            gives: Content(type: "application/schema+json", schema: "Anything")
        ),
        .get("/openapi.json", .operate, "This document", gives: .json("Anything")),
        .get("/metrics", .operate, "Figures for Prometheus", gives: Content(type: "text/plain")),
        .get("/healthz", .operate, "Whether it is alive", gives: .json("Health")),
        .get("/readyz", .operate, "Whether it takes entries", gives: .json("Health")),
    ]
}
