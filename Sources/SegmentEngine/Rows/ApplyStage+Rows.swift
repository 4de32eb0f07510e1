internal import EventModel

/// How rows come about, and what is judged from them.
extension ApplyStage {
    /// Adds an entry's rows to a series.
    mutating func foldRows(
        _ head: HeadPointer,
        _ occurredAt: Instant,
        _ bytes: Span<UInt8>,
        into series: Int,
        of person: PersonSlot
    ) {
        let key = UInt32(truncatingIfNeeded: series)
        let time = occurredAt.milliseconds
        let place = RowPlace(
            time: time,
            start: min(time, head.pointee.receivedAt.milliseconds),
            sequence: Int64(bitPattern: head.pointee.sequence.rawValue),
            now: (openInstant ?? head.pointee.receivedAt).milliseconds
        )
        let content = head.pointee.content.lowerBound
        let record = people.record(person)
        guard let value = program.series[series].layout.value else {
            _ = addRow(place, key, record, content, bytes)
            return touch(dependentsOf: series)
        }
        let path: [Int] =
            switch value {
            case .number(let path), .key(let path): path
            }
        var isTouched = false
        for offset in places(path, head, bytes) {
            switch value {
            case .number:
                var reader = ValueReader(at: offset)
                guard case .number(let number?) = reader.value(bytes) else { continue }
                let row = addRow(place, key, record, content, bytes)
                let valuePlace = program.series[series].layout.valuePlace
                row[valuePlace] = Int64(truncatingIfNeeded: number.units)
                row[valuePlace + 1] = Int64(truncatingIfNeeded: number.units >> 64)
            case .key:
                let value = KeyBytes.scalar(at: offset, bytes)
                guard !value.isEmpty else { continue }
                let row = addRow(place, key, record, content, bytes)
                row[program.series[series].layout.valuePlace] = people.keepKey(value.span)
            }
            isTouched = true
        }
        if isTouched { touch(dependentsOf: series) }
    }

    /// Where the values at the end of a path lie, of a list on the way those of every item.
    func places(_ path: [Int], _ head: HeadPointer, _ bytes: Span<UInt8>) -> [Int] {
        var places: [Int] = []
        PropertyMatcher.each(
            path[...],
            bytes,
            at: head.pointee.content.lowerBound,
            symbols: program.propertySymbols
        ) { places.append($0) }
        return places
    }

    private struct RowPlace {
        var time: Int64
        var start: Int64
        var sequence: Int64
        var now: Int64
    }

    /// Adds a row with all that is found in the entry beforehand.
    private mutating func addRow(
        _ place: RowPlace,
        _ key: UInt32,
        _ record: RecordPointer,
        _ content: Int,
        _ bytes: Span<UInt8>
    ) -> UnsafeMutablePointer<Int64> {
        let layout = program.series[Int(key)].layout
        let row = people.insertRow(
            people.entry(key, of: record).entry,
            layout,
            time: place.time,
            start: place.start,
            sequence: place.sequence,
            now: place.now
        )
        for (bit, matcher) in layout.bits.enumerated()
        where matcher.matches(bytes, content: content, symbols: program.propertySymbols) {
            row[RowLayout.bitsPlace + bit >> 6] |= 1 << Int64(bit & 63)
        }
        for (index, path) in layout.times.enumerated() {
            let offset = find(path, bytes, content)
            row[layout.timesPlace + index] =
                offset.flatMap { KeyBytes.time(at: $0, bytes) } ?? RowLayout.noTime
        }
        for (index, key) in layout.keys.enumerated() {
            guard let offset = find(key.path, bytes, content) else { continue }
            let place = layout.keysPlace + index
            switch key.kind {
            case .whole: row[place] = people.keepKey(KeyBytes.whole(at: offset, bytes).span)
            case .scalar: row[place] = people.keepKey(KeyBytes.scalar(at: offset, bytes).span)
            case .raw:
                var reader = ValueReader(at: offset)
                reader.skip(bytes)
                row[place] = people.keepKey(bytes.extracting(offset..<reader.offset))
            }
        }
        return row
    }

