public import EventModel
internal import RuleLanguage

/// Watches what rule sets expect of segments and events: notices when an expectation is broken, and when it is met
/// again.
///
/// A fold of the log and of the transitions, in order: `open` an instant, then show it the instant's entries
/// (`take`) and transitions (`count`). What an instant changes is decided when it closes; what a minute confirms is
/// noticed at the end of that minute, before anything else of that instant. So a notice rests on what was decided
/// before it, whatever its own instant brings.
public struct ExpectationWatch: Sendable {
    /// How long a change must hold before its notice, in log time.
    public static let hold = TimeSpan.minutes(1)

    let plan: ExpectationPlan
    /// Those in force, in order of their keys, which is the order of notices of one instant.
    var states: [ExpectationState] = []
    /// Per name how many members the segment has.
    var members: [Int]
    var ruleSetsApplied = 0
    /// The instant whose entries and transitions are being taken.
    var instant = Instant.distantPast
    /// The states for which the open instant has brought something that counts.
    private var touched: [Int] = []
    /// Broken ones that subscribers heard of and that no rule says any more, with since when.
    var withdrawn: [(number: Int, since: Instant)] = []
    /// The last entry that was sent late on purpose: until it is a minute old, nothing is said of members.
    var lastBackfill = Instant.distantPast
    /// Whether an import that begins the log goes on.
    var isSuspended = false
    /// When the first of the states may change with time alone, or is to be noticed; or earlier.
    private var nextDue = Instant.distantFuture
    /// What `nextDeadline` last found; nil where it must look again.
    private var deadline: Instant?
    /// Notices that wait to be put among the transitions.
    public private(set) var notices: [Transition] = []
    /// Per name of a segment, and per symbol of an event, the states that count it.
    private var statesOfName: [[Int]]
    private var numbersOfSymbol: [[Int]] = []
    private var stateOfNumber: [Int]

    /// A watch before the first entry of a log that will put those rule sets in force, in order.
    public init(_ rules: CompiledRules) {
        plan = rules.expectations
        members = Array(repeating: 0, count: plan.nameCount)
        statesOfName = Array(repeating: [], count: plan.nameCount)
        stateOfNumber = Array(repeating: -1, count: plan.items.count)
    }

    /// Whether there ever is anything to watch.
    public var isNeeded: Bool { !plan.isEmpty }

    /// Takes note of a symbol of the log; all of them in order, each before an entry that uses it.
    public mutating func define(_ symbol: SymbolID, _ text: String) {
        while numbersOfSymbol.count <= Int(symbol.rawValue) { numbersOfSymbol.append([]) }
        if let numbers = plan.itemsOfEvent[text] { numbersOfSymbol[Int(symbol.rawValue)] = numbers }
    }

    /// Whether an event of that name is counted by any expectation.
    public func counts(_ event: SymbolID) -> Bool {
        Int(event.rawValue) < numbersOfSymbol.count
            && !numbersOfSymbol[Int(event.rawValue)].isEmpty
    }

    // MARK: - What happens

    /// Opens an instant: everything before it has been taken, and what falls due up to it is noticed.
    public mutating func open(_ next: Instant) {
        guard next > instant else { return }
        complete(before: next)
        instant = next
        guard nextDue <= next else { return }
        var found: [(at: Instant, key: Int, notice: Transition)] = []
        for index in states.indices {
            var state = states[index]
            while let due = state.pass(to: next, self) {
                found.append((due, plan.keyOf[state.number], notice(of: state, at: due)))
            }
            states[index] = state
        }
        for (number, since) in withdrawn where since + ExpectationWatch.hold <= next {
            let item = plan.items[number]
            let notice = Transition(
                at: since + ExpectationWatch.hold,
                .withdrawn,
                item.notice(since: since, count: 0),
                ruleHash: item.meaning
            )
            found.append((notice.at, plan.keyOf[number], notice))
        }
        withdrawn.removeAll { $0.since + ExpectationWatch.hold <= next }
        found.sort { ($0.at, $0.key) < ($1.at, $1.key) }
        notices += found.map(\.notice)
        findNextDue()
    }

    private func notice(of state: ExpectationState, at due: Instant) -> Transition {
        let item = plan.items[state.number]
        return Transition(
            at: due,
            state.isBroken ? .broken : .met,
            item.notice(since: state.since, count: count(of: state, at: due)),
            ruleHash: item.meaning
        )
    }

    /// Takes out the notices that wait.
    public mutating func takeNotices() -> [Transition] {
        let taken = notices
        notices.removeAll()
        return taken
    }

    /// Notices what falls due before an instant, everything before which has been taken.
    public mutating func pass(to next: Instant) {
        open(next - TimeSpan(milliseconds: 1))
        complete(before: next)
    }

    /// Decides what the open instant has changed, once all of it has been taken.
    ///
    /// - Parameter next: Everything before this instant has been taken.
    mutating func complete(before next: Instant) {
        guard !touched.isEmpty, next > instant else { return }
        deadline = nil
        for index in touched {
            states[index].isTouched = false
            guard states[index].armedAt <= instant else { continue }
            let isBroken = isBroken(states[index], at: instant)
            if !states[index].isArmed || isBroken != states[index].isBroken {
                states[index].isArmed = true
                states[index].isBroken = isBroken
                states[index].since = instant
            }
            look(at: states[index])
        }
        touched.removeAll(keepingCapacity: true)
    }

