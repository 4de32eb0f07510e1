internal import EventModel
internal import EventStore
internal import RuleLanguage
internal import SegmentEngine

/// Removes from the log what people had said who were erased, while entries go on to come.
///
/// Reads the log three times: to find who they are, to find what their entries name, and to copy it.
struct Scrubber {
    let partition: Partition
    /// Asked now and then whether to end before anything is changed.
    let isGivenUp: @Sendable () -> Bool

    /// Scrubs what was erased by now.
    ///
    /// - Returns: The `erase` entries whose people are scrubbed by this.
    func run(
        progress: @escaping (Double) -> Void
    ) throws(PartitionError) -> Set<SequenceNumber> {
        if case .running = partition.verification {
            throw PartitionError(.busy, "a verification is under way; ask again when it is done")
        }
        let log = partition.log
        let last = partition.appliedThrough
        let pending = try PartitionError.wrap { () throws(StoreError) in
            // Those whose ends are recorded: nobody reads their entries any more.
            try log.erasures().filter { $0.scrubbedAt == nil && $0.sequence <= last }
        }
        guard !pending.isEmpty else { return [] }
        let wanted = pending.map(\.sequence)
        let names = try PartitionError.wrap { () throws(StoreError) in try log.allSymbols() }
        let ruleSets = try partition.rulesOfLog().map(\.ruleSet)
        func stage() -> AdmitStage {
            var admit = AdmitStage(
                ruleSets: ruleSets,
                settings: EngineSettings(),
                quarantined: partition.quarantined
            )
            admit.identifier = { log.knownIdentifier($0) }
            return admit
        }
        // Who: by which entry, and everybody who had become one with them.
        var first = stage()
        for (symbol, text) in names { first.define(symbol, text) }
        var erased: [Int: SequenceNumber] = [:]
        try each(through: last) { head, bytes in
            let admitted = first.admit(head, bytes)
            if head.kind == .erase, let person = admitted.erasedPerson {
                erased[person] = head.sequence
            }
        } progress: {
            progress($0 * 0.2)
        }
        let survivors = first.survivors
        let isErased = survivors.map { erased[$0] != nil }
        // What they are called.
        var second = EntryFates(stage(), isErased: isErased)
        second.define(names)
        try each(through: last) { head, bytes in
            _ = second.next(head, bytes) { _ in false }
        } progress: {
            progress(0.2 + $0 * 0.2)
        }
        let gone = second.goneIdentifiers()
        let copy = try PartitionError.wrap { () throws(StoreError) in
            try LogCopy(
                log,
                in: partition.directory,
                mapSizeBytes: partition.options.hooks.logBytesMax ?? EventLog.mapSizeBytes
            )
        }
        let next = ScrubSwitch(
            log,
            copy,
            EntryFates(stage(), isErased: isErased),
            stage(),
            gone: gone,
            erasures: wanted,
            peopleOf: { fates in
                var people: [SequenceNumber: [PersonID]] = [:]
                for (slot, id) in fates.ids.sorted(by: { $0.value < $1.value }) {
                    if let sequence = erased[survivors[slot]] {
                        people[sequence, default: []].append(id)
                    }
                }
                return people
            }
        )
        if partition.options.hooks.cleansTooEarly {
            let people = Set(second.ids.values)
            try PartitionError.wrap { () throws(StoreError) in
                try partition.state.removeTransitions(of: people, erasedThrough: .zero)
            }
        }
        do throws(PartitionError) {
            try partition.exchange(next, isGivenUp: isGivenUp) { progress(0.4 + $0 * 0.5) }
        } catch {
            copy.abandon()
            throw error
        }
        progress(0.9)
        try PartitionError.wrap { () throws(StoreError) in
            try Scrubbing.clean(partition.state, log)
        }
        partition.options.hooks.reached?(.logExchange)
        partition.forgetAnswers()
        copy.removeFormer()
        progress(1)
        return Set(wanted)
    }

    /// Hands over entries in order.
    private func each(
        through last: SequenceNumber,
        _ body: (EntryHead, Span<UInt8>) -> Void,
        progress: (Double) -> Void
    ) throws(PartitionError) {
        var isOver = false
        try PartitionError.wrap { () throws(StoreError) in
            try partition.log.scan(from: SequenceNumber(1)) { head, bytes in
                guard head.sequence <= last else { return false }
                body(head, bytes)
                guard head.sequence.rawValue.isMultiple(of: 10_000) else { return true }
                progress(Double(head.sequence.rawValue) / Double(last.rawValue))
                isOver = isGivenUp() || partition.shared.read(\.isStopping)
                return !isOver
            }
        }
        if isOver { throw PartitionError.givenUp }
    }
}

extension Partition {
    /// Forgets what is kept of answers, which may name who was erased.
    fileprivate func forgetAnswers() {
        past.change { $0.last = nil }
        rulesInForce.change { $0.forgetHealth() }
    }
}
