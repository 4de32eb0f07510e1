internal import EventModel

/// How rows come about, and what is judged from them.
extension ApplyStage {
    /// Adds an entry's rows to a series.
    mutating func foldRows(
        _ said: Said,
        _ bytes: Span<UInt8>,
        into series: Int,
        of person: PersonSlot
    ) {
        let key = Int32(truncatingIfNeeded: series)
        let time = said.occurredAt.milliseconds
        let place = RowPlace(
            time: time,
            start: min(time, said.receivedAt.milliseconds),
            sequence: Int64(bitPattern: said.sequence.rawValue),
            now: (openInstant ?? said.receivedAt).milliseconds
        )
        let content = said.content
        let record = people.record(person)
        let shape = plan.rows[key]
        guard shape.value != .none else {
            let row = addRow(place, key, shape, record, content, bytes)
            if !plan.answering.range(series).isEmpty { takeAnswers(row, of: key, record) }
            return touch(dependentsOf: series)
        }
        let path = program.series[series].layout.path
        var isTouched = false
        let symbols = program.symbols(of: series)
        if let offset = PropertyMatcher.find(path, bytes, at: content, symbols: symbols),
            ValueReader.isPlain(at: offset, bytes)
        {
            isTouched = takeValue(at: offset, place, key, shape, record, content, bytes)
        } else {
            for offset in places(path, content, bytes, symbols)
            where takeValue(at: offset, place, key, shape, record, content, bytes) {
                isTouched = true
            }
        }
        if isTouched { touch(dependentsOf: series) }
    }

    /// Adds a row for a value, where it is such as the series keeps.
    private mutating func takeValue(
        at offset: Int,
        _ place: RowPlace,
        _ key: Int32,
        _ shape: RowShape,
        _ record: RecordPointer,
        _ content: Int,
        _ bytes: Span<UInt8>
    ) -> Bool {
        switch shape.value {
        case .none: return false
        case .sum:
            var reader = ValueReader(at: offset)
            guard case .number(let number?) = reader.value(bytes) else { return false }
            let row = addRow(place, key, shape, record, content, bytes)
            let entry = people.entry(UInt32(bitPattern: key), of: record).entry
            people.setNumber(number.units, of: row, entry, shape)
        case .key:
            rowKey.removeAll(keepingCapacity: true)
            KeyBytes.appendScalar(at: offset, bytes, to: &rowKey)
            guard !rowKey.isEmpty else { return false }
            let row = addRow(place, key, shape, record, content, bytes)
            let value = rowKey
            row[shape.valuePlace] = people.keepKey(value.span)
            let entry = people.entry(UInt32(bitPattern: key), of: record).entry
            people.keepLatest(entry, shape, now: place.now)
        case .passing:
            var reader = ValueReader(at: offset)
            guard case .number(let number?) = reader.value(bytes),
                program.series[Int(key)].layout.bound.map({ $0.holds(number) }) ?? true
            else { return false }
            _ = addRow(place, key, shape, record, content, bytes)
        }
        return true
    }

    /// Where the values at the end of a path lie, of a list on the way those of every item.
    func places(
        _ path: [Int],
        _ content: Int,
        _ bytes: Span<UInt8>,
        _ symbols: [SymbolID?]
    ) -> [Int] {
        var places: [Int] = []
        PropertyMatcher.each(path[...], bytes, at: content, symbols: symbols) { places.append($0) }
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
        _ key: Int32,
        _ shape: RowShape,
        _ record: RecordPointer,
        _ content: Int,
        _ bytes: Span<UInt8>
    ) -> UnsafeMutablePointer<Int64> {
        let entry = people.entry(UInt32(bitPattern: key), of: record).entry
        let row = people.insertRow(
            entry,
            shape,
            time: place.time,
            start: place.start,
            sequence: place.sequence,
            now: place.now
        )
        if shape.hasFindings { find(Int(key), shape, row, content, bytes) }
        return row
    }

    /// Fills in what is found in the entry beforehand.
    private mutating func find(
        _ series: Int,
        _ shape: RowShape,
        _ row: UnsafeMutablePointer<Int64>,
        _ content: Int,
        _ bytes: Span<UInt8>
    ) {
        let layout = program.series[series].layout
        let symbols = program.symbols(of: series)
        func find(_ path: [Int]) -> Int? {
            PropertyMatcher.find(path, bytes, at: content, symbols: symbols)
        }
        for (bit, matcher) in layout.bits.enumerated()
        where matcher.matches(bytes, content: content, symbols: symbols) {
            row[RowLayout.bitsPlace + bit >> 6] |= 1 << Int64(bit & 63)
        }
        for (index, time) in layout.times.enumerated() {
            let calendar = time.calendar < 0 ? nil : program.calendars[time.calendar]
            let place = find(time.path)
            row[layout.timesPlace + index] =
                place.flatMap { KeyBytes.time(at: $0, bytes, calendar) } ?? RowLayout.noTime
        }
        for (index, key) in layout.keys.enumerated() {
            guard let offset = find(key.path) else { continue }
            let place = shape.keysPlace + index
            if key.kind == .raw {
                var reader = ValueReader(at: offset)
                reader.skip(bytes)
                row[place] = people.keepKey(bytes.extracting(offset..<reader.offset))
                continue
            }
            rowKey.removeAll(keepingCapacity: true)
            switch key.kind {
            case .whole, .raw: KeyBytes.append(at: offset, bytes, to: &rowKey)
            case .scalar: KeyBytes.appendScalar(at: offset, bytes, to: &rowKey)
            }
            let value = rowKey
            row[place] = people.keepKey(value.span)
        }
    }

    /// Keeps that a list has gained or lost a person, where rules look at it; what the sender says of its time
    /// does not count.
    mutating func foldList(_ head: HeadPointer, into person: PersonSlot, settles: Bool) {
        let series = program.listOfSymbol[Int(head.pointee.event.rawValue)]
        guard series >= 0 else { return }
        let time = head.pointee.receivedAt.milliseconds
        let entry = people.entry(UInt32(bitPattern: series), of: people.record(person)).entry
        let row = people.insertRow(
            entry,
            plan.rows[series],
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
        if let knownSince = program.knownSince, namesUser(head, of: person) {
            take(start, into: knownSince, of: person)
        }
        if !judged.isEmpty { judgeTouched(person, settles: settles) }
    }

    /// Whether one of an entry's identifiers is a canonical customer id, and means the person.
    private func namesUser(_ head: HeadPointer, of person: PersonSlot) -> Bool {
        for index in 0..<head.pointee.identifiers.count {
            let reference = head.pointee.identifiers[index]
            guard contract.namespaces.isUser(reference.namespace, at: head.pointee.sequence) else {
                continue
            }
            if isClaimed(reference.id, at: head.pointee.sequence, person) { return true }
        }
        return false
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
            plan.rows[series],
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
