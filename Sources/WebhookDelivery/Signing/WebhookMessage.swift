package import EventModel
internal import EventWire

/// What a subscriber is told of one transition.
package struct WebhookMessage: Equatable, Sendable {
    /// The transition's id: the same in every attempt, so that a receiver can drop repeats.
    package var id: String
    /// The request's body; the same in every attempt.
    package var body: [UInt8]

    /// The message about a transition.
    ///
    /// - Parameter data: The transition as JSON, as `GET /v1/transitions` shows it.
    package init(_ transition: Transition, id: String, data: [UInt8]) {
        self.id = id
        var json = JSONWriter()
        json.object {
            $0.field("type", transition.eventType)
            $0.field("timestamp", transition.at)
            $0.raw("data", data)
        }
        body = json.bytes
    }

    /// The headers of an attempt.
    ///
    /// - Parameter time: When it is made; receivers refuse what is older than five minutes.
    package func headers(
        at time: Instant,
        secrets: [WebhookSecret],
        userAgent: String
    ) -> [(name: String, value: String)] {
        let timestamp = time.milliseconds / 1_000
        let signatures = secrets.map { $0.signature(id: id, timestamp: timestamp, body: body) }
        return [
            ("content-type", "application/json"),
            ("user-agent", userAgent),
            ("webhook-id", id),
            ("webhook-timestamp", String(timestamp)),
            ("webhook-signature", signatures.joined(separator: " ")),
        ]
    }
}
