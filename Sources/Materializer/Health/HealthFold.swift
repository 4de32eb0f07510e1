internal import EventModel
internal import RuleLanguage
internal import SegmentEngine

/// Counts how entries stand to a contract, entry by entry.
///
/// Keeps counts only, of a bounded number of names: what senders make up cannot fill the memory.
struct HealthFold: Sendable {
    private struct PropertyCount {
        /// Its own name, without that of the list whose items have it.
        var name: String
        var health: DataHealth.Property
        var type: ValueType
        var isRequired: Bool
    }

    private struct EventCount {
        var health: DataHealth.Event
        /// The last eight days of log time with how often it came.
        var days: [(day: Int64, count: Int)] = []
        var lateness = LatenessCount()
        var properties = PropertyTable()
        var hasLateness = false
    }

    /// Properties by the names by which they are sent.
    private struct PropertyTable {
        var counts: [PropertyCount] = []
        var places: [String: Int] = [:]
        /// Fields of items, by the place of their list.
        var items: [Int: PropertyTable] = [:]
        var declaredCount = 0
        /// What stands before the names: that of the list whose items these are.
        var prefix = ""

        init() {}

        init(_ fields: [FieldDeclaration], prefix: String = "") {
            for field in fields {
                for name in [field.name] + field.aliases { places[name] = counts.count }
                if case .list(.item(let inner)) = field.type {
                    items[counts.count] = PropertyTable(
                        inner,
                        prefix: "\(prefix)\(field.name)."
                    )
                }
                counts.append(
                    PropertyCount(
                        name: field.name,
                        health: DataHealth.Property(name: prefix + field.name, isDeclared: true),
                        type: field.type,
                        isRequired: field.isRequired
                    )
                )
            }
            declaredCount = counts.count
            self.prefix = prefix
        }
    }

    private static let namesMax = 300
    private static let sampleCharactersMax = 100
    private static let day: Int64 = 86_400_000

    private let contract: DataContract
    private let isTyped: Bool
    private var events: [EventCount] = []
    private var places: [String: Int] = [:]
    private var attributes: PropertyTable
    private var refused: [String: DataHealth.RefusedLinks] = [:]
    private var unknownNamespaces: [String: Int] = [:]
    private let namespaces: [String]
    private var uncounted = 0
    private var last = Instant.distantPast
    /// The last entry that was counted.
    private(set) var through = SequenceNumber.zero

    init(_ contract: DataContract) {
        self.contract = contract
        isTyped = !contract.events.isEmpty
        namespaces =
            SymbolID.wellKnown.dropFirst()
            + contract.identifiers.flatMap { [$0.name] + $0.aliases }
        attributes = PropertyTable(contract.attributes)
        for event in contract.events {
            for name in [event.name] + event.aliases { places[name] = events.count }
            var count = EventCount(
                health: DataHealth.Event(name: event.name, isDeclared: true)
            )
            count.properties = PropertyTable(event.fields)
            events.append(count)
        }
    }

    /// Counts the next entry.
    ///
    /// - Parameters:
    ///   - name: The text of a symbol.
    ///   - identifier: An identifier's text.
    mutating func fold(
        _ head: EntryHead,
        _ bytes: Span<UInt8>,
        _ verdict: HealthVerdict,
        _ settings: EngineSettings,
        name: (SymbolID) -> String,
        identifier: (IdentifierID) -> String
    ) {
        through = head.sequence
        last = head.receivedAt
        guard !head.isErased else { return }
        for place in 0..<head.identifiers.count {
            let reference = head.identifiers[place]
            if reference.namespace > .phone {
                let namespace = name(reference.namespace)
                if !namespaces.contains(namespace),
                    unknownNamespaces[namespace] != nil
                        || unknownNamespaces.count < HealthFold.namesMax
                {
                    unknownNamespaces[namespace, default: 0] += 1
                }
            }
            guard verdict.refused.contains(reference.id) else { continue }
            let namespace = name(reference.namespace)
            var links = refused[namespace] ?? DataHealth.RefusedLinks(namespace: namespace)
            links.count += 1
            links.sample = DataHealth.Sample(
                value: String(identifier(reference.id).prefix(HealthFold.sampleCharactersMax)),
                sequence: head.sequence
            )
            refused[namespace] = links
        }
        guard !verdict.isIneffective else { return }
        switch head.kind {
        case .track: track(head, bytes, verdict, settings, name)
        case .identify where !verdict.isDuplicate:
            HealthFold.count(
                head.content.lowerBound,
                bytes,
                head,
                &attributes,
                &uncounted,
                name
            )
        default: break
        }
    }

