import SegmentTesting
import Synchronization

/// What the daemon has acknowledged: the promise that it is held to.
final class Ledger: Sendable {
    /// One acknowledged entry.
    struct Line: Sendable {
        var messageID: String
        var sequence: UInt64
        /// The entry that this one repeats, by the answer.
        var duplicateOf: UInt64?
    }

    private struct State {
        var lines: [Line] = []
        var complaints: [String] = []
    }

    /// Rung whenever something is taken down.
    let bell = Bell()
    private let state = Mutex(State())

    /// All acknowledgements so far.
    var lines: [Line] { state.withLock { $0.lines } }
    /// How many there are.
    var count: Int { state.withLock { $0.lines.count } }
    /// Answers that no client should get.
    var complaints: [String] { state.withLock { $0.complaints } }

    /// Takes down the answer to a request.
    func record(_ entries: [Traffic.Entry], _ reply: IngestReply) {
        defer { bell.ring() }
        state.withLock { state in
            guard entries.count == reply.entries.count else {
                state.complaints.append(
                    "\(reply.entries.count) verdicts for \(entries.count) entries"
                )
                return
            }
            for (entry, verdict) in zip(entries, reply.entries) {
                guard let sequence = verdict.sequence,
                    ["accepted", "duplicate"].contains(verdict.status),
                    (verdict.status == "duplicate") == (verdict.duplicateOf != nil)
                else {
                    state.complaints.append("\(entry.json) got \(verdict)")
                    continue
                }
                state.lines.append(
                    Line(
                        messageID: entry.messageID,
                        sequence: sequence,
                        duplicateOf: verdict.duplicateOf
                    )
                )
            }
        }
    }

    /// Takes down an answer that is no reply.
    func complain(_ answer: Answer) {
        let complaint = UnexpectedAnswer(answer: answer).description
        state.withLock { $0.complaints.append(complaint) }
    }
}
