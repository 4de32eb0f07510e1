import RuleLanguage

/// The forms that a condition can be made of.
///
/// The switches of `ConditionForms` name every case of the meaning, so a new one does not compile until
/// it has a form here; and every form here wants an example in the guide.
enum ConditionForm: CaseIterable {
    case all, any, not, some, held, everyone
    case atLeastOne, atLeastSeveral
    case sum, sumAbove, average, minimum, maximum, distinct
    case equalFigure, lessFigure, lessOrEqualFigure, greaterFigure, greaterOrEqualFigure
    case first, last, filteredExtreme
    case sequence, sequenceWithin, sequenceWithSame, negatedSequence
    case days, weeks, months, severalEachPeriod
    case attribute, attributeItems, nestedAttribute
    case changed, changedFrom, changedTo
    case isKnown, knownFor, inSegment, entered, exited, inList, sample
    case ever, inLast, betweenAgo, longerAgo, sinceDate, beforeDate, calendarDays, calendarWeeks
    case calendarMonths, calendarYear, yesterday, sinceLast
    case anyEvent, severalEvents, eventPattern, filteredEvents
    case allOfFilter, anyOfFilter, notOfFilter, property, anyItem, everyItem
    case equal, less, lessOrEqual, greater, greaterOrEqual, isSet, oneOf, contains, startsWith
    case endsWith, like, ignoringCase, timeInLast, timeInNext, timeLongerAgo, timeBetweenAgo
    case anniversary
    case text, number, boolean, time
}

/// Collects the forms of conditions.
struct ConditionForms {
    /// Those found so far.
    private(set) var found: Set<ConditionForm> = []

    /// Adds a condition's own form and those of all its parts.
    mutating func add(_ condition: Condition) {
        switch condition {
        case .all(let parts): addAll(parts, as: parts.isEmpty ? .everyone : .all)
        case .any(let parts): addAll(parts, as: .any)
        case .not(let part): addAll([part], as: .not)
        case .some(_, let parts): addAll(parts, as: .some)
        case .held(let part, _): addAll([part], as: .held)
        case .atLeast(let count, let events, let window):
            found.insert(count == 1 ? .atLeastOne : .atLeastSeveral)
            add(events, window)
        case .sum(let property, let window, let bound):
            found.insert(bound.isStrict ? .sumAbove : .sum)
            add(property.events, window)
        case .aggregate(let aggregate, let property, let window, let test):
            add(aggregate, test)
            add(property.events, window)
        case .extreme(let extreme):
            found.insert(extreme.isLast ? .last : .first)
            if let filter = extreme.filter {
                found.insert(.filteredExtreme)
                add(filter)
            }
            add(extreme.events, extreme.window)
        case .sequence(let sequence): add(sequence)
        case .periods(let periods): add(periods)
        case .attribute(let path, let test):
            found.insert(path.count > 1 ? .nestedAttribute : .attribute)
            add(test)
        case .attributeItems(_, let quantifier, let filter):
            found.insert(.attributeItems)
            add(quantifier)
            add(filter)
        case .changed(let change): add(change)
        case .isKnown: found.insert(.isKnown)
        case .knownFor: found.insert(.knownFor)
        case .inSegment: found.insert(.inSegment)
        case .turned(let turn):
            found.insert(turn.isEntry ? .entered : .exited)
            add(turn.window)
        case .inList: found.insert(.inList)
        case .sample: found.insert(.sample)
        }
    }

    private mutating func addAll(_ parts: [Condition], as form: ConditionForm) {
        found.insert(form)
        for part in parts { add(part) }
    }

    private mutating func add(_ aggregate: Aggregate, _ test: NumberTest) {
        switch aggregate {
        case .average: found.insert(.average)
        case .minimum: found.insert(.minimum)
        case .maximum: found.insert(.maximum)
        case .distinct: found.insert(.distinct)
        }
        switch test {
        case .equal: found.insert(.equalFigure)
        case .less: found.insert(.lessFigure)
        case .lessOrEqual: found.insert(.lessOrEqualFigure)
        case .greater: found.insert(.greaterFigure)
        case .greaterOrEqual: found.insert(.greaterOrEqualFigure)
        }
    }