    /// Takes an entry of the open instant.
    public mutating func take(_ fact: ExpectationFact) {
        switch fact.kind {
        case .rules: putInForce()
        case .importOpened:
            isSuspended = true
            restart()
        case .liveAgain:
            isSuspended = false
            restart()
        case .backfill:
            // It only puts notices off.
            lastBackfill = fact.at
            deadline = nil
        case .event:
            guard Int(fact.event.rawValue) < numbersOfSymbol.count else { return }
            for number in numbersOfSymbol[Int(fact.event.rawValue)] {
                add(fact.occurredAt, to: stateOfNumber[number])
            }
        }
    }

    /// Counts a transition of the open instant.
    public mutating func count(_ row: TransitionBatch.Row) {
        let name = Int(row.segment)
        members[name] += row.direction == .entered ? 1 : -1
        for index in statesOfName[name] {
            // What subscribers do not hear of is no sign that data flows.
            switch (plan.items[states[index].number].expectation.subject, row.direction) {
            case (.members, _): touch(index)
            case (.entries, .entered) where row.isAnnounced: add(row.at, to: index)
            case (.exits, .exited) where row.isAnnounced: add(row.at, to: index)
            default: break
            }
        }
    }

    private mutating func add(_ time: Instant, to index: Int) {
        guard index >= 0, !isSuspended else { return }
        states[index].times.add(time)
        touch(index)
    }

    private mutating func touch(_ index: Int) {
        guard !states[index].isTouched else { return }
        states[index].isTouched = true
        touched.append(index)
    }

    // MARK: - Coming into force

    private mutating func putInForce() {
        let former = states
        let places = stateOfNumber
        var isTold = [Bool](repeating: false, count: plan.keyCount)
        for state in former where state.isToldBroken { isTold[plan.keyOf[state.number]] = true }
        for (number, _) in withdrawn { isTold[plan.keyOf[number]] = true }
        let numbers = plan.ruleSets[ruleSetsApplied]
        ruleSetsApplied += 1
        states = numbers.map { number in
            if places[number] >= 0 { return former[places[number]] }
            var state = begun(number)
            // What subscribers know of it they know under this key.
            state.isToldBroken = isTold[plan.keyOf[number]]
            return state
        }
        var isSaid = [Bool](repeating: false, count: plan.keyCount)
        for number in numbers { isSaid[plan.keyOf[number]] = true }
        withdrawn.removeAll { isSaid[plan.keyOf[$0.number]] }
        for state in former where state.isToldBroken && !isSaid[plan.keyOf[state.number]] {
            withdrawn.append((state.number, instant))
        }
        index()
        findNextDue()
    }

    /// Begins all of them anew.
    private mutating func restart() {
        withdrawn.removeAll()
        states = states.map { begun($0.number) }
        index()
        findNextDue()
    }

    mutating func begun(_ number: Int) -> ExpectationState {
        let item = plan.items[number]
        let period = item.expectation.window ?? TimeSpan(milliseconds: 0)
        var state = ExpectationState(
            number: number,
            armedAt: isSuspended ? .distantFuture : instant + period,
            since: instant,
            times: LatestTimes(countMax: item.timesMax)
        )
        // One without a period is armed with this instant.
        state.isTouched = item.expectation.window == nil
        return state
    }

    mutating func index() {
        states.sort { plan.keyOf[$0.number] < plan.keyOf[$1.number] }
        for name in statesOfName.indices { statesOfName[name] = [] }
        for number in stateOfNumber.indices { stateOfNumber[number] = -1 }
        touched.removeAll()
        for (index, state) in states.enumerated() {
            stateOfNumber[state.number] = index
            let name = plan.items[state.number].segment
            if name >= 0 { statesOfName[name].append(index) }
            if state.isTouched { touched.append(index) }
        }
    }

    // MARK: - Judging

    /// How many there are, of events in a window as far as the bound needs it.
    func count(of state: ExpectationState, at instant: Instant) -> Int {
        let item = plan.items[state.number]
        guard let window = item.expectation.window else { return members[item.segment] }
        return state.times.count(after: instant - window)
    }

    func isBroken(_ state: ExpectationState, at instant: Instant) -> Bool {
        let expectation = plan.items[state.number].expectation
        let count = count(of: state, at: instant)
        return count < expectation.low ?? 0 || count > expectation.high ?? .max
    }

    mutating func findNextDue() {
        nextDue = .distantFuture
        for state in states { look(at: state) }
        for (_, since) in withdrawn { nextDue = min(nextDue, since + ExpectationWatch.hold) }
        deadline = nil
    }

    /// Sees to it that nothing of a state is due unseen.
    private mutating func look(at state: ExpectationState) {
        nextDue = min(nextDue, state.nextTurn(self), state.nextNotice(self))
    }

    /// When the next notice is due if nothing more happens; the distant future where none is.
    public mutating func nextDeadline() -> Instant {
        if let deadline { return deadline }
        var next = Instant.distantFuture
        for (_, since) in withdrawn { next = min(next, since + ExpectationWatch.hold) }
        for state in states where nextDue < next {
            var state = state
            // Time alone arms an expectation, and then turns it once at most.
            for _ in 0..<3 {
                let (turn, notice) = (state.nextTurn(self), state.nextNotice(self))
                if notice <= turn {
                    next = min(next, notice)
                    break
                }
                if turn >= next { break }
                state.turn(at: turn, self)
            }
        }
        deadline = next
        return next
    }
}
