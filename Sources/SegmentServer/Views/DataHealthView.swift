internal import EventModel
internal import EventWire
internal import Materializer
package import RuleLanguage

/// How good the data is, as JSON shows it.
package struct DataHealthView: Codable, Equatable, Sendable {
    /// A value as an example, and the entry that has it.
    package struct Sample: Codable, Equatable, Sendable {
        package var value: String
        package var sequence: UInt64

        init(_ sample: DataHealth.Sample) {
            value = sample.value
            sequence = sample.sequence.rawValue
        }
    }

    /// A property, an attribute or a field of an item.
    package struct Property: Codable, Equatable, Sendable {
        package var name: String
        package var declared: Bool
        package var nearest: String?
        package var seen: Int
        package var firstSeen: String?
        package var lastSeen: String?
        package var sample: Sample?
        package var otherNames: [String: Int]
        package var coerced: Int
        package var coercion: Sample?
        package var violated: Int
        package var violation: Sample?
        package var missing: Int
        /// The latest entry without it.
        package var missingIn: UInt64?

        init(_ property: DataHealth.Property) {
            name = property.name
            declared = property.isDeclared
            nearest = property.nearest
            seen = property.seen
            firstSeen = property.firstSeen?.rfc3339
            lastSeen = property.lastSeen?.rfc3339
            sample = property.sample.map(Sample.init)
            otherNames = property.otherNames
            coerced = property.coerced
            coercion = property.coercion.map(Sample.init)
            violated = property.violated
            violation = property.violation.map(Sample.init)
            missing = property.missing
            missingIn = property.missingIn?.rawValue
        }
    }

    /// How late an event came, in milliseconds, to an eighth.
    package struct Lateness: Codable, Equatable, Sendable {
        package var p50: Int64
        package var p90: Int64
        package var p99: Int64
    }

    /// An event.
    package struct Event: Codable, Equatable, Sendable {
        package var name: String
        package var declared: Bool
        package var nearest: String?
        package var seen: Int
        package var last7Days: Int
        package var otherNames: [String: Int]
        package var firstSeen: String?
        package var lastSeen: String?
        package var duplicates: Int
        package var conflicts: Int
        package var clockSkew: Int
        /// The latest entry whose timestamp was too far ahead.
        package var clockSkewIn: UInt64?
        package var latenessMilliseconds: Lateness?
        package var properties: [Property]

        init(_ event: DataHealth.Event) {
            name = event.name
            declared = event.isDeclared
            nearest = event.nearest
            seen = event.seen
            last7Days = event.lastWeek
            otherNames = event.otherNames
            firstSeen = event.firstSeen?.rfc3339
            lastSeen = event.lastSeen?.rfc3339
            duplicates = event.duplicates
            conflicts = event.conflicts
            clockSkew = event.skewed
            clockSkewIn = event.skewedIn?.rawValue
            latenessMilliseconds = event.lateness.map {
                Lateness(
                    p50: $0.half.milliseconds,
                    p90: $0.most.milliseconds,
                    p99: $0.nearlyAll.milliseconds
                )
            }
            properties = event.properties.map(Property.init)
        }
    }

    /// Links that were refused, by namespace.
    package struct RefusedLinks: Codable, Equatable, Sendable {
        package var namespace: String
        package var count: Int
        package var sample: Sample?

        init(_ links: DataHealth.RefusedLinks) {
            namespace = links.namespace
            count = links.count
            sample = links.sample.map(Sample.init)
        }
    }

    /// A namespace of identifiers that nobody declared.
    package struct UnknownNamespace: Codable, Equatable, Sendable {
        package var name: String
        package var count: Int
        package var nearest: String?
    }

    /// What is expected of a segment or an event, and how that stands.
    package struct Expectation: Codable, Equatable, Sendable {
        package var segment: String?
        package var event: String?
        package var expectation: String
        /// `met`, `broken`, or `waiting` while its first period runs.
        package var state: String
        package var since: String?
        package var waitsUntil: String?
        /// How many there are; of entries, exits and events as far as they are counted.
        package var count: Int
        /// Whether there may be more of them, since no more are counted.
        package var isMore: Bool
        /// Whether subscribers have heard of it.
        package var noticed: Bool

        init(_ expectation: DataHealth.Expectation) {
            let notice = expectation.notice
            segment = notice.subject == .segment ? notice.name : nil
            event = notice.subject == .event ? notice.name : nil
            self.expectation = notice.expectation
            state = expectation.standing.rawValue
            since = expectation.standing == .waiting ? nil : notice.since.rfc3339
            waitsUntil = expectation.waitsUntil?.rfc3339
            count = notice.count
            isMore = expectation.isMore
            noticed = expectation.isNoticed && expectation.standing != .waiting
        }
    }

    /// The last entry that is counted.
    package var through: UInt64
    package var expectations: [Expectation]
    package var events: [Event]
    package var attributes: [Property]
    package var refusedLinks: [RefusedLinks]
    package var unknownNamespaces: [UnknownNamespace]
    /// Of how many names there were too many to count them one by one.
    package var uncountedNames: Int

    init(_ health: DataHealth) {
        through = health.through.rawValue
        expectations = health.expectations.map(Expectation.init)
        events = health.events.map(Event.init)
        attributes = health.attributes.map(Property.init)
        refusedLinks = health.refusedLinks.map(RefusedLinks.init)
        unknownNamespaces = health.unknownNamespaces.map {
            UnknownNamespace(name: $0.name, count: $0.count, nearest: $0.nearest)
        }
        uncountedNames = health.uncountedNames
    }
}

