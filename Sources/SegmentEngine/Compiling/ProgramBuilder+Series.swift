internal import EventModel
internal import RuleLanguage

/// Makes series, of which equal ones are shared.
extension ProgramBuilder {
    /// The series that keeps times, or sums, of events.
    mutating func series(_ events: EventSelection, summed: [String]?) -> Int {
        let key = SeriesKey.events(events, summed: summed)
        if let series = seriesIndex[key] { return series }
        let path = summed?.map { propertyName($0) }
        let series = Program.Series(
            filter: filter(events),
            readings: readings(events),
            isRead: !events.readings.isEmpty,
            uniqueKeys: events.uniqueKeys.compactMap(contract.index),
            summed: path,
            timesMax: 1
        )
        return add(series, key, events)
    }

    private mutating func filter(_ events: EventSelection) -> PropertyMatcher? {
        guard let condition = events.filter, !condition.looksAtClock else { return nil }
        return PropertyMatcher(condition) { name in propertyName(name) }
    }

    /// Adds a series that takes those events.
    private mutating func add(
        _ series: Program.Series,
        _ key: SeriesKey,
        _ events: EventSelection
    ) -> Int {
        let index = program.series.count
        seriesIndex[key] = index
        program.series.append(series)
        guard let names = events.names else {
            program.anyEvent.append(index)
            return index
        }
        for name in names { program.seriesOfEvent[name, default: []].append(index) }
        for pattern in events.patterns {
            program.seriesOfPattern.append((Array(pattern.utf8), events.excludedNames, index))
        }
        return index
    }

    /// The series that keeps a row of each event, or of each value of a property of it.
    mutating func rows(_ events: EventSelection, _ value: RowValue? = nil) -> Int {
        let key = SeriesKey.rows(events, value)
        if let series = seriesIndex[key] { return series }
        var series = Program.Series(
            filter: filter(events),
            readings: readings(events),
            isRead: !events.readings.isEmpty,
            uniqueKeys: events.uniqueKeys.compactMap(contract.index),
            timesMax: 1
        )
        series.hasRows = true
        series.layout.value = value.map { value in
            let path = value.path.map { propertyName($0) }
            switch value.kind {
            case .number: return .number(path)
            case .key: return .key(path)
            case .passing(let bound): return .passing(path, bound)
            }
        }
        let index = add(series, key, events)
        if let filter = events.filter, filter.looksAtClock {
            let number = rowFilter(filter, of: index)
            program.series[index].layout.filter = number
        }
        return index
    }

    /// The series that keeps a row of each entry that sets or unsets an attribute.
    mutating func timeline(_ name: String) -> Int {
        let key = SeriesKey.timeline(name, declaration([name]))
        if let series = seriesIndex[key] { return series }
        let index = program.series.count
        seriesIndex[key] = index
        var series = Program.Series(isRead: declaration([name]) != nil, timesMax: 1)
        series.hasRows = true
        program.series.append(series)
        let attribute = attributeNumber(name)
        program.attributes[attribute].timelines.append(index)
        return index
    }

    /// The series that keeps when a person entered or left a segment.
    mutating func turns(_ name: Int, isEntry: Bool) -> Int {
        let key = SeriesKey.turns(name: name, isEntry: isEntry)
        if let series = seriesIndex[key] { return series }
        let index = program.series.count
        seriesIndex[key] = index
        var series = Program.Series(timesMax: 1)
        series.hasRows = true
        series.isOwn = true
        program.series.append(series)
        if isEntry {
            program.entriesOfName[name] = Int32(index)
        } else {
            program.exitsOfName[name] = Int32(index)
        }
        return index
    }

    /// A series that keeps the earliest time of entries.
    mutating func earliest(_ place: WritableKeyPath<Program, Int?>) -> Int {
        if let series = program[keyPath: place] { return series }
        let index = program.series.count
        var series = Program.Series(timesMax: 1)
        series.isEarliest = true
        program.series.append(series)
        program[keyPath: place] = index
        return index
    }

    /// The series that keeps when a person was added to a list, with a bit, and removed from it.
    mutating func list(_ name: String) -> Int {
        if let series = program.listOfName[name] { return Int(series) }
        let index = program.series.count
        var series = Program.Series(timesMax: 1)
        series.hasRows = true
        series.layout.keepsLast = true
        // No property says it: the entry does.
        series.layout.bits = [PropertyMatcher(.any([])) { name in propertyName(name) }]
        program.series.append(series)
        program.listOfName[name] = Int32(index)
        return index
    }

    /// The series that keeps where a person stands under a salt.
    mutating func draws(_ salt: String) -> Int {
        if let known = program.draws.first(where: { $0.salt == salt }) { return known.series }
        let index = program.series.count
        var series = Program.Series(timesMax: 1)
        series.isDraw = true
        series.isOwn = true
        program.series.append(series)
        program.draws.append((salt, index))
        return index
    }
}
