internal import Crypto
package import EventModel
internal import EventWire
internal import Foundation

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

    /// Several messages in one, in their order; each keeps its own id.
    package init(batch messages: [WebhookMessage], at time: Instant) {
        // The same messages make the same batch.
        let digest = SHA256.hash(data: Data(messages.map(\.id).joined(separator: "\n").utf8))
        id = "batch-" + digest.prefix(16).map { hexadecimal($0) }.joined()
        var json = JSONWriter()
        json.object {
            $0.field("type", "segmentd.batch")
            $0.field("timestamp", time)
            $0.object("data") { data in
                data.array("messages") {
                    for message in messages { $0.item(BatchItem(message: message)) }
                }
            }
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

/// A message within a batch: what it is alone, with its id before it.
private struct BatchItem: JSONRepresentable {
    var message: WebhookMessage

    func appendJSON(to bytes: inout [UInt8]) {
        var json = JSONWriter()
        json.object { $0.field("id", message.id) }
        bytes += json.bytes.dropLast()
        bytes.append(UInt8(ascii: ","))
        bytes += message.body.dropFirst()
    }
}

private func hexadecimal(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16)
}
