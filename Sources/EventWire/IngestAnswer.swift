public import EventModel

/// The answer to a readable body: a verdict for each entry, in the order of the body.
public struct IngestAnswer: Sendable {
    /// What became of one entry.
    public enum Verdict: Equatable, Sendable {
        /// It is in the log at that position.
        case accepted(SequenceNumber)
        /// It is in the log at that position, and repeats the one at `of`; in a conflict it says
        /// something else.
        case duplicate(SequenceNumber, of: SequenceNumber, isConflict: Bool = false)
        /// It is in the log at that position, and has no effect.
        case suppressed(SequenceNumber)
        /// It is not in the log.
        case invalid(code: WireCode, message: String)

        /// The verdict on an entry that was refused.
        public static func invalid(_ problem: EntryProblem) -> Verdict {
            .invalid(code: problem.code, message: problem.message)
        }
    }

    /// The verdicts, one for each entry.
    public var entries: [Verdict]
    /// The last entry of the log whose transitions are decided.
    public var evaluatedThrough: SequenceNumber

    /// An answer with those verdicts.
    public init(entries: [Verdict], evaluatedThrough: SequenceNumber) {
        self.entries = entries
        self.evaluatedThrough = evaluatedThrough
    }

    /// The answer's body.
    public var json: [UInt8] {
        var json = JSONWriter()
        json.object {
            $0.array("entries") { items in
                for verdict in entries { items.object { IngestAnswer.write(verdict, to: &$0) } }
            }
            $0.field("evaluatedThrough", evaluatedThrough)
        }
        return json.bytes
    }

    private static func write(_ verdict: Verdict, to json: inout JSONObjectWriter) {
        switch verdict {
        case .accepted(let sequence):
            json.field("status", "accepted")
            json.field("sequence", sequence)
        case .duplicate(let sequence, let original, let isConflict):
            json.field("status", "duplicate")
            json.field("sequence", sequence)
            json.field("duplicateOf", original)
            json.field("conflict", ifPresent: isConflict ? true : nil)
        case .suppressed(let sequence):
            json.field("status", "suppressed")
            json.field("sequence", sequence)
        case .invalid(let code, let message):
            json.field("status", "invalid")
            json.field("code", code.rawValue)
            json.field("message", message)
        }
    }
}
