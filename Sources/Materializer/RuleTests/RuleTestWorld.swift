internal import EventModel
internal import EventStore
internal import RuleLanguage
internal import SegmentEngine

/// The world of one rule test: a log in memory, both stages, and time as the test says it.
struct RuleTestWorld: ~Copyable {
    private let log = MemoryLog()
    private var admit: AdmitStage
    private let applier: Applier
    /// All transitions so far.
    private(set) var transitions: [Transition] = []

    /// A world in which the rules are in force from just before an instant on.
    init(_ rules: CompiledRules, start: Instant) throws(StoreError) {
        let settings = EngineSettings()
        admit = AdmitStage(rules, settings: settings)
        applier = Applier(history: log, rules, settings: settings)
        nonisolated(unsafe) let log = log
        admit.identifier = { unsafe log.knownIdentifier($0) }
        try step([EntryDraft(kind: .rules)], at: start - TimeSpan(milliseconds: 1))
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

    /// Whether an entry has named one of these.
    func hasSeen(_ identifiers: [Identifier]) -> Bool {
        identifiers.contains { log.id(of: $0) != nil }
    }

    /// How many are members of a segment.
    func memberCount(_ segment: String) -> Int {
        applier.stage.memberCount(of: segment) ?? 0
    }
}
