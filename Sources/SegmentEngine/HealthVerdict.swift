public import EventModel

/// What became of an entry, as far as a view of the data's health asks for it.
public struct HealthVerdict: Sendable {
    /// Whether it repeats another.
    public var isDuplicate = false
    /// Whether it says something else than what it repeats.
    public var isConflict = false
    /// Whether it counts for nothing.
    public var isIneffective = false
    /// Identifiers that were not linked.
    public var refused: [IdentifierID] = []

    /// The verdict on an entry that simply counts.
    public init() {}
}

extension ApplyStage {
    /// The verdicts on entries of a stretch that do not simply count.
    ///
    /// - Complexity: O(log n) in the verdicts of the log, and O(those of the stretch).
    public func healthVerdicts(
        _ first: SequenceNumber,
        through last: SequenceNumber
    ) -> [SequenceNumber: HealthVerdict] {
        var verdicts: [SequenceNumber: HealthVerdict] = [:]
        var place = duplicates.partitioningIndex { $0.sequence >= first }
        while place < duplicates.count, duplicates[place].sequence <= last {
            let duplicate = duplicates[place]
            verdicts[duplicate.sequence, default: HealthVerdict()].isDuplicate = true
            verdicts[duplicate.sequence]?.isConflict = duplicate.isConflict
            place += 1
        }
        place = suppressed.partitioningIndex { $0 >= first }
        while place < suppressed.count, suppressed[place] <= last {
            verdicts[suppressed[place], default: HealthVerdict()].isIneffective = true
            place += 1
        }
        place = refusals.partitioningIndex { $0.sequence >= first }
        while place < refusals.count, refusals[place].sequence <= last {
            verdicts[refusals[place].sequence, default: HealthVerdict()].refused
                .append(refusals[place].id)
            place += 1
        }
        for sequence in quarantined where first <= sequence && sequence <= last {
            verdicts[sequence, default: HealthVerdict()].isIneffective = true
        }
        return verdicts
    }
}