    private mutating func add(_ sequence: EventSequence) {
        found.insert(sequence.isNegated ? .negatedSequence : .sequence)
        if sequence.within != nil && !sequence.isNegated { found.insert(.sequenceWithin) }
        if sequence.same != nil { found.insert(.sequenceWithSame) }
        add(sequence.first, sequence.window)
        add(sequence.second, sequence.window)
    }

    private mutating func add(_ periods: EventfulPeriods) {
        switch periods.unit {
        case .day: found.insert(.days)
        case .week: found.insert(.weeks)
        case .month: found.insert(.months)
        // The grammar has no `years with`.
        case .year: break
        }
        if periods.low > 1 { found.insert(.severalEachPeriod) }
        add(periods.events, periods.window)
    }

    private mutating func add(_ change: AttributeChange) {
        found.insert(.changed)
        if let from = change.from {
            found.insert(.changedFrom)
            add(from)
        }
        if let to = change.to {
            found.insert(.changedTo)
            add(to)
        }
        add(change.window)
    }

    private mutating func add(_ events: EventSelection, _ window: Window) {
        if let names = events.names {
            if names.count > 1 { found.insert(.severalEvents) }
        } else {
            found.insert(.anyEvent)
        }
        if !events.patterns.isEmpty { found.insert(.eventPattern) }
        if let filter = events.filter {
            found.insert(.filteredEvents)
            add(filter)
        }
        add(window)
    }

    private mutating func add(_ window: Window) {
        switch window {
        case .ever: found.insert(.ever)
        case .last: found.insert(.inLast)
        case .betweenAgo: found.insert(.betweenAgo)
        case .longerAgo: found.insert(.longerAgo)
        case .dates(let from, let to):
            if from != nil { found.insert(.sinceDate) }
            if to != nil { found.insert(.beforeDate) }
        case .calendar(.day, _, _): found.insert(.calendarDays)
        case .calendar(.week, _, _): found.insert(.calendarWeeks)
        case .calendar(.month, _, _): found.insert(.calendarMonths)
        case .calendar(.year, _, _): found.insert(.calendarYear)
        case .yesterday: found.insert(.yesterday)
        case .sinceLast(let events):
            found.insert(.sinceLast)
            add(events, .ever)
        }
    }

    private mutating func add(_ filter: PropertyFilter) {
        switch filter {
        case .all(let parts):
            found.insert(.allOfFilter)
            for part in parts { add(part) }
        case .any(let parts):
            found.insert(.anyOfFilter)
            for part in parts { add(part) }
        case .not(let part):
            found.insert(.notOfFilter)
            add(part)
        case .property(_, let test):
            found.insert(.property)
            add(test)
        case .items(_, let quantifier, let filter):
            add(quantifier)
            add(filter)
        }
    }

    private mutating func add(_ quantifier: ItemQuantifier) {
        switch quantifier {
        case .any: found.insert(.anyItem)
        case .every: found.insert(.everyItem)
        }
    }

    private mutating func add(_ test: ValueTest) {
        switch test {
        case .equal(let literal): add(literal, .equal)
        case .less(let literal): add(literal, .less)
        case .lessOrEqual(let literal): add(literal, .lessOrEqual)
        case .greater(let literal): add(literal, .greater)
        case .greaterOrEqual(let literal): add(literal, .greaterOrEqual)
        case .isSet: found.insert(.isSet)
        case .oneOf(let literals):
            for literal in literals { add(literal, .oneOf) }
        case .contains(let literal): add(literal, .contains)
        case .startsWith: found.insert(.startsWith)
        case .endsWith: found.insert(.endsWith)
        case .like: found.insert(.like)
        case .ignoringCase(let part):
            found.insert(.ignoringCase)
            add(part)
        case .inZone(let part, _): add(part)
        case .inLast: found.insert(.timeInLast)
        case .inNext: found.insert(.timeInNext)
        case .longerAgo: found.insert(.timeLongerAgo)
        case .betweenAgo: found.insert(.timeBetweenAgo)
        case .anniversaryInNext: found.insert(.anniversary)
        }
    }

    private mutating func add(_ literal: ValueLiteral, _ form: ConditionForm) {
        found.insert(form)
        add(literal)
    }

    private mutating func add(_ literal: ValueLiteral) {
        switch literal {
        case .text: found.insert(.text)
        case .number: found.insert(.number)
        case .boolean: found.insert(.boolean)
        case .time: found.insert(.time)
        }
    }
}
