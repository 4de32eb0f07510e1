internal import EventModel
internal import EventStore
internal import SegmentEngine

extension Partition {
    /// Entries of the log in order of sequence.
    public func entries(
        _ question: LogQuestion
    ) async throws(PartitionError) -> LoggedEntries {
        if question.kind == .rules {
            let sequences = try PartitionError.wrap { () throws(StoreError) in
                try log.rulesSequences()
            }
            return try await page(sequences, question)
        }
        var found: [(head: EntryHead, bytes: [UInt8])] = []
        var answer = LoggedEntries()
        var examined = 0
        var bytesCount = 0
        try PartitionError.wrap { () throws(StoreError) in
            try log.scan(from: question.from) { head, bytes in
                if let to = question.to, head.sequence > to { return false }
                let isFull =
                    found.count == question.limit || examined == LoggedEntries.examinedMax
                    || bytesCount >= LoggedEntries.bytesMax
                guard !isFull else {
                    answer.next = head.sequence
                    return false
                }
                examined += 1
                guard question.kind == nil || question.kind == head.kind else { return true }
                found.append((head, copied(bytes)))
                bytesCount += bytes.count
                return true
            }
        }
        let settings = try await ask { $0.stage.settings }
        var drafts = DraftReader(log)
        for (head, bytes) in found {
            answer.entries.append(try logged(head, bytes, settings, &drafts))
        }
        return answer
    }

    /// In a simulation, all entries of the log.
    package func allEntries() throws(PartitionError) -> [LoggedEntry] {
        let last = try PartitionError.wrap { () throws(StoreError) in try log.lastSequence() }
        var drafts = DraftReader(log)
        let sequences = (0..<last.rawValue).map { SequenceNumber($0 + 1) }
        return try read(sequences, nil, &drafts)
    }

    /// A person's entries in order of sequence; of somebody absorbed, the survivor's.
    ///
    /// - Returns: nil where there is no such person.
    /// - Complexity: O(n log n) in the person's entries.
    public func entries(
        of reference: PersonReference,
        _ question: LogQuestion
    ) async throws(PartitionError) -> LoggedEntries? {
        guard var state = try await state(of: reference) else { return nil }
        if let survivor = state.mergedInto {
            guard let found = try await ask({ $0.stage.state(of: survivor) }) else { return nil }
            state = found
        }
        let history = try await history(of: state)
        let items = history.items.reversed().filter {
            question.kind == nil || question.kind == $0.kind
        }
        return try await page(items.map(\.sequence), question)
    }

    private func page(
        _ sequences: [SequenceNumber],
        _ question: LogQuestion
    ) async throws(PartitionError) -> LoggedEntries {
        let wanted = sequences.filter { sequence in
            sequence >= question.from && question.to.map { sequence <= $0 } ?? true
        }
        var drafts = DraftReader(log)
        var answer = LoggedEntries()
        answer.entries = try read(
            Array(wanted.prefix(question.limit)),
            try await ask { $0.stage.settings },
            &drafts
        )
        if answer.entries.count < wanted.count { answer.next = wanted[answer.entries.count] }
        return answer
    }
}
