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
                let entry: UnsafeMutablePointer<DirectoryEntry>
                if !series.pointee.isPlain {
                    if !repeated.isEmpty,
                        program.series[index].uniqueKeys.contains(where: repeated.contains)
                    {
                        continue
                    }
                    let reading = plan.readingsOfSymbol.number(at: place)
                    let found =
                        reading < 0
                        ? fold(
                            Said(head, occurredAt),
                            bytes,
                            into: index,
                            of: person
                        )
                        : foldRead(head, occurredAt, bytes, by: reading, into: index, of: person)
                    guard let found else { continue }
                    entry = found
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
        case .rules, .tick, .merge, .suppress, .job, .quarantine, .erase: break
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

    /// When an entry says something, and where.
    struct Said {
        var occurredAt: Instant
        var receivedAt: Instant
        var sequence: SequenceNumber
        /// Where the object begins within the bytes.
        var content: Int

        /// What an entry says as it was sent.
        @inline(__always)
        init(_ head: HeadPointer, _ occurredAt: Instant) {
            self.occurredAt = occurredAt
            receivedAt = head.pointee.receivedAt
            sequence = head.pointee.sequence
            content = head.pointee.content.lowerBound
        }
    }

    /// Takes an event into a series that looks at what it says; gives what is kept where that is no row.
    @inline(__always)
    private mutating func fold(
        _ said: Said,
        _ bytes: Span<UInt8>,
        into index: Int,
        of person: PersonSlot
    ) -> UnsafeMutablePointer<DirectoryEntry>? {
        if let filter = program.series[index].filter,
            !filter.matches(bytes, content: said.content, symbols: program.symbols(of: index))
        {
            return nil
        }
        let series = plan.series.pointer(Int32(truncatingIfNeeded: index))
        switch series.pointee.keep {
        case .rows:
            foldRows(said, bytes, into: index, of: person)
            return nil
        case .sums: return sum(said, bytes, into: index, of: person)
        default:
            return people.insert(
                said.occurredAt,
                timesMax: Int(series.pointee.timesMax),
                key: UInt32(truncatingIfNeeded: index),
                of: people.record(person)
            )
        }
    }

    /// The same of an event as a contract means it.
    private mutating func foldRead(
        _ head: HeadPointer,
        _ occurredAt: Instant,
        _ bytes: Span<UInt8>,
        by reading: Int,
        into index: Int,
        of person: PersonSlot
    ) -> UnsafeMutablePointer<DirectoryEntry>? {
        var reader = ContentReader()
        swap(&reader, &contentReader)
        defer { swap(&reader, &contentReader) }
        reader.read(
            head.pointee.sequence,
            by: reading,
            program.readings[reading].object,
            bytes,
            at: head.pointee.content.lowerBound,
            program.propertyNames.numberOfSymbol
        )
        var said = Said(head, occurredAt)
        said.content = 0
        return fold(said, reader.bytes.span, into: index, of: person)
    }

    /// Takes the property of an event into a summed series, of a list that of every item; nil for what is no
    /// number, which adds nothing.
    private mutating func sum(
        _ said: Said,
        _ bytes: Span<UInt8>,
        into series: Int,
        of person: PersonSlot
    ) -> UnsafeMutablePointer<DirectoryEntry>? {
        let path = program.series[series].summed ?? []
        let symbols = program.symbols(of: series)
        let place = PropertyMatcher.find(path, bytes, at: said.content, symbols: symbols)
        if let place, let number = number(at: place, bytes) {
            return add(number, said, to: series, of: person)
        }
        var entry: UnsafeMutablePointer<DirectoryEntry>?
        for place in places(path, said.content, bytes, symbols) {
            guard let number = number(at: place, bytes) else { continue }
            entry = add(number, said, to: series, of: person)
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
        _ said: Said,
        to series: Int,
        of person: PersonSlot
    ) -> UnsafeMutablePointer<DirectoryEntry> {
        let now = openInstant ?? said.receivedAt
        return people.insert(
            number.units,
            at: said.occurredAt,
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
            for attribute in program.attributesOfSymbol[symbol] {
                if program.attributes[Int(attribute)].reading == nil {
                    fold(Int(attribute), at: value, Said(head, occurredAt), bytes, of: person)
                } else if !readAttributes.contains({ $0 == attribute }) {
                    readAttributes.append(attribute)
                }
            }
        }
        guard !readAttributes.isEmpty else { return }
        for index in 0..<readAttributes.count {
            foldRead(Int(readAttributes[index]), head, occurredAt, bytes, of: person)
        }
        readAttributes.removeAll()
    }

    /// Takes what an entry says of an attribute.
    private mutating func fold(
        _ attribute: Int,
        at value: Int,
        _ said: Said,
        _ bytes: Span<UInt8>,
        of person: PersonSlot
    ) {
        if !passedOver.isEmpty, passedOver.contains({ $0 == Int32(attribute) }) { return }
        set(attribute, at: value, said, bytes, of: person)
        for series in program.attributes[attribute].timelines {
            foldRows(said, bytes, into: series, of: person)
        }
    }

    /// The same as a contract means it.
    private mutating func foldRead(
        _ attribute: Int,
        _ head: HeadPointer,
        _ occurredAt: Instant,
        _ bytes: Span<UInt8>,
        of person: PersonSlot
    ) {
        guard let reading = program.attributes[attribute].reading else { return }
        var reader = ContentReader()
        swap(&reader, &contentReader)
        defer { swap(&reader, &contentReader) }
        // Of attributes another one is read next.
        reader.forget()
        reader.read(
            head.pointee.sequence,
            by: -1,
            reading,
            bytes,
            at: head.pointee.content.lowerBound,
            program.propertyNames.numberOfSymbol
        )
        reader.forget()
        let read = reader.bytes
        let name = Int(reading.fields[0].name)
        let value = PropertyMatcher.find(
            [name],
            read.span,
            at: 0,
            symbols: program.propertyNames.readSymbols
        )
        guard let value else { return }
        var said = Said(head, occurredAt)
        said.content = 0
        fold(attribute, at: value, said, read.span, of: person)
    }

    /// Sets an attribute, unless a later event time has set it already.
    private mutating func set(
        _ attribute: Int,
        at value: Int,
        _ said: Said,
        _ bytes: Span<UInt8>,
        of person: PersonSlot
    ) {
        let key = UInt32(program.series.count + attribute)
        let (entry, isNew) = people.entry(key, of: people.record(person))
        if isNew { entry.pointee.reference = people.arena.allocate(2) }
        let place = people.arena.pointer(entry.pointee.reference)
        let stamp = AttributeStamp(
            said.occurredAt,
            said.sequence,
            isSet: !PropertyMatcher.isMissing(value, bytes)
        )
        // Of members with one name the last counts.
        if !isNew, stamp < AttributeStamp(place) { return }
        stamp.write(to: place)
        let now = people.now(people.record(person))
        let isRead = program.attributes[attribute].reading != nil
        let names = program.propertyNames
        let symbols = isRead ? names.readSymbols : names.symbols
        for test in program.attributes[attribute].tests {
            let offset = PropertyMatcher.find(
                test.path,
                bytes,
                at: value,
                symbols: symbols
            )
            let isTrue = test.matcher.matches(bytes, at: offset, symbols)
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
