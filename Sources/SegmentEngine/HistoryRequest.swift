public import EventModel

/// What the apply stage must be shown again before it can go on: one person's entries.
public struct HistoryRequest: Sendable {
    /// The chain of one identifier, and the part of it that may be the person's.
    public struct Chain: Sendable {
        /// Which identifier.
        public var identifier: IdentifierID
        /// Where to begin: the last entry of the chain so far.
        public var last: SequenceNumber
        /// The first entry of the part.
        public var from: SequenceNumber
        /// The first entry behind the part.
        public var to: SequenceNumber
    }

    /// Whose entries.
    let person: PersonSlot
    /// The chains that lead to them.
    public let chains: [Chain]
}
