internal import EventModel
internal import EventWire
internal import Materializer

/// How a log stands, as JSON shows it.
package struct StatusView: Codable, Equatable, Sendable {
    /// An entry that says something else than the one whose key it repeats.
    package struct Conflict: Codable, Equatable, Sendable {
        /// The entry.
        package var sequence: UInt64
        /// What it repeats.
        package var duplicateOf: UInt64
    }

    /// An identifier that stayed another's, or nobody's.
    package struct RefusedLink: Codable, Equatable, Sendable {
        /// The entry that named it.
        package var sequence: UInt64
        /// The identifier's namespace.
        package var namespace: String
        /// The identifier's text.
        package var value: String
    }

    /// The log's id.
    package var logId: String
    /// How many entries have been evaluated.
    package var entries: UInt64
    /// How many people there are.
    package var people: Int
    /// How many entries repeat an earlier one.
    package var duplicates: Int
    /// How many of them say something else.
    package var conflicts: Int
    /// The latest of these, the newest first.
    package var latestConflicts: [Conflict]
    /// How many entries named an identifier that was suppressed.
    package var suppressed: Int
    /// How many links were refused.
    package var refusedLinks: Int
    /// The latest of these, the newest first.
    package var latestRefusedLinks: [RefusedLink]

    /// The view of a partition's status.
    init(_ status: PartitionStatus) {
        logId = status.logID
        entries = status.entries
        people = status.people
        duplicates = status.duplicates
        conflicts = status.conflicts
        latestConflicts = status.latestConflicts.map {
            Conflict(sequence: $0.sequence.rawValue, duplicateOf: $0.original.rawValue)
        }
        suppressed = status.suppressed
        refusedLinks = status.refusedLinks
        latestRefusedLinks = status.latestRefusedLinks.map {
            RefusedLink(
                sequence: $0.sequence.rawValue,
                namespace: $0.identifier.namespace,
                value: $0.identifier.text
            )
        }
    }

    /// The answer's body.
    package var json: [UInt8] {
        var bytes: [UInt8] = []
        appendJSON(to: &bytes)
        return bytes
    }
}

extension StatusView: JSONRepresentable {
    /// Appends the view as an object.
    package func appendJSON(to bytes: inout [UInt8]) {
        var json = JSONWriter()
        json.object {
            $0.field("logId", logId)
            $0.field("entries", Int(entries))
            $0.field("people", people)
            $0.field("duplicates", duplicates)
            $0.field("conflicts", conflicts)
            $0.array("latestConflicts") {
                for conflict in latestConflicts {
                    $0.object {
                        $0.field("sequence", Int(conflict.sequence))
                        $0.field("duplicateOf", Int(conflict.duplicateOf))
                    }
                }
            }
            $0.field("suppressed", suppressed)
            $0.field("refusedLinks", refusedLinks)
            $0.array("latestRefusedLinks") {
                for link in latestRefusedLinks {
                    $0.object {
                        $0.field("sequence", Int(link.sequence))
                        $0.field("namespace", link.namespace)
                        $0.field("value", link.value)
                    }
                }
            }
        }
        bytes.append(contentsOf: json.bytes)
    }
}
