public import EventModel

/// What became of entries, in numbers, with the latest that went other than meant.
public struct Irregularities: Sendable {
    /// How many people stand alone.
    public var people: Int
    /// How many entries repeat an earlier one.
    public var duplicates: Int
    /// How many of them say something else than what they repeat.
    public var conflicts: Int
    /// The latest of these, the newest first.
    public var latestConflicts: [Duplicate]
    /// How many entries named an identifier that was suppressed.
    public var suppressed: Int
    /// How many links were refused.
    public var refusedLinks: Int
    /// The latest of these, the newest first.
    public var latestRefusedLinks: [(sequence: SequenceNumber, id: IdentifierID)]
}

extension ApplyStage {
    /// Whether the last entries belong to an import that was not closed.
    public var isInsideImport: Bool { isImport && !importIsClosed }

    /// Counts what went other than meant.
    ///
    /// - Parameter count: How many of the latest to name.
    /// - Complexity: O(duplicates)
    public func irregularities(latest count: Int) -> Irregularities {
        let conflicts = duplicates.filter(\.isConflict)
        return Irregularities(
            people: aloneCount,
            duplicates: duplicates.count,
            conflicts: conflicts.count,
            latestConflicts: conflicts.suffix(count).reversed(),
            suppressed: suppressed.count,
            refusedLinks: refusals.count,
            latestRefusedLinks: refusals.suffix(count).reversed().map { ($0.sequence, $0.id) }
        )
    }
}
