import EventModel
import RuleLanguage

/// What is true of one person at an instant, with what is known by the end of an entry.
///
/// Keeps what it found out: nothing of it changes but by a transition, which drops it all.
final class NaiveJudge {
    /// A condition that something asks to have lasted.
    final class Lasting {
        let condition: Condition
        /// When its truth may change.
        let instants: [Instant]
        var truths: [Instant: Bool] = [:]

        init(_ condition: Condition, _ instants: [Instant]) {
            self.condition = condition
            self.instants = instants
        }
    }

    /// What is known.
    private(set) var history: NaiveHistory
    /// Until when anybody asks.
    let end: Instant
    /// Further instants at which to look.
    private let others: [Instant]
    private var lasting: [Lasting] = []
    private var events: [EventSelection: [NaiveHistory.Event]] = [:]
    /// All times that the person's properties and attributes name.
    func namedTimes(_ zone: Zone) -> [Instant] {
        if let known = timesByZone[zone] { return known }
        let times = history.accepted.flatMap { entry in
            NaiveValue.times(.object(entry.entry.members), zone)
        }
        timesByZone[zone] = Array(Set(times))
        return timesByZone[zone] ?? []
    }
    private var timesByZone: [Zone: [Instant]] = [:]
    /// When the truth of any rule may change.
    private(set) lazy var instants: [Instant] = everyInstant

    init(_ history: NaiveHistory, end: Instant, others: [Instant]) {
        self.history = history
        self.end = end
        self.others = others
    }

    private var everyInstant: [Instant] {
        var instants = Set(others)
        for rule in history.ruleSet.segments { addInstants(of: rule.condition, to: &instants) }
        return instants.filter { history.begin <= $0 && $0 <= end }.sorted()
    }

    /// Takes note of a transition.
    func note(_ turn: NaiveHistory.Turn) {
        history.turns.append(turn)
        guard history.readsTurns else { return }
        lasting = []
        instants = everyInstant
    }

    // MARK: - Truth

    /// Whether a condition holds at an instant, seen from there.
    func holds(_ condition: Condition, at now: Instant) -> Bool {
        switch condition {
        case .all(let parts): parts.allSatisfy { holds($0, at: now) }
        case .any(let parts): parts.contains { holds($0, at: now) }
        case .not(let part): !holds(part, at: now)
        case .some(let count, let parts): parts.count { holds($0, at: now) } >= count
        case .held(let part, let span): held(part, span, at: now)
        case .atLeast(let count, let events, let window):
            matching(events, window, at: now).count >= count
        case .sum(let property, let window, let bound):
            reaches(property, window, bound, at: now)
        case .aggregate(let aggregate, let property, let window, let test):
            passes(aggregate, property, window, test, at: now)
        case .extreme(let extreme): holds(extreme, at: now)
        case .sequence(let sequence): holds(sequence, at: now)
        case .periods(let periods): holds(periods, at: now)
        case .attribute(let path, let test):
            NaiveValue(now: now).passes(test, attribute(path, at: now))
        case .attributeItems(let path, let quantifier, let filter):
            NaiveValue(now: now).passes(quantifier, filter, attribute(path, at: now))
        case .changed(let change): holds(change, at: now)
        case .isKnown: history.all.contains { $0.namesUser && $0.start <= now }
        case .knownFor(let span): history.begin + span <= now
        case .inSegment(let name):
            segment(name).map { holds($0, at: now) } ?? false
        case .turned(let turn):
            history.turns.contains {
                $0.segment == turn.segment && $0.isEntry == turn.isEntry && $0.at <= now
                    && isInside(turn.window, $0.at, nil, at: now)
            }
        case .inList(let name):
            history.accepted.last {
                $0.entry.kind == .list && $0.entry.event == name && $0.entry.receivedAt <= now
            }?.entry.isOn ?? false
        case .sample(let sample): isDrawn(sample)
        }
    }

