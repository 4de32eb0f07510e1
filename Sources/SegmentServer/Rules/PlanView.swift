internal import EventModel
internal import EventStore
internal import EventWire
package import Materializer
package import RuleLanguage

/// What a change of the rules would bring about, as JSON shows it.
package struct PlanView: Codable, Sendable {
    /// Names the change, in 16 hexadecimal digits.
    package var hash: String
    /// The instant of the change.
    package var at: String
    /// Entries of the log that it takes account of.
    package var entries: UInt64
    /// How many people there are.
    package var people: Int
    /// How many of them enter or leave a segment by the change.
    package var moved: Int
    /// How many of them leave one by it.
    package var left: Int
    /// How many people may be announced to have moved by a change that nobody has confirmed the number of.
    package var announcedMax: Int
    /// All segments in force or planned, by name.
    package var segments: [PlannedSegmentView]
    /// What subscribers would be sent of it; nil where no daemon was asked.
    package var subscribers: [PlannedSubscriberView]?
    /// What is legal in the planned rules, and probably wrong, as a terminal shows it.
    package var warnings: [String]

    /// The view of a plan.
    package init(_ plan: RulePlan, warnings: [Diagnostic]) {
        self.warnings = warnings.map { String($0.rendered.dropLast()) }
        hash = hexadecimal(plan.hash)
        at = plan.at.rfc3339
        entries = plan.entries
        people = plan.people
        moved = plan.moved
        left = plan.left
        announcedMax = plan.announcedMax
        segments = plan.segments.map(PlannedSegmentView.init)
    }

    /// The view of a plan, with what these subscribers would be sent.
    init(_ plan: RulePlan, _ subscriptions: [Subscription], warnings: [Diagnostic]) {
        self.init(plan, warnings: warnings)
        // Those that are paused, or declared no more, are sent nothing now.
        subscribers = subscriptions.filter(\.isServed).map { PlannedSubscriberView(plan, $0) }
    }
}

extension PlanView: JSONRepresentable {
    /// Appends the view as an object.
    package func appendJSON(to bytes: inout [UInt8]) {
        var json = JSONWriter()
        json.object {
            $0.field("hash", hash)
            $0.field("at", at)
            $0.field("entries", entries)
            $0.field("people", people)
            $0.field("moved", moved)
            $0.field("left", left)
            $0.field("announcedMax", announcedMax)
            $0.array("segments") { for segment in segments { $0.item(segment) } }
            if let subscribers {
                $0.array("subscribers") { for one in subscribers { $0.item(one) } }
            }
            $0.array("warnings") { for warning in warnings { $0.item(warning) } }
        }
        bytes.append(contentsOf: json.bytes)
    }
}

/// What a change of the rules would do to a segment.
package struct PlannedSegmentView: Codable, Sendable {
    /// How many members there are, or would have been, at an instant.
    package struct Size: Codable, Sendable {
        package var at: String
        package var members: Int
    }

    /// Another segment with members in common.
    package struct Overlap: Codable, Sendable {
        package var segment: String
        package var members: Int
    }

    /// Somebody who enters or leaves.
    package struct Move: Codable, Sendable {
        package var direction: String
        /// The canonical customer id; nil for a person who is not known.
        package var person: String?
        package var personID: UInt64
        package var identifiers: [IdentifierView]
        /// The innermost parts of the new condition, and whether they hold.
        package var parts: [Part]
    }

    /// A part of a condition, and whether it holds of somebody.
    package struct Part: Codable, Sendable {
        package var text: String
        package var holds: Bool
    }

    package var name: String
    package var title: String?
    /// `new`, `changed`, `unchanged` or `removed`.
    package var kind: String
    /// Whether its own condition means what it meant: then it changes with what it refers to.
    package var meansTheSame: Bool
    package var clausesRemoved: [String]
    package var clausesAdded: [String]
    /// Clauses that are written as they were, and that the contract reads otherwise.
    package var clausesReread: [String]
    package var before: Int
    package var entered: Int
    package var exited: Int
    package var stayed: Int
    package var after: Int
    package var samples: [Move]
    /// At the end of each day that ends with the change, had the segment always been there.
    package var sizes: [Size]
    package var overlaps: [Overlap]

    init(_ segment: PlannedSegment) {
        name = segment.name
        title = segment.title.isEmpty ? nil : segment.title
        kind = segment.kind.rawValue
        meansTheSame = segment.meansTheSame
        clausesRemoved = segment.clausesRemoved
        clausesAdded = segment.clausesAdded
        clausesReread = segment.clausesReread
        before = segment.before
        entered = segment.entered
        exited = segment.exited
        stayed = segment.stayed
        after = segment.after
        samples = segment.samples.map { move in
            let identifiers = [IdentifierView](move.identifiers)
            return Move(
                direction: move.direction.name,
                person: identifiers.user,
                personID: move.person.rawValue,
                identifiers: identifiers,
                parts: move.parts.map { Part(text: $0.text, holds: $0.holds) }
            )
        }
        sizes = segment.sizes.map { Size(at: $0.at.rfc3339, members: $0.members) }
        overlaps = segment.overlaps.map { Overlap(segment: $0.segment, members: $0.members) }
    }
}

