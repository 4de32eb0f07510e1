internal import EventModel

extension ExpectationWatch {
    /// Appends what it knows between two instants.
    func write(to words: inout [UInt64]) {
        words.append(UInt64(bitPattern: instant.milliseconds))
        words.append(UInt64(bitPattern: lastBackfill.milliseconds))
        words.append(isSuspended ? 1 : 0)
        for count in members { words.append(UInt64(count)) }
        words.append(UInt64(withdrawn.count))
        for (number, since) in withdrawn {
            words.append(UInt64(number))
            words.append(UInt64(bitPattern: since.milliseconds))
        }
        for state in states {
            words.append(
                (state.isArmed ? 1 : 0) | (state.isBroken ? 2 : 0) | (state.isToldBroken ? 4 : 0)
            )
            words.append(UInt64(bitPattern: state.armedAt.milliseconds))
            words.append(UInt64(bitPattern: state.since.milliseconds))
            words.append(UInt64(state.times.count))
            for time in state.times.all { words.append(UInt64(bitPattern: time.milliseconds)) }
        }
    }

    /// Reads it back, behind so many rule sets.
    mutating func restore(
        _ reader: inout BlockReader,
        ruleSetsApplied: Int
    ) throws(CheckpointError) {
        instant = Instant(milliseconds: try reader.signed())
        lastBackfill = Instant(milliseconds: try reader.signed())
        isSuspended = try reader.word() != 0
        for name in members.indices { members[name] = Int(try reader.word()) }
        for _ in 0..<(try reader.word()) {
            let number = Int(try reader.word())
            guard plan.items.indices.contains(number) else {
                throw CheckpointError(what: "it has an expectation that no rules have")
            }
            withdrawn.append((number, Instant(milliseconds: try reader.signed())))
        }
        self.ruleSetsApplied = ruleSetsApplied
        guard ruleSetsApplied > 0 else { return }
        states = plan.ruleSets[ruleSetsApplied - 1].map { begun($0) }
        index()
        for index in states.indices {
            let flags = try reader.word()
            states[index].isArmed = flags & 1 != 0
            states[index].isBroken = flags & 2 != 0
            states[index].isToldBroken = flags & 4 != 0
            states[index].armedAt = Instant(milliseconds: try reader.signed())
            states[index].since = Instant(milliseconds: try reader.signed())
            for _ in 0..<(try reader.word()) {
                states[index].times.add(Instant(milliseconds: try reader.signed()))
            }
            states[index].isTouched = false
        }
        index()
        findNextDue()
    }
}