    /// What the rule set in force says of a segment.
    func segment(_ name: String) -> Condition? {
        history.ruleSet.segments.first { $0.name == name }?.condition
    }

    /// Whether a condition holds at every instant of a stretch that ends now, both ends included.
    private func held(_ condition: Condition, _ span: TimeSpan, at now: Instant) -> Bool {
        let from = now - span
        // Before a person begins no condition holds.
        guard history.begin <= from else { return false }
        let lasting = lasting(condition)
        let changes = lasting.instants.filter { from < $0 && $0 <= now }
        return ([from] + changes).allSatisfy { instant in
            if let truth = lasting.truths[instant] { return truth }
            let truth = holds(condition, at: instant)
            lasting.truths[instant] = truth
            return truth
        }
    }

    private func lasting(_ condition: Condition) -> Lasting {
        if let known = lasting.first(where: { $0.condition == condition }) { return known }
        var instants = Set(others)
        addInstants(of: condition, to: &instants)
        let sorted = instants.filter { history.begin <= $0 && $0 <= end }.sorted()
        let new = Lasting(condition, sorted)
        lasting.append(new)
        return new
    }

    private func isDrawn(_ sample: Sample) -> Bool {
        guard let canonical = history.canonical else { return false }
        // hash < percent / 100 * 2^64, with nothing rounded.
        let hundred = UInt128(ExactDecimal.one) * 100
        let draw = UInt128(NaiveText.draw(sample.salt, canonical)).multipliedFullWidth(by: hundred)
        let share = sample.percent.units.magnitude.multipliedFullWidth(by: 1 << 64)
        return (draw.high, draw.low) < (share.high, share.low)
    }

    // MARK: - Events

    /// The events of those names, repeats left out, whatever their properties are.
    func named(_ selection: EventSelection) -> [NaiveHistory.Event] {
        var any = selection
        any.filter = nil
        if let known = events[any] { return known }
        let found = history.events(any)
        events[any] = found
        return found
    }

    /// The events that count, wherever they lie.
    func there(_ selection: EventSelection, at now: Instant) -> [NaiveHistory.Event] {
        let values = NaiveValue(now: now)
        return named(selection).filter { event in
            event.start <= now
                && selection.filter.map { values.passes($0, .object(event.entry.members)) } ?? true
        }
    }

    /// The events that count in a window.
    func matching(
        _ selection: EventSelection,
        _ window: Window,
        at now: Instant
    ) -> [NaiveHistory.Event] {
        there(selection, at: now).filter { isInside(window, $0.at, $0.index, at: now) }
    }

    /// The later of two events, by event time and then by sequence.
    static func isEarlier(_ left: NaiveHistory.Event, _ right: NaiveHistory.Event) -> Bool {
        (left.at, left.index) < (right.at, right.index)
    }

    /// Whether an event time lies in a window, seen from an instant.
    func isInside(_ window: Window, _ time: Instant, _ index: Int?, at now: Instant) -> Bool {
        switch window {
        case .ever: return true
        case .last(let span): return now < time + span
        case .betweenAgo(let longest, let shortest):
            return time + shortest <= now && now < time + longest
        case .longerAgo(let span): return time + span <= now
        case .dates(let from, let to):
            return from.map { $0 <= time } ?? true && to.map { time < $0 } ?? true
        case .calendar(let unit, let count, let zone):
            let calendar = NaiveCalendar(zone: zone)
            let current = calendar.number(of: unit, at: now)
            return calendar.begin(of: unit, current - count + 1) <= time
                && time < calendar.begin(of: unit, current + 1)
        case .yesterday(let zone):
            let calendar = NaiveCalendar(zone: zone)
            let today = calendar.number(of: .day, at: now)
            return calendar.begin(of: .day, today - 1) <= time
                && time < calendar.begin(of: .day, today)
        case .sinceLast(let events):
            guard let last = there(events, at: now).max(by: NaiveJudge.isEarlier) else {
                return true
            }
            return last.at <= time && last.index != index
        }
    }
}
