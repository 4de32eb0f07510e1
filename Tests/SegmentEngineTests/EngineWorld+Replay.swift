import EventModel
import EventStore
import RuleLanguage
import SegmentEngine

/// The log of a world folded again, by one core or by several.
extension EngineWorld {
    /// The transitions of the log before an instant, folded again by so many stages, a stretch at a time.
    func replayed(parts: Int, stretch: UInt64, before end: Instant) throws -> [Transition] {
        var shares: ReplayShares?
        if parts > 1 {
            var scouts = (0..<parts).map { _ in ReplayScout(identifiers: identifierCount) }
            var next = 0
            try each { head, _ in
                var named = InlineArray<8, IdentifierID>(repeating: IdentifierID(0))
                for index in 0..<head.identifiers.count {
                    named[index] = head.identifiers[index].id
                }
                scouts[next].look(head.kind, named, count: head.identifiers.count)
                next = (next + 1) % parts
            }
            if ReplayShares.canDivide(ruleSets), !scouts.contains(where: \.needsOneCore) {
                shares = ReplayShares(scouts, parts: parts)
            }
        }
        let keys = KeyHashing(settings: settings, parts: shares?.parts ?? 1)
        let stages = (0..<(shares?.parts ?? 1)).map { part in
            let box = StageBox(ruleSets, settings, keys, part, symbols)
            nonisolated(unsafe) let names = log
            box.stage.identifier = { unsafe names.knownIdentifier($0) }
            box.admit.identifier = { unsafe names.knownIdentifier($0) }
            return box
        }
        var found: [Transition] = []
        var notices = ReplayNotices(ruleSets, symbols)
        func merge(before instant: Instant) {
            var rows: [(row: TransitionBatch.Row, transition: Transition)] = []
            for box in stages {
                box.stage.catchUp(before: instant)
                box.stage.takeTransitions(into: &box.transitions)
                box.transitions.putInOrder()
                rows += box.transitions.rows.indices.map {
                    (box.transitions.rows[$0], box.transitions.transition($0))
                }
            }
            rows.sort { $0.row.precedes($1.row) }
            notices?.add(stages.flatMap { $0.stage.takeFacts() })
            for (row, transition) in rows {
                notices?.show(row) { found.append($0) }
                found.append(transition)
            }
            notices?.pass(to: instant - TimeSpan(milliseconds: 1)) { found.append($0) }
        }
        var block = Block()
        func fold() {
            if let shares {
                var deal = ReplayDeal(shares, keys, quarantined: [])
                deal.begin()
                for (index, head) in block.heads.enumerated() {
                    let record = block.starts[index]..<block.starts[index + 1]
                    deal.take(block.bytes.span.extracting(record)) { decoded in
                        decoded = head
                        return true
                    }
                }
                let found = stages.map { box in
                    box.table.find(in: deal)
                    return box.table.takeRepeats()
                }
                for (box, mine) in zip(stages, deal.entries) {
                    box.fold(mine, ReplayRepeats(found), self)
                }
            } else {
                stages[0].fold(block.heads, block.bytes, block.starts, self)
            }
            block = Block()
        }
        try each { head, bytes in
            block.add(head, bytes)
            if block.heads.count == 5 { fold() }
            guard head.sequence.rawValue % stretch == 0 else { return }
            fold()
            merge(before: head.receivedAt)
        }
        fold()
        merge(before: end)
        return found
    }

    private var identifierCount: Int {
        var count = 0
        try? each { head, _ in
            for index in 0..<head.identifiers.count {
                count = max(count, Int(head.identifiers[index].id.rawValue) + 1)
            }
        }
        return count
    }

    private func each(_ body: (EntryHead, Span<UInt8>) -> Void) throws {
        var sequence = SequenceNumber(1)
        while sequence <= log.lastSequence {
            _ = try log.read(sequence) { head, bytes in body(head, bytes) }
            sequence = sequence.next
        }
    }
}

/// Entries that wait to be folded.
private struct Block {
    private(set) var heads: [EntryHead] = []
    private(set) var bytes: [UInt8] = []
    private(set) var starts = [0]

    mutating func add(_ head: EntryHead, _ record: Span<UInt8>) {
        heads.append(head)
        for index in record.indices { bytes.append(record[index]) }
        starts.append(bytes.count)
    }
}

/// The stages of one core.
private final class StageBox {
    var admit: AdmitStage
    var admitted: [Admitted] = []
    var stage: ReplayStage
    var transitions = ReplayTransitions()
    var table: ReplayKeyTable

    init(
        _ ruleSets: [RuleSet],
        _ settings: EngineSettings,
        _ keys: KeyHashing,
        _ part: Int,
        _ symbols: [(symbol: SymbolID, text: String)]
    ) {
        admit = AdmitStage(
            ruleSets: ruleSets,
            settings: settings,
            quarantined: [],
            hashing: keys
        )
        stage = ReplayStage(
            ruleSets: ruleSets,
            settings: settings,
            quarantined: [],
            part: part
        )
        table = ReplayKeyTable(
            part: part,
            of: keys,
            ruleSets: ruleSets,
            settings: settings
        )
        for (symbol, text) in symbols {
            admit.define(symbol, text)
            stage.define(symbol, text)
        }
    }

    func fold(
        _ dealt: ReplayDeal.Entries,
        _ repeats: ReplayRepeats,
        _ world: EngineWorld
    ) {
        admit.admit(
            dealt.heads,
            dealt.bytes.span,
            dealt.starts,
            dealt.keys,
            repeats: repeats,
            into: &admitted
        )
        foldAdmitted(dealt.heads, dealt.bytes, dealt.starts, world)
    }

    func fold(
        _ heads: [EntryHead],
        _ bytes: [UInt8],
        _ starts: [Int],
        _ world: EngineWorld
    ) {
        admit.admit(heads, bytes.span, starts, into: &admitted)
        foldAdmitted(heads, bytes, starts, world)
    }

    private func foldAdmitted(
        _ heads: [EntryHead],
        _ bytes: [UInt8],
        _ starts: [Int],
        _ world: EngineWorld
    ) {
        var place: Int? = 0
        while place != nil {
            let next = stage.fold(heads, admitted, bytes.span, starts, from: &place)
            guard let request = next else { continue }
            let entries = world.entries(request)
            stage.beginRefold(request)
            for sequence in entries {
                _ = try? world.log.read(sequence) { head, bytes in
                    stage.refold(head, bytes, for: request)
                }
            }
        }
    }
}
