internal import EventModel
internal import EventWire
package import Materializer

/// What a change of the rules did, as JSON shows it.
package struct AppliedRulesView: Codable, Sendable {
    /// What it did to a segment.
    package struct Segment: Codable, Sendable {
        package var name: String
        /// `new`, `changed` or `removed`.
        package var kind: String
        package var entered: Int
        package var exited: Int
    }

    /// Whether anything was changed: not where the rules were in force already.
    package var changed: Bool
    /// The entry of the log that put the rules in force.
    package var sequence: UInt64
    /// The instant of the change.
    package var at: String
    package var author: String
    package var reason: String
    /// What of it was announced: `none`, `exits` or `all`.
    package var announce: String
    /// The segments that it concerns, by name.
    package var segments: [Segment]
    /// Whether the daemon's rule folder has the same files, so that its next start keeps the rules; nil where that is
    /// not known.
    package var staysAtStart: Bool?
    /// That folder; nil where no daemon was asked.
    package var rulesFolder: String?

    /// The view of a change.
    package init(_ applied: AppliedRules, _ note: RuleChangeNote) {
        changed = applied.isChanged
        sequence = applied.sequence.rawValue
        at = applied.at.rfc3339
        author = note.author
        reason = note.reason
        announce = note.announcement.rawValue
        segments = applied.changes.map {
            Segment(
                name: $0.segment,
                kind: $0.kind.rawValue,
                entered: $0.entered,
                exited: $0.exited
            )
        }
    }
}

extension AppliedRulesView: JSONRepresentable {
    /// Appends the view as an object.
    package func appendJSON(to bytes: inout [UInt8]) {
        var json = JSONWriter()
        json.object {
            $0.field("changed", changed)
            $0.field("sequence", sequence)
            $0.field("at", at)
            $0.field("author", author)
            $0.field("reason", reason)
            $0.field("announce", announce)
            $0.array("segments") {
                for segment in segments {
                    $0.object {
                        $0.field("name", segment.name)
                        $0.field("kind", segment.kind)
                        $0.field("entered", segment.entered)
                        $0.field("exited", segment.exited)
                    }
                }
            }
            $0.field("staysAtStart", ifPresent: staysAtStart)
            $0.field("rulesFolder", ifPresent: rulesFolder)
        }
        bytes.append(contentsOf: json.bytes)
    }
}