    private mutating func track(
        _ head: EntryHead,
        _ bytes: Span<UInt8>,
        _ verdict: HealthVerdict,
        _ settings: EngineSettings,
        _ name: (SymbolID) -> String
    ) {
        let sent = name(head.event)
        guard let place = place(ofEvent: sent) else {
            uncounted += 1
            return
        }
        events[place].health.seen += 1
        if sent != events[place].health.name {
            events[place].health.otherNames[sent, default: 0] += 1
        }
        if events[place].health.firstSeen == nil {
            events[place].health.firstSeen = head.receivedAt
        }
        events[place].health.lastSeen = head.receivedAt
        let day = head.receivedAt.milliseconds / HealthFold.day
        if events[place].days.last?.day == day {
            events[place].days[events[place].days.count - 1].count += 1
        } else {
            events[place].days.append((day, 1))
            if events[place].days.count > 8 { events[place].days.removeFirst() }
        }
        if head.timestamp != nil {
            let tolerance = settings.skewTolerance
            // Without a tolerance the time that the sender means shows.
            let meant = head.occurredAt(skewTolerance: .days(3_000_000))
            if meant > head.receivedAt + tolerance {
                events[place].health.skewed += 1
                events[place].health.skewedIn = head.sequence
            }
            let late = head.receivedAt - head.occurredAt(skewTolerance: tolerance)
            events[place].lateness.add(max(0, late.milliseconds))
            events[place].hasLateness = true
        }
        if verdict.isDuplicate {
            events[place].health.duplicates += 1
            if verdict.isConflict { events[place].health.conflicts += 1 }
            return
        }
        HealthFold.count(
            head.content.lowerBound,
            bytes,
            head,
            &events[place].properties,
            &uncounted,
            name
        )
    }

    private mutating func place(ofEvent name: String) -> Int? {
        if let place = places[name] { return place }
        guard events.count < HealthFold.namesMax + contract.events.count else { return nil }
        places[name] = events.count
        var health = DataHealth.Event(name: name, isDeclared: false)
        health.nearest =
            isTyped
            ? nearest(
                to: name,
                among: contract.events.flatMap { [$0.name] + $0.aliases }
            ) : nil
        events.append(EventCount(health: health))
        return events.count - 1
    }

    private static func count(
        _ offset: Int,
        _ bytes: Span<UInt8>,
        _ head: EntryHead,
        _ table: inout PropertyTable,
        _ uncounted: inout Int,
        _ name: (SymbolID) -> String
    ) {
        var reader = ValueReader(at: offset)
        guard case .object(let members) = reader.value(bytes) else { return }
        var found: Set<Int> = []
        reader = ValueReader(at: members.lowerBound)
        while reader.offset < members.upperBound {
            let sent = name(SymbolID(UInt32(truncatingIfNeeded: reader.varint(bytes))))
            let value = reader.offset
            reader.skip(bytes)
            guard let place = HealthFold.place(of: sent, in: &table) else {
                uncounted += 1
                continue
            }
            let fit = ValueFit(table.counts[place].type, at: value, bytes)
            if fit == .missing { continue }
            found.insert(place)
            table.counts[place].health.seen += 1
            table.counts[place].health.lastSeen = head.receivedAt
            if table.counts[place].health.firstSeen == nil {
                table.counts[place].health.firstSeen = head.receivedAt
                table.counts[place].health.sample = HealthFold.sample(bytes, at: value, head)
            }
            let isAlias = place < table.declaredCount && table.counts[place].name != sent
            if isAlias { table.counts[place].health.otherNames[sent, default: 0] += 1 }
            if fit == .coerced {
                table.counts[place].health.coerced += 1
                if table.counts[place].health.coercion == nil {
                    table.counts[place].health.coercion = HealthFold.sample(bytes, at: value, head)
                }
            }
            if fit == .violated {
                table.counts[place].health.violated += 1
                table.counts[place].health.violation = HealthFold.sample(bytes, at: value, head)
            }
            if table.items[place] != nil {
                var list = ValueReader(at: value)
                guard case .list(let elements) = list.value(bytes) else { continue }
                var element = ValueReader(at: elements.lowerBound)
                while element.offset < elements.upperBound {
                    count(
                        element.offset,
                        bytes,
                        head,
                        &table.items[place, default: PropertyTable()],
                        &uncounted,
                        name
                    )
                    element.skip(bytes)
                }
            }
        }
        for place in 0..<table.declaredCount
        where table.counts[place].isRequired && !found.contains(place) {
            table.counts[place].health.missing += 1
            table.counts[place].health.missingIn = head.sequence
        }
    }

