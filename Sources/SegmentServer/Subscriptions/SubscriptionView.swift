internal import EventModel
internal import EventStore
internal import EventWire

/// A subscription as JSON shows it: never with its secrets, but for the answer that makes one.
package struct SubscriptionView: Codable, Equatable, Sendable {
    /// What it is called.
    package var name: String
    /// Where it is sent to, without the query, which may hold a secret.
    package var url: String
    /// `active`, `paused`, or `gone` where the receiver answered 410.
    package var state: String
    /// The segments; nil for all, and what is expected of events.
    package var segments: [String]?
    /// The kinds of transitions.
    package var kinds: [String]
    /// The causes; nil for all.
    package var causes: [String]?
    /// Whether it hears of what is not announced.
    package var unannounced: Bool
    /// Whether it hears of exits whose entry was not announced.
    package var exitsOfUnannounced: Bool
    /// The names of further fields of its requests.
    package var headers: [String]
    /// How many secrets sign: two while one takes the other's place.
    package var secrets: Int
    /// Everything up to here is delivered, but for what is held; nil before the first transition.
    package var cursor: String?
    /// How many deliveries failed, or wait behind one that did.
    package var held: Int
    /// How many were given up.
    package var deadLetters: Int
    /// When it was made; nil for the one that flags or the settings file name.
    package var createdAt: String?
    /// The secret, once: in the answer that makes it.
    package var secret: String?
    /// What somebody should know; nil mostly.
    package var note: String?
}

extension SubscriptionView: JSONRepresentable {
    /// Appends the view as an object.
    package func appendJSON(to bytes: inout [UInt8]) {
        var json = JSONWriter()
        json.object {
            $0.field("name", name)
            $0.field("url", url)
            $0.field("state", state)
            SubscriptionView.list("segments", segments, &$0)
            SubscriptionView.list("kinds", kinds, &$0)
            SubscriptionView.list("causes", causes, &$0)
            $0.field("unannounced", unannounced)
            $0.field("exitsOfUnannounced", exitsOfUnannounced)
            SubscriptionView.list("headers", headers, &$0)
            $0.field("secrets", secrets)
            $0.field("cursor", cursor)
            $0.field("held", held)
            $0.field("deadLetters", deadLetters)
            $0.field("createdAt", createdAt)
            $0.field("secret", ifPresent: secret)
            $0.field("note", ifPresent: note)
        }
        bytes += json.bytes
    }

    private static func list(
        _ name: String,
        _ texts: [String]?,
        _ json: inout JSONObjectWriter
    ) {
        guard let texts else { return json.raw(name, Array("null".utf8)) }
        json.array(name) { for text in texts { $0.item(text) } }
    }

    /// The answer's body.
    package var json: [UInt8] {
        var bytes: [UInt8] = []
        appendJSON(to: &bytes)
        return bytes
    }
}

/// All subscriptions, the eldest first.
package struct SubscriptionList: Codable, Equatable, Sendable {
    /// The subscriptions.
    package var subscriptions: [SubscriptionView]

    /// The answer's body.
    package var json: [UInt8] {
        var json = JSONWriter()
        json.object {
            $0.array("subscriptions") {
                for subscription in subscriptions { $0.item(subscription) }
            }
        }
        return json.bytes
    }
}

/// Deliveries that were given up, in the transitions' order.
package struct DeadLetterPage: Codable, Equatable, Sendable {
    /// One of them.
    package struct Letter: Codable, Equatable, Sendable {
        /// The transition; ask for it with `GET /v1/transitions?after=`.
        package var cursor: String
        /// The segment's name, or the key of an expectation.
        package var segment: String
        /// Who.
        package var personID: UInt64
        /// The instant of the transition.
        package var at: String
        /// How many attempts were made.
        package var attempts: Int
        /// When the last one failed.
        package var since: String
        /// Why.
        package var reason: String
    }

    /// The letters.
    package var deadLetters: [Letter]
    /// What to hand back as `after` to go on.
    package var next: String?

    init(_ letters: [DeadLetter], after: String?) {
        deadLetters = letters.map { letter in
            Letter(
                cursor: letter.cursor.text,
                segment: letter.cursor.segment,
                personID: letter.cursor.person.rawValue,
                at: letter.cursor.at.rfc3339,
                attempts: letter.attempts,
                since: letter.since.rfc3339,
                reason: letter.reason
            )
        }
        next = letters.last?.cursor.text ?? after
    }

    /// The answer's body.
    package var json: [UInt8] {
        var json = JSONWriter()
        json.object {
            $0.array("deadLetters") { for letter in deadLetters { $0.item(letter) } }
            $0.field("next", next)
        }
        return json.bytes
    }
}

extension DeadLetterPage.Letter: JSONRepresentable {
    /// Appends the letter as an object.
    package func appendJSON(to bytes: inout [UInt8]) {
        var json = JSONWriter()
        json.object {
            $0.field("cursor", cursor)
            $0.field("segment", segment)
            $0.field("personID", personID)
            $0.field("at", at)
            $0.field("attempts", attempts)
            $0.field("since", since)
            $0.field("reason", reason)
        }
        bytes += json.bytes
    }
}
