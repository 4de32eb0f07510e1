public import EventModel

/// What is to be replayed, and what of it is wanted.
public struct ReplayQuestion: Sendable {
    /// Rules that are taken to have been in force from before the first entry on; nil for those of the log, each from
    /// its entry on.
    public var rules: ProposedRules?
    /// The first instant of which transitions are wanted.
    public var from = Instant.distantPast
    /// The last instant.
    public var through = Instant.distantFuture
    /// The segments; nil for all.
    public var segments: Set<String>?
    /// Whether only what differs from what was recorded is wanted.
    public var isDifference = false
    /// Whether it is enough to count.
    public var isCount = false

    /// Everything, under the rules of the log.
    public init() {}

    func wants(_ transition: Transition) -> Bool {
        transition.notice == nil && transition.at >= from && transition.at <= through
            && segments?.contains(transition.segment) ?? true
    }
}

/// Where a transition stands that a replay gave, or was compared with.
public enum ReplayMark: Sendable {
    /// The replay gave it.
    case replayed
    /// The replay gave it, and it was not recorded.
    case added
    /// It was recorded, and the replay did not give it.
    case missing
}

/// What a replay tells of.
public enum ReplayLine: Sendable {
    /// A transition, in order.
    case transition(DescribedTransition, ReplayMark)
    /// So many entries are folded, of so many.
    case progress(UInt64, of: UInt64)
    /// What it was in numbers; the last line.
    case summary(ReplaySummary)
}

/// A replay in numbers.
public struct ReplaySummary: Sendable {
    /// A segment in numbers.
    public struct Segment: Sendable {
        /// Its name.
        public var name: String
        /// How often somebody entered, within what was wanted.
        public var entered = 0
        /// How often somebody left.
        public var exited = 0
        /// How many members it had at the end of that.
        public var members = 0
    }

    /// How many entries were folded.
    public var entries: UInt64
    /// How long that took, in seconds.
    public var seconds: Double
    /// The segments that were wanted, in order of the bytes of their names.
    public var segments: [Segment]
    /// How many transitions were not recorded, and how many were recorded only; nil where nothing was compared.
    public var difference: (added: Int, missing: Int)?
}

/// The lines of a replay, made on a thread of their own, which waits for whoever reads them; it ends when nobody holds
/// this any more.
public final class ReplayLines: Sendable {
    private let pipe: ReplayPipe

    init(_ pipe: ReplayPipe) { self.pipe = pipe }

    deinit { pipe.giveUp() }

    /// The next lines, in order; nil behind the last.
    public func next() async throws(PartitionError) -> [ReplayLine]? { try await pipe.next() }

    /// Ends the replay.
    public func giveUp() { pipe.giveUp() }
}

/// What a replay's thread and its reader share.
struct ReplayPipe: Sendable {
    /// How many chunks may wait for the reader.
    private static let chunksMax = 4

    private struct State {
        var chunks: [[ReplayLine]] = []
        var outcome: Result<Void, PartitionError>?
        var isGivenUp = false
        var reader: CheckedContinuation<Void, Never>?
    }

    private let shared = Monitor(State())

    /// The next lines, in order; nil behind the last.
    func next() async throws(PartitionError) -> [ReplayLine]? {
        while true {
            let (chunk, outcome) = shared.change { state in
                (state.chunks.isEmpty ? nil : state.chunks.removeFirst(), state.outcome)
            }
            if let chunk { return chunk }
            if let outcome {
                try outcome.get()
                return nil
            }
            await withCheckedContinuation { reader in
                let isReady = shared.change { state in
                    let isReady = !state.chunks.isEmpty || state.outcome != nil
                    if !isReady { state.reader = reader }
                    return isReady
                }
                if isReady { reader.resume() }
            }
        }
    }

    /// Ends the replay.
    func giveUp() { shared.change { $0.isGivenUp = true } }

    var isGivenUp: Bool { shared.read(\.isGivenUp) }

    /// Hands over lines; waits where the reader has many to read.
    func put(_ lines: [ReplayLine]) throws(PartitionError) {
        let isGivenUp = shared.wait { state -> Monitor<State>.Finding<Bool> in
            if state.isGivenUp { return .ready(true) }
            return state.chunks.count < ReplayPipe.chunksMax
                ? .ready(false) : .wait(milliseconds: nil)
        }
        guard !isGivenUp else { throw PartitionError.givenUp }
        wake { $0.chunks.append(lines) }
    }

    func finish(_ outcome: Result<Void, PartitionError>) { wake { $0.outcome = outcome } }

    private func wake(_ body: (inout State) -> Void) {
        let reader = shared.change { state in
            body(&state)
            let reader = state.reader
            state.reader = nil
            return reader
        }
        reader?.resume()
    }
}
