import EventModel
import RuleLanguage

extension NaiveJudge {
    /// Adds the instants at which the truth of a condition may change, and perhaps others.
    ///
    /// From each of them on it stays as it is until the next.
    func addInstants(of condition: Condition, to instants: inout Set<Instant>) {
        instants.insert(history.begin)
        switch condition {
        case .all(let parts), .any(let parts), .some(_, let parts):
            for part in parts { addInstants(of: part, to: &instants) }
        case .not(let part): addInstants(of: part, to: &instants)
        case .held(let part, let span):
            var inner: Set<Instant> = []
            addInstants(of: part, to: &inner)
            for instant in inner where instant <= end {
                instants.insert(instant)
                // What came to an end at an instant is over for as long.
                instants.insert(instant + span)
            }
        case .atLeast(_, let events, let window): add(events, window, to: &instants)
        case .sum(let property, let window, _): add(property.events, window, to: &instants)
        case .aggregate(_, let property, let window, _):
            add(property.events, window, to: &instants)
        case .extreme(let extreme):
            add(extreme.events, extreme.window, to: &instants)
            add(extreme.filter, to: &instants)
        case .sequence(let sequence):
            add(sequence.first, sequence.window, to: &instants)
            add(sequence.second, sequence.window, to: &instants)
            guard let within = sequence.within else { break }
            for event in named(sequence.first) { instants.insert(event.at + within) }
        case .periods(let periods): add(periods.events, periods.window, to: &instants)
        case .attribute(let path, let test):
            add(path, to: &instants)
            add(test, to: &instants)
        case .attributeItems(let path, _, let filter):
            add(path, to: &instants)
            add(filter, to: &instants)
        case .changed(let change):
            add(change.path, to: &instants)
            for event in history.identifies(change.path.first ?? "") {
                add(change.window, event.at, to: &instants)
            }
            add(change.window, to: &instants)
        case .isKnown: instants.formUnion(history.all.map(\.start))
        case .knownFor(let span): instants.insert(history.begin + span)
        case .inSegment(let name):
            if let condition = segment(name) { addInstants(of: condition, to: &instants) }
        case .turned(let turn):
            for decided in history.turns where decided.segment == turn.segment {
                instants.insert(decided.at)
                add(turn.window, decided.at, to: &instants)
            }
            add(turn.window, to: &instants)
        case .inList: instants.formUnion(history.accepted.map(\.entry.receivedAt))
        case .sample: break
        }
    }

    private func add(
        _ events: EventSelection,
        _ window: Window,
        to instants: inout Set<Instant>
    ) {
        for event in named(events) {
            instants.insert(event.start)
            add(window, event.at, to: &instants)
        }
        add(events.filter, to: &instants)
        add(window, to: &instants)
    }

    /// Of an attribute, when its values begin.
    private func add(_ path: [String], to instants: inout Set<Instant>) {
        instants.formUnion(history.identifies(path.first ?? "").map(\.start))
    }

    /// When an event time comes into a window, and when it leaves.
    private func add(_ window: Window, _ time: Instant, to instants: inout Set<Instant>) {
        switch window {
        case .last(let span), .longerAgo(let span): instants.insert(time + span)
        case .betweenAgo(let longest, let shortest):
            instants.insert(time + shortest)
            instants.insert(time + longest)
        case .ever, .dates, .calendar, .yesterday, .sinceLast: break
        }
    }

    /// When a window turns, whatever lies in it.
    private func add(_ window: Window, to instants: inout Set<Instant>) {
        switch window {
        case .calendar(_, _, let zone), .yesterday(let zone):
            instants.formUnion(
                NaiveCalendar(zone: zone).turns(from: history.begin, through: end)
            )
        case .sinceLast(let events):
            instants.formUnion(named(events).map(\.start))
            add(events.filter, to: &instants)
        case .ever, .last, .betweenAgo, .longerAgo, .dates: break
        }
    }

    private func add(_ filter: PropertyFilter?, to instants: inout Set<Instant>) {
        switch filter {
        case .all(let parts)?, .any(let parts)?:
            for part in parts { add(part, to: &instants) }
        case .not(let part)?, .items(_, _, let part)?: add(part, to: &instants)
        case .property(_, let test)?: add(test, to: &instants)
        case nil: break
        }
    }

    /// When a test of any time that is named anywhere may change.
    private func add(
        _ test: ValueTest,
        in zone: Zone = .utc,
        to instants: inout Set<Instant>
    ) {
        switch test {
        case .inLast(let span), .longerAgo(let span):
            for time in namedTimes(zone) { instants.formUnion([time, time + span]) }
        case .inNext(let span):
            for time in namedTimes(zone) { instants.formUnion([time - span, time]) }
        case .betweenAgo(let longest, let shortest):
            for time in namedTimes(zone) { instants.formUnion([time + shortest, time + longest]) }
        case .anniversaryInNext(let span, let zone):
            let calendar = NaiveCalendar(zone: zone)
            for time in namedTimes(zone) {
                let anniversaries = calendar.anniversaries(
                    of: time,
                    from: calendar.number(of: .year, at: history.begin),
                    through: calendar.number(of: .year, at: end + span) + 1
                )
                for anniversary in anniversaries {
                    instants.formUnion([anniversary - span, anniversary])
                }
            }
        case .ignoringCase(let test): add(test, in: zone, to: &instants)
        case .inZone(let test, let zone): add(test, in: zone, to: &instants)
        case .equal, .less, .lessOrEqual, .greater, .greaterOrEqual, .isSet, .oneOf, .contains,
            .startsWith, .endsWith, .like:
            break
        }
    }
}