    private func find(_ path: [Int], _ bytes: Span<UInt8>, _ content: Int) -> Int? {
        PropertyMatcher.find(path, bytes, at: content, symbols: program.propertySymbols)
    }

    /// Keeps that a list has gained or lost a person, where rules look at it; what the sender says of its time
    /// does not count.
    mutating func foldList(_ head: HeadPointer, into person: PersonSlot, settles: Bool) {
        let series = program.listOfSymbol[Int(head.pointee.event.rawValue)]
        guard series >= 0 else { return }
        let time = head.pointee.receivedAt.milliseconds
        let row = people.insertRow(
            people.entry(UInt32(bitPattern: series), of: people.record(person)).entry,
            program.series[Int(series)].layout,
            time: time,
            start: time,
            sequence: Int64(bitPattern: head.pointee.sequence.rawValue),
            now: time
        )
        if head.pointee.isOn { row[RowLayout.bitsPlace] = 1 }
        touch(dependentsOf: Int(series))
        judgeTouched(person, settles: settles)
    }

    /// Takes note of the leaves to judge since a series changed.
    mutating func touch(dependentsOf series: Int) {
        for place in plan.dependents.range(series) {
            let dependent = Int32(truncatingIfNeeded: plan.dependents.number(at: place))
            if !judged.contains({ $0 == dependent }) { judged.append(dependent) }
        }
    }

    /// Judges the leaves of which the entry has changed a series.
    mutating func judgeTouched(_ person: PersonSlot, settles: Bool) {
        let record = people.record(person)
        let instant = openInstant ?? reached
        for index in 0..<judged.count {
            let key = judged[index]
            let (entry, _) = people.entry(UInt32(bitPattern: key), of: record)
            guard settles else { continue }
            settle(
                entry,
                plan.series.pointer(key),
                of: person,
                record,
                at: instant,
                isEvaluating: false
            )
            arm(person, record, for: entry.pointee.next)
        }
        judged.removeAll()
    }

    /// Takes an entry's time into the series that keep when a person began, and since when it is known.
    mutating func takeBeginning(
        _ head: HeadPointer,
        _ occurredAt: Instant,
        of person: PersonSlot,
        settles: Bool
    ) {
        let start = min(occurredAt, head.pointee.receivedAt).milliseconds
        if let beginning = program.beginning { take(start, into: beginning, of: person) }
        if let knownSince = program.knownSince, head.pointee.namesUser {
            take(start, into: knownSince, of: person)
        }
        if !judged.isEmpty { judgeTouched(person, settles: settles) }
    }

    private mutating func take(_ start: Int64, into series: Int, of person: PersonSlot) {
        let record = people.record(person)
        let key = UInt32(truncatingIfNeeded: series)
        if let entry = people.found(key, of: record), entry.pointee.payload <= start { return }
        people.takeEarliest(start, key: key, of: record)
        touch(dependentsOf: series)
    }

    /// Keeps that a person entered or left a segment, where rules look at that, and judges them.
    mutating func keepTurn(
        _ person: PersonSlot,
        _ record: RecordPointer,
        _ name: Int,
        isEntry: Bool
    ) {
        let series = isEntry ? program.entriesOfName[name] : program.exitsOfName[name]
        guard series >= 0 else { return }
        let now = evaluation.instant.milliseconds
        _ = people.insertRow(
            people.entry(UInt32(bitPattern: series), of: record).entry,
            program.series[Int(series)].layout,
            time: now,
            start: now,
            sequence: 0,
            now: now
        )
        touch(dependentsOf: Int(series))
        for index in 0..<judged.count {
            let key = judged[index]
            let (entry, _) = people.entry(UInt32(bitPattern: key), of: record)
            settle(
                entry,
                plan.series.pointer(key),
                of: person,
                record,
                at: evaluation.instant,
                isEvaluating: true
            )
            arm(person, record, for: entry.pointee.next)
        }
        judged.removeAll()
    }
}

extension EntryHead {
    /// Whether one of its identifiers is a canonical customer id.
    fileprivate var namesUser: Bool {
        for index in 0..<identifiers.count where identifiers[index].namespace == .user {
            return true
        }
        return false
    }
}
