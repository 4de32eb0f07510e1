public import EventModel

/// What expectations see of entries.
extension ApplyStage {
    /// Shows an entry to the expectations.
    mutating func show(_ head: HeadPointer, _ admitted: AdmittedPointer) {
        guard case .accepted = admitted.pointee.verdict, !isImport else { return }
        if head.pointee.isBackfill, head.pointee.kind != .rules {
            take(ExpectationFact(at: head.pointee.receivedAt, kind: .backfill))
        } else if head.pointee.kind == .track, watch.counts(head.pointee.event) {
            take(
                ExpectationFact(
                    at: head.pointee.receivedAt,
                    kind: .event,
                    event: head.pointee.event,
                    occurredAt: admitted.pointee.occurredAt
                )
            )
        }
    }

    /// With the first entry behind its close an import ends that began the log.
    mutating func endImport(at instant: Instant) {
        (isImport, importIsClosed) = (false, false)
        if watches { take(ExpectationFact(at: instant, kind: .liveAgain)) }
    }

    mutating func take(_ fact: ExpectationFact) {
        if replaysByPerson {
            facts.append(fact)
        } else {
            watch.open(fact.at)
            watch.take(fact)
        }
    }

    /// Everything before this instant has been evaluated.
    public var evaluatedBefore: Instant { reached }

    /// How the expectations in force stand.
    public func expectations(at now: Instant) -> [ExpectationStatus] { watch.standings(at: now) }
}
