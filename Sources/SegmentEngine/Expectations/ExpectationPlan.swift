internal import EventModel
internal import RuleLanguage

/// All expectations that ever were in force, and which of them each rule set has.
struct ExpectationPlan: Sendable {
    /// One expectation of a segment or an event as it was then; of a segment whose rule changes it is another.
    struct Item: Hashable, Sendable {
        var subject: ExpectationNotice.Subject
        /// The segment's name, or the event's.
        var name: String
        var expectation: Expectation
        /// The segment's place among all names; -1 for an event.
        var segment: Int
        /// Names what is counted: the meaning of the segment's rule, or of the event's names and key.
        var meaning: UInt64
        /// The names by which an event is sent.
        var eventNames: [String]

        /// The notice of it.
        func notice(since: Instant, count: Int) -> ExpectationNotice {
            ExpectationNotice(
                subject: subject,
                name: name,
                expectation: expectation.text,
                since: since,
                count: count
            )
        }

        /// What stands for it in cursors and ids.
        var key: String { notice(since: .distantPast, count: 0).key }

        /// How many of the latest times tell whether it is met.
        var timesMax: Int {
            guard expectation.window != nil else { return 0 }
            return max(expectation.low ?? 0, (expectation.high ?? -1) + 1)
        }
    }

    private(set) var items: [Item] = []
    /// Per item the number of its key; numbers are in order of the keys' bytes.
    private(set) var keyOf: [Int] = []
    private(set) var keyCount = 0
    /// Items by the names of events that they count.
    private(set) var itemsOfEvent: [String: [Int]] = [:]
    /// Per rule set, in order of the log, its expectations by number.
    private(set) var ruleSets: [[Int]] = []
    /// How many segments' names there are.
    let nameCount: Int

    /// - Parameter program: What the rule sets are compiled to.
    init(_ ruleSets: [RuleSet], _ program: Program) {
        nameCount = program.names.count
        let places = Dictionary(
            program.names.enumerated().map { ($1, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        var numbers: [Item: Int] = [:]
        for (index, ruleSet) in ruleSets.enumerated() {
            var own: [Int] = []
            for item in ExpectationPlan.items(of: ruleSet, program, index, places) {
                let number = numbers[item] ?? items.count
                if number == items.count {
                    items.append(item)
                    numbers[item] = number
                }
                own.append(number)
            }
            self.ruleSets.append(own)
        }
        let keys = items.map(\.key)
        let ordered = Set(keys).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let numberOfKey = Dictionary(
            ordered.enumerated().map { ($1, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        keyOf = keys.map { numberOfKey[$0] ?? 0 }
        keyCount = ordered.count
        for (number, item) in items.enumerated() {
            for name in item.eventNames { itemsOfEvent[name, default: []].append(number) }
        }
    }

    private static func items(
        of ruleSet: RuleSet,
        _ program: Program,
        _ index: Int,
        _ places: [String: Int]
    ) -> [Item] {
        var items: [Item] = []
        for segment in ruleSet.segments {
            guard let place = places[segment.name], let variant = program.ruleSets[index][place]
            else { continue }
            for expectation in segment.expectations {
                items.append(
                    Item(
                        subject: .segment,
                        name: segment.name,
                        expectation: expectation,
                        segment: place,
                        meaning: program.variants[variant].ruleHash,
                        eventNames: []
                    )
                )
            }
        }
        for event in ruleSet.contract.events {
            var hash = StableHash()
            let names = [event.name] + event.aliases
            hash.feed("\(names) \(event.key)")
            for expectation in event.expectations {
                items.append(
                    Item(
                        subject: .event,
                        name: event.name,
                        expectation: expectation,
                        segment: -1,
                        meaning: hash.value,
                        eventNames: names
                    )
                )
            }
        }
        return items
    }

    /// Whether there never was one.
    var isEmpty: Bool { items.isEmpty }
}
