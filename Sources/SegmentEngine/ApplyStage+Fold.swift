internal import EventModel

/// What an entry does to a person's series and attributes.
extension ApplyStage {
    /// Takes an entry's event or attributes into a person's state.
    ///
    /// - Parameter settles: Whether leaves get their truth at once; else all of them will when the instant is
    ///   evaluated.
    @inline(__always)
    mutating func fold(
        _ head: HeadPointer,
        _ occurredAt: Instant,
        _ bytes: Span<UInt8>,
        into person: PersonSlot,
        repeated: [Int],
        settles: Bool
    ) {
        switch head.pointee.kind {
        case .track:
            let instant = openInstant ?? head.pointee.receivedAt
            let record = people.record(person)
            for place in plan.seriesOfSymbol.range(Int(head.pointee.event.rawValue)) {
                let index = plan.seriesOfSymbol.number(at: place)
                let series = plan.series.pointer(Int32(truncatingIfNeeded: index))
                if !series.pointee.isPlain {
                    guard counts(head, bytes, in: index, repeated) else { continue }
                    if series.pointee.keep == .rows {
                        foldRows(head, occurredAt, bytes, into: index, of: person)
                        continue
                    }
                }
                let entry: UnsafeMutablePointer<DirectoryEntry>
                if series.pointee.keep == .sums {
                    guard let summed = sum(head, occurredAt, bytes, into: index, of: person) else {
                        continue
                    }
                    entry = summed
                } else {
                    entry = people.insert(
                        occurredAt,
                        timesMax: Int(series.pointee.timesMax),
                        key: UInt32(truncatingIfNeeded: index),
                        of: record
                    )
                }
                guard settles else { continue }
                settle(entry, series, of: person, record, at: instant, isEvaluating: false)
                arm(person, record, for: entry.pointee.next)
            }
            if !judged.isEmpty { judgeTouched(person, settles: settles) }
        case .identify:
            foldAttributes(head, occurredAt, bytes, into: person)
            if !judged.isEmpty { judgeTouched(person, settles: settles) }
        case .list: foldList(head, into: person, settles: settles)
        case .rules, .tick, .merge, .suppress, .job, .quarantine: break
        }
    }

    /// Sees to it that the person is looked at when time first changes something.
    @inline(__always)
    mutating func arm(
        _ person: PersonSlot,
        _ record: UnsafeMutablePointer<PersonRecord>,
        for instant: Instant
    ) {
        guard instant < record.pointee.armed else { return }
        record.pointee.armed = instant
        if !replaysByPerson { deadlines.push(DeadlineQueue.Item(at: instant, person: person)) }
    }

    /// Whether a series with a filter or with declared keys counts an event.
    private func counts(
        _ head: HeadPointer,
        _ bytes: Span<UInt8>,
        in series: Int,
        _ repeated: [Int]
    ) -> Bool {
        if !repeated.isEmpty, program.series[series].uniqueKeys.contains(where: repeated.contains) {
            return false
        }
        return program.series[series].filter?.matches(
            bytes,
            content: head.pointee.content.lowerBound,
            symbols: program.propertySymbols
        ) ?? true
    }

    /// Takes the property of an event into a summed series, of a list that of every item; nil for what is no
    /// number, which adds nothing.
    private mutating func sum(
        _ head: HeadPointer,
        _ occurredAt: Instant,
        _ bytes: Span<UInt8>,
        into series: Int,
        of person: PersonSlot
    ) -> UnsafeMutablePointer<DirectoryEntry>? {
        let path = program.series[series].summed ?? []
        let place = PropertyMatcher.find(
            path,
            bytes,
            at: head.pointee.content.lowerBound,
            symbols: program.propertySymbols
        )
        if let place, let number = number(at: place, bytes) {
            return add(number, head, occurredAt, to: series, of: person)
        }
        var entry: UnsafeMutablePointer<DirectoryEntry>?
        for place in places(path, head, bytes) {
            guard let number = number(at: place, bytes) else { continue }
            entry = add(number, head, occurredAt, to: series, of: person)
        }
        return entry
    }

    private func number(at place: Int, _ bytes: Span<UInt8>) -> ExactDecimal? {
        var reader = ValueReader(at: place)
        guard case .number(let number) = reader.value(bytes) else { return nil }
        return number
    }

    @inline(__always)
    private mutating func add(
        _ number: ExactDecimal,
        _ head: HeadPointer,
        _ occurredAt: Instant,
        to series: Int,
        of person: PersonSlot
    ) -> UnsafeMutablePointer<DirectoryEntry> {
        let now = openInstant ?? head.pointee.receivedAt
        return people.insert(
            number.units,
            at: occurredAt,
            key: UInt32(series),
            of: people.record(person),
            horizon: now - TimeSpan(milliseconds: plan.series[series].spanMax)
        )
    }

    private mutating func foldAttributes(
        _ head: HeadPointer,
        _ occurredAt: Instant,
        _ bytes: Span<UInt8>,
        into person: PersonSlot
    ) {
        guard !program.attributes.isEmpty else { return }
        var root = ValueReader(at: head.pointee.content.lowerBound)
        guard case .object(let members) = root.value(bytes) else { return }
        var reader = ValueReader(at: members.lowerBound)
        while reader.offset < members.upperBound {
            let symbol = Int(reader.varint(bytes))
            let value = reader.offset
            reader.skip(bytes)
            let attribute = Int(program.attributeOfSymbol[symbol])
            guard attribute >= 0 else { continue }
            set(attribute, at: value, head.pointee.sequence, occurredAt, bytes, of: person)
            for series in program.attributes[attribute].timelines {
                foldRows(head, occurredAt, bytes, into: series, of: person)
            }
        }
    }

    /// Sets an attribute, unless a later event time has set it already.
    private mutating func set(
        _ attribute: Int,
        at value: Int,
        _ sequence: SequenceNumber,
        _ occurredAt: Instant,
        _ bytes: Span<UInt8>,
        of person: PersonSlot
    ) {
        let key = UInt32(program.series.count + attribute)
        let (entry, isNew) = people.entry(key, of: people.record(person))
        if isNew { entry.pointee.reference = people.arena.allocate(2) }
        let stamp = people.arena.pointer(entry.pointee.reference)
        let order = Int64(bitPattern: sequence.rawValue)
        if !isNew {
            guard (stamp[0], stamp[1]) <= (occurredAt.milliseconds, order) else { return }
        }
        stamp[0] = occurredAt.milliseconds
        stamp[1] = order
        let now = people.now(people.record(person))
        for test in program.attributes[attribute].tests {
            let offset = PropertyMatcher.find(
                test.path,
                bytes,
                at: value,
                symbols: program.propertySymbols
            )
            let isTrue = test.matcher.matches(bytes, at: offset, program.propertySymbols)
            let bit: UInt64 = 1 << UInt64(test.leaf & 63)
            guard isTrue != (now[test.leaf >> 6] & bit != 0) else { continue }
            now[test.leaf >> 6] ^= bit
            dirty.append(WorkItem(person, .flipped(test.leaf)))
        }
    }
}

extension Program.AttributeMatcher {
    /// Whether the value at an offset passes; nil is a missing value, which never does.
    fileprivate func matches(
        _ bytes: Span<UInt8>,
        at offset: Int?,
        _ symbols: [SymbolID?]
    ) -> Bool {
        switch self {
        case .value(let matcher): return matcher.matches(bytes, at: offset)
        case .items(let every, let matcher):
            guard let offset else { return false }
            return matcher.itemsMatch(at: offset, every: every, bytes, symbols) ?? false
        }
    }
}