    private static func sample(
        _ bytes: Span<UInt8>,
        at offset: Int,
        _ head: EntryHead
    ) -> DataHealth.Sample {
        DataHealth.Sample(value: shown(bytes, at: offset), sequence: head.sequence)
    }

    /// A value as an example shows it.
    private static func shown(_ bytes: Span<UInt8>, at offset: Int) -> String {
        var reader = ValueReader(at: offset)
        switch reader.value(bytes) {
        case .null: return "null"
        case .boolean(let truth): return truth ? "true" : "false"
        case .number(let number): return number?.description ?? "a number with too many digits"
        case .text(let range):
            let text = String(decoding: range.map { bytes[$0] }, as: UTF8.self)
            return "\"\(text.prefix(sampleCharactersMax))\""
        case .list: return "a list"
        case .object: return "an object"
        }
    }

    private static func place(of name: String, in table: inout PropertyTable) -> Int? {
        if let place = table.places[name] { return place }
        guard table.counts.count < namesMax + table.declaredCount else { return nil }
        var health = DataHealth.Property(name: table.prefix + name, isDeclared: false)
        // Of two that are equally near the first by its bytes.
        let declared = table.places.filter { $0.value < table.declaredCount }.keys.sorted()
        health.nearest = nearest(to: name, among: declared)
        table.places[name] = table.counts.count
        table.counts.append(
            PropertyCount(name: name, health: health, type: .any, isRequired: false)
        )
        return table.counts.count - 1
    }

    // MARK: - The answer

    /// What was counted so far.
    var health: DataHealth {
        DataHealth(
            through: through,
            events: events.map { shown($0) }.sorted {
                $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
            },
            attributes: shown(attributes),
            refusedLinks: refused.values.sorted {
                $0.namespace.utf8.lexicographicallyPrecedes($1.namespace.utf8)
            },
            unknownNamespaces: unknownNamespaces.sorted { $0.key < $1.key }.map {
                DataHealth.UnknownNamespace(
                    name: $0.key,
                    count: $0.value,
                    nearest: nearest(to: $0.key, among: namespaces)
                )
            },
            uncountedNames: uncounted
        )
    }

    private func shown(_ count: EventCount) -> DataHealth.Event {
        var event = count.health
        let today = last.milliseconds / HealthFold.day
        event.lastWeek = count.days.filter { $0.day > today - 7 }.reduce(0) { $0 + $1.count }
        event.properties = shown(count.properties)
        if count.hasLateness {
            event.lateness = (
                count.lateness.quantile(0.5), count.lateness.quantile(0.9),
                count.lateness.quantile(0.99)
            )
        }
        return event
    }

    private func shown(_ table: PropertyTable) -> [DataHealth.Property] {
        var all: [DataHealth.Property] = []
        for place in 0..<table.declaredCount {
            all.append(table.counts[place].health)
            if let inner = table.items[place] { all += shown(inner) }
        }
        let others = table.counts[table.declaredCount...].map(\.health)
        return all
            + others.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }
}

/// How many of a number of spans are how long, to an eighth.
struct LatenessCount: Sendable {
    private var counts: [Int] = []
    private var total = 0

    /// Eight steps for each power of two, exact up to 8.
    private static func step(_ milliseconds: Int64) -> Int {
        guard milliseconds >= 8 else { return Int(milliseconds) }
        let power = 63 - milliseconds.leadingZeroBitCount
        return (power - 2) * 8 + Int(milliseconds >> Int64(power - 3)) - 8
    }

    /// The longest span of a step.
    private static func end(_ step: Int) -> Int64 {
        guard step >= 8 else { return Int64(step) }
        let (power, rest) = (step / 8 + 2, step % 8)
        return (Int64(8 + rest + 1) << Int64(power - 3)) - 1
    }

    mutating func add(_ milliseconds: Int64) {
        let step = LatenessCount.step(milliseconds)
        while counts.count <= step { counts.append(0) }
        counts[step] += 1
        total += 1
    }

    /// So long at most are so many of all.
    func quantile(_ share: Double) -> TimeSpan {
        let wanted = Int((Double(total) * share).rounded(.up))
        var sum = 0
        for (step, count) in counts.enumerated() {
            sum += count
            if sum >= wanted { return TimeSpan(milliseconds: LatenessCount.end(step)) }
        }
        return TimeSpan(milliseconds: 0)
    }
}
