internal import EventModel
internal import EventStore
internal import RuleLanguage
internal import SegmentEngine

/// The view of how good the data is: a fold of the log that goes on when somebody asks.
///
/// Entries cost nothing when they come; the first question after a start reads the whole log.
actor HealthCounter {
    private static let stretchEntries: UInt64 = 10_000

    private var fold: HealthFold
    private var texts: [String] = []
    private var running: Task<PartitionError?, Never>?

    init(_ contract: DataContract) {
        fold = HealthFold(contract)
    }

    /// What all entries say that were evaluated by now.
    func health(of partition: Partition) async throws(PartitionError) -> DataHealth {
        // Whoever comes while another one reads waits, and reads what came since.
        while let running { _ = await running.value }
        let task = Task { () -> PartitionError? in
            // Before whoever waits for this goes on: a task that is done suspends nobody.
            defer { self.running = nil }
            do throws(PartitionError) {
                try await self.catchUp(partition)
                return nil
            } catch {
                return error
            }
        }
        running = task
        if let error = await task.value { throw error }
        return fold.health
    }

    private func catchUp(_ partition: Partition) async throws(PartitionError) {
        let (applied, settings) = try await partition.ask { ($0.applied, $0.stage.settings) }
        while fold.through < applied {
            let first = fold.through.next
            let last = SequenceNumber(
                min(applied.rawValue, fold.through.rawValue + HealthCounter.stretchEntries)
            )
            let verdicts = try await partition.ask { $0.stage.healthVerdicts(first, through: last) }
            try count(partition.log, first, through: last, verdicts, settings)
            await Task.yield()
        }
    }

    private func count(
        _ log: EventLog,
        _ first: SequenceNumber,
        through last: SequenceNumber,
        _ verdicts: [SequenceNumber: HealthVerdict],
        _ settings: SettingsHistory
    ) throws(PartitionError) {
        try PartitionError.wrap { () throws(StoreError) in
            var failure: StoreError?
            func name(_ symbol: SymbolID) -> String {
                do throws(StoreError) {
                    while texts.count <= Int(symbol.rawValue) {
                        texts.append(try log.text(of: SymbolID(UInt32(texts.count))) ?? "")
                    }
                } catch {
                    failure = error
                    return ""
                }
                return texts[Int(symbol.rawValue)]
            }
            func identifier(_ id: IdentifierID) -> String {
                do throws(StoreError) { return try log.identifier(id)?.text ?? "" } catch {
                    failure = error
                    return ""
                }
            }
            try log.scan(from: first) { head, bytes in
                guard head.sequence <= last else { return false }
                let verdict = verdicts[head.sequence] ?? HealthVerdict()
                fold.fold(
                    head,
                    bytes,
                    verdict,
                    settings.at(head.sequence),
                    name: name,
                    identifier: identifier
                )
                return failure == nil && head.sequence < last
            }
            if let failure { throw failure }
        }
    }
}

extension Partition {
    /// How good the data is that the log holds, seen through the contract in force.
    ///
    /// - Complexity: O(entries since the last question), the first time of all.
    public func dataHealth() async throws(PartitionError) -> DataHealth {
        let counter = rulesInForce.read(\.healthCounter)
        var health = try await counter.health(of: self)
        health.expectations = try await expectations()
        return health
    }

    /// How the expectations in force stand now.
    private func expectations() async throws(PartitionError) -> [DataHealth.Expectation] {
        let now = now
        let found = try await ask { applier in
            applier.stage.expectations(at: max(now, applier.stage.evaluatedBefore))
        }
        return found.map { status in
            var expectation = DataHealth.Expectation(
                notice: status.notice,
                standing: .waiting,
                isMore: status.isMore,
                isNoticed: status.isNoticed
            )
            switch status.standing {
            case .armed(let from): expectation.waitsUntil = from
            case .suspended: break
            case .met: expectation.standing = .met
            case .broken: expectation.standing = .broken
            }
            return expectation
        }
    }
}