extension DataHealthView {
    /// The events that came, for what is said of rules.
    package var seenEvents: [SeenEvent] {
        events.filter { $0.seen > 0 }.map { SeenEvent(name: $0.name, lastWeek: $0.last7Days) }
    }
}

extension DataHealthView: JSONRepresentable {
    /// The answer's body.
    package var json: [UInt8] {
        var bytes: [UInt8] = []
        appendJSON(to: &bytes)
        return bytes
    }

    /// Appends the view as an object.
    package func appendJSON(to bytes: inout [UInt8]) {
        var json = JSONWriter()
        json.object { json in
            json.field("through", Int(through))
            json.array("expectations") { json in
                for expectation in expectations { json.object { expectation.write(to: &$0) } }
            }
            json.array("events") { json in
                for event in events { json.object { event.write(to: &$0) } }
            }
            json.array("attributes") { json in
                for attribute in attributes { json.object { attribute.write(to: &$0) } }
            }
            json.array("refusedLinks") { json in
                for links in refusedLinks {
                    json.object {
                        $0.field("namespace", links.namespace)
                        $0.field("count", links.count)
                        links.sample?.write("sample", to: &$0)
                    }
                }
            }
            json.array("unknownNamespaces") { json in
                for namespace in unknownNamespaces {
                    json.object {
                        $0.field("name", namespace.name)
                        $0.field("count", namespace.count)
                        $0.field("nearest", ifPresent: namespace.nearest)
                    }
                }
            }
            json.field("uncountedNames", uncountedNames)
        }
        bytes += json.bytes
    }
}

extension DataHealthView.Expectation {
    fileprivate func write(to json: inout JSONObjectWriter) {
        json.field("segment", ifPresent: segment)
        json.field("event", ifPresent: event)
        json.field("expectation", expectation)
        json.field("state", state)
        json.field("since", ifPresent: since)
        json.field("waitsUntil", ifPresent: waitsUntil)
        json.field("count", count)
        json.field("isMore", isMore)
        json.field("noticed", noticed)
    }
}

extension DataHealthView.Sample {
    fileprivate func write(_ name: String, to json: inout JSONObjectWriter) {
        json.object(name) {
            $0.field("value", value)
            $0.field("sequence", Int(sequence))
        }
    }
}

extension DataHealthView.Event {
    fileprivate func write(to json: inout JSONObjectWriter) {
        json.field("name", name)
        json.field("declared", declared)
        json.field("nearest", ifPresent: nearest)
        json.field("seen", seen)
        json.field("last7Days", last7Days)
        otherNames.write("otherNames", to: &json)
        json.field("firstSeen", ifPresent: firstSeen)
        json.field("lastSeen", ifPresent: lastSeen)
        json.field("duplicates", duplicates)
        json.field("conflicts", conflicts)
        json.field("clockSkew", clockSkew)
        json.field("clockSkewIn", ifPresent: clockSkewIn.map { Int($0) })
        if let latenessMilliseconds {
            json.object("latenessMilliseconds") {
                $0.field("p50", Int(latenessMilliseconds.p50))
                $0.field("p90", Int(latenessMilliseconds.p90))
                $0.field("p99", Int(latenessMilliseconds.p99))
            }
        }
        json.array("properties") { json in
            for property in properties { json.object { property.write(to: &$0) } }
        }
    }
}

extension DataHealthView.Property {
    fileprivate func write(to json: inout JSONObjectWriter) {
        json.field("name", name)
        json.field("declared", declared)
        json.field("nearest", ifPresent: nearest)
        json.field("seen", seen)
        json.field("firstSeen", ifPresent: firstSeen)
        json.field("lastSeen", ifPresent: lastSeen)
        sample?.write("sample", to: &json)
        otherNames.write("otherNames", to: &json)
        json.field("coerced", coerced)
        coercion?.write("coercion", to: &json)
        json.field("violated", violated)
        violation?.write("violation", to: &json)
        json.field("missing", missing)
        json.field("missingIn", ifPresent: missingIn.map { Int($0) })
    }
}

extension [String: Int] {
    fileprivate func write(_ name: String, to json: inout JSONObjectWriter) {
        json.object(name) { json in
            for (key, value) in sorted(by: { $0.key < $1.key }) { json.field(key, value) }
        }
    }
}
