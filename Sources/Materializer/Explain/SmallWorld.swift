internal import EventModel
internal import EventStore
internal import RuleLanguage
internal import SegmentEngine

/// A log in memory, both stages, and time as it is said: the world of a rule test, or of one person's story.
struct SmallWorld: ~Copyable {
    private let log = MemoryLog()
    private var admit: AdmitStage
    private let applier: Applier
    /// All transitions so far.
    private(set) var transitions: [Transition] = []
    /// Per entry whose it was when it came; nil of those that are nobody's.
    private(set) var owners: [PersonID?] = []

    /// Identifiers by which somebody was erased.
    private var erased: Set<IdentifierID> = []

    /// An empty world.
    ///
    /// - Parameters:
    ///   - rules: Every rule set that entries will put in force, in order.
    ///   - quarantined: Entries that have no effect.
    init(_ rules: CompiledRules, quarantined: Set<SequenceNumber> = []) {
        let settings = EngineSettings()
        admit = AdmitStage(rules, settings: settings, quarantined: quarantined)
        applier = Applier(history: log, rules, settings: settings, quarantined: quarantined)
        nonisolated(unsafe) let log = log
        admit.identifier = { unsafe log.knownIdentifier($0) }
    }

    /// Appends entries of one instant and applies them; then everything of that instant is decided.
    mutating func step(_ drafts: [EntryDraft], at instant: Instant) throws(StoreError) {
        if !drafts.isEmpty {
            let group = try log.append(drafts, receivedAt: instant)
            for (symbol, text) in group.newSymbols {
                admit.define(symbol, text)
                applier.stage.define(symbol, text)
            }
            var admitted: [Admitted] = []
            admit.admit(group.heads, group.bytes.span, group.recordStarts, into: &admitted)
            var place = 0
            while place < group.heads.count {
                try applier.apply(group, admitted, from: &place, transitionsMax: .max)
            }
            for (head, admitted) in zip(group.heads, admitted)
            where head.kind == .erase && admitted.erasedPerson != nil {
                erased.formUnion((0..<head.identifiers.count).map { head.identifiers[$0].id })
            }
            owners += admitted.map { applier.stage.owner(of: $0) }
        }
        applier.proceed(to: instant + TimeSpan(milliseconds: 1)) {}
        transitions += applier.takeTransitions().filter { $0.notice == nil }
    }

    /// Who is called so by now; nil where nobody is.
    func person(_ identifiers: [Identifier]) -> PersonState? {
        for identifier in identifiers {
            guard let id = log.id(of: identifier), let state = applier.stage.state(of: id) else {
                continue
            }
            return state
        }
        return nil
    }

    /// What is known of a person; nil where there is none of that id.
    func person(_ id: PersonID) -> PersonState? { applier.stage.state(of: id) }

    /// When time alone may next change something; nil for never.
    var nextDeadline: Instant? { applier.stage.nextDeadline() }

    /// The identifier of a number.
    func identifier(_ id: IdentifierID) -> Identifier { log.identifier(id) }

    /// Whether one of these meant somebody who was erased.
    func wasErased(_ identifiers: [Identifier]) -> Bool {
        identifiers.contains { identifier in
            log.id(of: identifier).map { erased.contains($0) } ?? false
        }
    }

    /// Whether an entry has named one of these.
    func hasSeen(_ identifiers: [Identifier]) -> Bool {
        identifiers.contains { log.id(of: $0) != nil }
    }

    /// How many are members of a segment.
    func memberCount(_ segment: String) -> Int {
        applier.stage.memberCount(of: segment) ?? 0
    }
}
