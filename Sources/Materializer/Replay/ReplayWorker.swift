internal import EventModel
internal import EventStore
internal import SegmentEngine

/// One core's people: used by one thread at a time, but that two may use a stage each (`ReplayPipeline`).
final class ReplayWorker: @unchecked Sendable {
    var stage: ReplayStage
    var admit: AdmitStage
    /// The transitions of a stretch, to be handed out.
    var transitions = ReplayTransitions()
    private let log: EventLog
    private var admitted: [Admitted] = []

    init(_ log: EventLog, _ admit: AdmitStage, _ stage: consuming ReplayStage) {
        self.log = log
        self.admit = admit
        self.stage = stage
    }

    /// Folds entries that were dealt to this worker.
    func fold(_ dealt: ReplayDeal.Entries, _ repeats: ReplayRepeats) throws(StoreError) {
        admit.admit(
            dealt.heads,
            dealt.bytes.span,
            dealt.starts,
            dealt.keys,
            repeats: repeats,
            into: &admitted
        )
        try fold(dealt.heads, admitted, dealt.bytes, dealt.starts)
    }

    /// Folds entries that were admitted.
    func fold(
        _ heads: [EntryHead],
        _ admitted: [Admitted],
        _ bytes: [UInt8],
        _ starts: [Int]
    ) throws(StoreError) {
        var place: Int? = 0
        while place != nil {
            let request = stage.fold(heads, admitted, bytes.span, starts, from: &place)
            if let request { try refold(request) }
        }
    }

    /// Has the transitions before an instant, and no others, put in order to be handed out.
    func catchUp(before instant: Instant) {
        stage.catchUp(before: instant)
        takeTransitions()
    }

    private func takeTransitions() {
        stage.takeTransitions(into: &transitions)
        transitions.putInOrder()
    }

    /// Whether the instant of a change of rules is over for this worker's people.
    private(set) var hasChanged = false

    /// Evaluates some people under rules that were put in force.
    func change(peopleMax: Int) {
        if !hasChanged { hasChanged = stage.closeInstant(peopleMax: peopleMax) }
        takeTransitions()
    }

    /// Puts the next rule set in force by an entry that the log does not hold.
    func putRulesInForce(at instant: Instant, _ sequence: SequenceNumber) throws(StoreError) {
        let heads = [EntryHead(sequence: sequence, receivedAt: instant, kind: .rules)]
        let (bytes, starts): ([UInt8], [Int]) = ([], [0, 0])
        admit.admit(heads, bytes.span, starts, into: &admitted)
        try fold(heads, admitted, bytes, starts)
    }

    private func refold(_ request: HistoryRequest) throws(StoreError) {
        let sequences = try request.entries(in: log)
        stage.beginRefold(request)
        for sequence in sequences {
            _ = try log.read(sequence) { head, bytes in stage.refold(head, bytes, for: request) }
        }
    }
}
