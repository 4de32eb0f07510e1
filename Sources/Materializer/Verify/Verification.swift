public import EventModel

/// What it took to hold a data directory against its log, and what was found.
public struct Verification: Sendable {
    /// Entries that were folded, from the first one on.
    public var entries: UInt64 = 0
    /// Recorded transitions that are those that the log gives, byte for byte.
    public var transitions = 0
    /// Transitions that the log gives and that are not recorded yet: a start records them.
    public var unrecorded = 0
    /// People of the checkpoint of whom it knows what the log gives.
    public var people = 0
    /// The last entry of the checkpoint; nil where there is none, or none that can be used.
    public var checkpoint: SequenceNumber?
    /// The first difference, what it means and what to do; nil where there is none.
    public var difference: String?

    /// Nothing looked at yet.
    public init() {}
}

/// How far a verification beside a running daemon has got.
public enum VerificationState: Sendable {
    /// None was asked for since the start.
    case none
    /// Under way: entries folded, and entries in all.
    case running(done: UInt64, of: UInt64)
    /// Done.
    case done(Verification)
    /// It could not be carried out.
    case failed(String)
}