extension PlannedSegmentView: JSONRepresentable {
    /// Appends the view as an object.
    package func appendJSON(to bytes: inout [UInt8]) {
        var json = JSONWriter()
        json.object {
            $0.field("name", name)
            $0.field("title", ifPresent: title)
            $0.field("kind", kind)
            $0.field("meansTheSame", meansTheSame)
            $0.array("clausesRemoved") { for clause in clausesRemoved { $0.item(clause) } }
            $0.array("clausesAdded") { for clause in clausesAdded { $0.item(clause) } }
            $0.array("clausesReread") { for clause in clausesReread { $0.item(clause) } }
            $0.field("before", before)
            $0.field("entered", entered)
            $0.field("exited", exited)
            $0.field("stayed", stayed)
            $0.field("after", after)
            $0.array("samples") {
                for move in samples {
                    $0.object {
                        $0.field("direction", move.direction)
                        $0.field("person", move.person)
                        $0.field("personID", move.personID)
                        $0.array("identifiers") { for one in move.identifiers { $0.item(one) } }
                        $0.array("parts") {
                            for part in move.parts {
                                $0.object {
                                    $0.field("text", part.text)
                                    $0.field("holds", part.holds)
                                }
                            }
                        }
                    }
                }
            }
            $0.array("sizes") {
                for size in sizes {
                    $0.object {
                        $0.field("at", size.at)
                        $0.field("members", size.members)
                    }
                }
            }
            $0.array("overlaps") {
                for overlap in overlaps {
                    $0.object {
                        $0.field("segment", overlap.segment)
                        $0.field("members", overlap.members)
                    }
                }
            }
        }
        bytes.append(contentsOf: json.bytes)
    }
}

/// How much a subscriber would be sent of a change, by what is announced of it.
package struct PlannedSubscriberView: Codable, Sendable {
    /// The subscription's name.
    package var name: String
    /// Where nothing is announced, as at a start with changed rule files.
    package var none: Int
    /// Where exits are.
    package var exits: Int
    /// Where everything is.
    package var all: Int

    init(_ plan: RulePlan, _ subscription: Subscription) {
        name = subscription.name
        let filter = subscription.filter
        var (entered, exited) = (0, 0)
        let isOfCause = filter.causes?.contains(.rules) ?? true
        for segment in plan.segments
        where isOfCause && filter.segments?.contains(segment.name) ?? true {
            if filter.kinds.contains(.entered) { entered += segment.entered }
            if filter.kinds.contains(.exited) {
                exited +=
                    segment.exited
                    - (filter.takesExitsOfUnannounced ? 0 : segment.exitedUnannounced)
            }
        }
        all = entered + exited
        exits = filter.takesUnannounced ? all : exited
        none = filter.takesUnannounced ? all : 0
    }
}

extension PlannedSubscriberView: JSONRepresentable {
    /// Appends the view as an object.
    package func appendJSON(to bytes: inout [UInt8]) {
        var json = JSONWriter()
        json.object {
            $0.field("name", name)
            $0.field("none", none)
            $0.field("exits", exits)
            $0.field("all", all)
        }
        bytes.append(contentsOf: json.bytes)
    }
}
