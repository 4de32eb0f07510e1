public import EventModel
internal import EventStore

/// Who was in a segment at an instant.
struct PastMembers: Sendable {
    var segment: String
    var instant: Instant
    /// By `PersonID`.
    var people: [(person: PersonID, identifiers: [IdentifierID])]

    /// Those behind a person.
    func people(
        after person: PersonID?
    ) -> ArraySlice<(person: PersonID, identifiers: [IdentifierID])> {
        guard let person else { return people[...] }
        var (low, high) = (0, people.count)
        while low < high {
            let middle = (low + high) / 2
            if people[middle].person <= person { low = middle + 1 } else { high = middle }
        }
        return people[low...]
    }
}

/// What is kept from one page of an answer about the past to the next.
struct PastAnswers: Sendable {
    /// How many folds of the past may be under way.
    static let foldsMax = 2

    /// The answer that has pages left, of who asked last.
    var last: PastMembers?
    /// How many folds are under way.
    var folds = 0
}

extension Partition {
    /// Up to which instant it can be known who was in which segment.
    public func knownThrough() throws(PartitionError) -> Instant {
        let now = now
        guard now == .distantPast else { return now }
        return try PartitionError.wrap { () throws(StoreError) in
            try log.read(try log.lastSequence()) { head, _ in head.receivedAt }
        } ?? .distantPast
    }

    /// Who was in a segment when an instant was over, under the rules then in force, in order of `PersonID`.
    ///
    /// Folds the recorded transitions up to it. Identifiers are those that the person held on entering.
    ///
    /// - Parameters:
    ///   - instant: Not behind `knownThrough`; waits until all of it is recorded.
    ///   - person: Begin behind this one; nil for the first.
    ///   - limit: How many at most.
    /// - Complexity: O(n) in the transitions recorded up to then; once for all pages where nobody else asks meanwhile.
    public func members(
        of segment: String,
        at instant: Instant,
        after person: PersonID?,
        limit: Int
    ) async throws(PartitionError) -> [Member] {
        try await settle(instant)
        let known = past.read { past -> PastMembers? in
            past.last?.segment == segment && past.last?.instant == instant ? past.last : nil
        }
        let all: PastMembers
        if let known { all = known } else { all = try await fold(segment, at: instant) }
        let rest = all.people(after: person)
        past.change { past in
            if rest.count > limit {
                past.last = all
            } else if past.last?.segment == segment, past.last?.instant == instant {
                past.last = nil
            }
        }
        var members: [Member] = []
        for one in rest.prefix(limit) {
            members.append(Member(person: one.person, identifiers: try texts(one.identifiers)))
        }
        return members
    }

    /// Waits until everything up to an instant is recorded.
    func settle(_ instant: Instant) async throws(PartitionError) {
        // Of a directory that is only looked at, everything is that is known.
        guard now != .distantPast else { return }
        while true {
            // First: what falls due meanwhile is in an entry that the writer then tells of.
            let isDue = shared.read { $0.nextDeadline.map { $0 <= instant } ?? false }
            // What comes behind the writer's answer lies behind that instant.
            let (last, logTime) = try await askWriter { writer, now in (writer.lastSequence, now) }
            while shared.read(\.applied) < last {
                if let failure { throw failure }
                try await pause()
            }
            if !isDue, logTime > instant { return }
            try await pause()
        }
    }

    func pause() async throws(PartitionError) {
        do {
            try await Task.sleep(for: .milliseconds(10))
        } catch {
            throw PartitionError.givenUp
        }
    }

    private func fold(
        _ segment: String,
        at instant: Instant
    ) async throws(PartitionError) -> PastMembers {
        while !past.change({ past in
            guard past.folds < PastAnswers.foldsMax else { return false }
            past.folds += 1
            return true
        }) { try await pause() }
        defer { past.change { $0.folds -= 1 } }
        let state = state
        // A long scan holds up nobody on a thread of its own.
        let found: Result<PastMembers, PartitionError> = await withCheckedContinuation { waiting in
            startThread {
                var members: [PersonID: [IdentifierID]] = [:]
                do throws(StoreError) {
                    try state.scan(after: nil) { transition in
                        guard transition.at <= instant else { return false }
                        guard transition.notice == nil, transition.segment == segment else {
                            return true
                        }
                        let isEntry = transition.direction == .entered
                        members[transition.person] = isEntry ? transition.identifiers : nil
                        return true
                    }
                } catch {
                    waiting.resume(returning: .failure(PartitionError(error)))
                    return
                }
                let people = members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
                waiting.resume(
                    returning: .success(
                        PastMembers(segment: segment, instant: instant, people: people)
                    )
                )
            }
        }
        return try found.get()
    }
}
