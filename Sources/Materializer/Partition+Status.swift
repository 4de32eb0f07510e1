public import EventModel
internal import SegmentEngine

/// What became of the entries of a log, in numbers, with the latest that went other than meant.
public struct PartitionStatus: Sendable {
    /// An entry that says something else than the one whose key it repeats.
    public struct Conflict: Sendable {
        /// The entry.
        public var sequence: SequenceNumber
        /// What it repeats.
        public var original: SequenceNumber
    }

    /// An identifier that stayed another's, or nobody's.
    public struct RefusedLink: Sendable {
        /// The entry that named it.
        public var sequence: SequenceNumber
        /// The identifier.
        public var identifier: Identifier
    }

    /// The log's id.
    public var logID: String
    /// How many entries have been evaluated.
    public var entries: UInt64
    /// How many people there are; those who became one with another do not count.
    public var people: Int
    /// How many entries repeat an earlier one.
    public var duplicates: Int
    /// How many of them say something else than what they repeat.
    public var conflicts: Int
    /// The latest of these, the newest first.
    public var latestConflicts: [Conflict]
    /// How many entries named an identifier that was suppressed.
    public var suppressed: Int
    /// How many links were refused.
    public var refusedLinks: Int
    /// The latest of these, the newest first.
    public var latestRefusedLinks: [RefusedLink]
}

extension Partition {
    private static let shownMax = 10

    /// How the log stands.
    public func status() async throws(PartitionError) -> PartitionStatus {
        let logID = logID
        let (applied, found) = try await ask { applier in
            (applier.applied, applier.stage.irregularities(latest: Partition.shownMax))
        }
        var links: [PartitionStatus.RefusedLink] = []
        for (sequence, id) in found.latestRefusedLinks {
            guard let identifier = try texts([id]).first else { continue }
            links.append(PartitionStatus.RefusedLink(sequence: sequence, identifier: identifier))
        }
        return PartitionStatus(
            logID: logID,
            entries: applied.rawValue,
            people: found.people,
            duplicates: found.duplicates,
            conflicts: found.conflicts,
            latestConflicts: found.latestConflicts.map {
                PartitionStatus.Conflict(sequence: $0.sequence, original: $0.original)
            },
            suppressed: found.suppressed,
            refusedLinks: found.refusedLinks,
            latestRefusedLinks: links
        )
    }
}
