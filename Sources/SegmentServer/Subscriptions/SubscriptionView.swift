internal import EventModel
internal import EventStore
internal import EventWire
internal import WebhookDelivery

/// A subscription as JSON shows it: never with its secrets, but for the answer that makes one.
package struct SubscriptionView: Codable, Equatable, Sendable {
    /// What it is called.
    package var name: String
    /// Where it is sent to, without the query, which may hold a secret.
    package var url: String
    /// `active`; `failing` while nothing gets through; `paused`; `gone` where the receiver answered 410;
    /// `suspended` where it failed for too long; `undeclared` where the settings file declares it no more.
    package var state: String
    /// Why it is suspended; else nil.
    package var reason: String?
    /// Since when nothing has got through; else nil.
    package var failingSince: String?
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
    /// Attributes of people that it is told of.
    package var attributes: [String]
    /// Transitions of one request at most.
    package var batch: Int
    /// Requests on their way at the same time.
    package var concurrency: Int
    /// How many secrets sign: two while one takes the other's place.
    package var secrets: Int
    /// Everything up to here is delivered, but for what is held; nil before the first transition.
    package var cursor: String?
    /// How many wanted transitions are not delivered, as far as they were counted; nil while nothing is sent.
    package var backlog: Int?
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

    /// The view of a subscription, of whose deliveries nothing is known.
    init(_ subscription: Subscription) {
        let filter = subscription.filter
        name = subscription.name
        url = (try? WebhookURL(subscription.url))?.shown ?? ""
        state =
            subscription.origin == .undeclared
            ? "undeclared" : subscription.isPaused ? "paused" : "active"
        segments = filter.segments?.sorted()
        kinds = TransitionFilter.Kind.allCases.filter { filter.kinds.contains($0) }.map(\.rawValue)
        causes = filter.causes?.sorted().map(\.name)
        unannounced = filter.takesUnannounced
        exitsOfUnannounced = filter.takesExitsOfUnannounced
        headers = subscription.headers.map(\.name)
        attributes = subscription.attributes
        batch = subscription.batchMax
        concurrency = subscription.inFlightMax
        secrets = subscription.secrets.count
        held = 0
        deadLetters = 0
        createdAt = subscription.id == .configured ? nil : subscription.createdAt.rfc3339
    }
}

extension SubscriptionView: JSONRepresentable {
    /// Appends the view as an object.
    package func appendJSON(to bytes: inout [UInt8]) {
        var json = JSONWriter()
        json.object {
            $0.field("name", name)
            $0.field("url", url)
            $0.field("state", state)
            $0.field("reason", ifPresent: reason)
            $0.field("failingSince", ifPresent: failingSince)
            SubscriptionView.list("segments", segments, &$0)
            SubscriptionView.list("kinds", kinds, &$0)
            SubscriptionView.list("causes", causes, &$0)
            $0.field("unannounced", unannounced)
            $0.field("exitsOfUnannounced", exitsOfUnannounced)
            SubscriptionView.list("headers", headers, &$0)
            SubscriptionView.list("attributes", attributes, &$0)
            $0.field("batch", batch)
            $0.field("concurrency", concurrency)
            $0.field("secrets", secrets)
            $0.field("cursor", cursor)
            $0.field("backlog", backlog)
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

/// What a subscriber was not sent and will not be.
package struct GapList: Codable, Equatable, Sendable {
    /// From where to where.
    package struct Gap: Codable, Equatable, Sendable {
        /// The last transition before the gap: its transitions are those behind it; nil for the first of all.
        package var after: String?
        /// The last one in it; nil while the subscription is suspended and the gap is not closed.
        package var through: String?
        /// When it was closed; while it is open, since when the subscription is suspended.
        package var recordedAt: String
        /// Why.
        package var reason: String
    }

    /// The gaps, in the order in which they came about.
    package var gaps: [Gap]

    init(_ gaps: [DeliveryGap], _ position: DeliveryPosition?) {
        self.gaps = gaps.map { gap in
            Gap(
                after: gap.after?.text,
                through: gap.through.text,
                recordedAt: gap.recordedAt.rfc3339,
                reason: gap.reason
            )
        }
        if let suspension = position?.suspension {
            self.gaps.append(
                Gap(
                    after: position?.through?.text,
                    through: nil,
                    recordedAt: suspension.since.rfc3339,
                    reason: suspension.reason
                )
            )
        }
    }

    /// The answer's body.
    package var json: [UInt8] {
        var json = JSONWriter()
        json.object {
            $0.array("gaps") { for gap in gaps { $0.item(gap) } }
        }
        return json.bytes
    }
}

extension GapList.Gap: JSONRepresentable {
    /// Appends the gap as an object.
    package func appendJSON(to bytes: inout [UInt8]) {
        var json = JSONWriter()
        json.object {
            $0.field("after", after)
            $0.field("through", through)
            $0.field("recordedAt", recordedAt)
            $0.field("reason", reason)
        }
        bytes += json.bytes
    }
}
