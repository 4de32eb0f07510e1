public import EventModel

/// Why a person is in a segment at an instant, or is not.
public struct Explanation: Sendable {
    /// A part of the segment's condition, and whether it holds of the person.
    public struct Part: Sendable {
        /// How it is written.
        public var text: String
        /// In how many brackets it stands.
        public var depth: Int
        /// Whether it holds.
        public var holds: Bool
        /// Whether no other part lies within it.
        public var isInnermost: Bool
        /// When time alone turns it; nil for never, or not within reach.
        public var turnsAt: Instant?
        /// How many events count for it now, or more than that, and how many it asks for; nil where it counts none, or
        /// asks for too many.
        public var count: (found: Int, asked: Int, isMore: Bool)?
        /// Entries that alone make it hold, or alone keep it from holding.
        ///
        /// With nothing else that the person did, and each of them matters for that. Empty where it is what did not
        /// happen that decides.
        public var witnesses: [Witness] = []
        /// Whether there are witnesses that are not named, since finding them would take too long.
        public var hasMore = false
    }

    /// An entry that decides a part of a condition.
    public struct Witness: Sendable {
        /// The entry.
        public var entry: LoggedEntry
        /// The names of properties or attributes that the part looks at.
        public var properties: [String]
        /// What brought it to the person, where it was another's when it came, or nobody knew whose.
        public var link: Link?
    }

    /// An entry by which two people became one, or by which one became known.
    public struct Link: Sendable {
        /// The entry.
        public var sequence: SequenceNumber
        /// When it came.
        public var at: Instant
        /// Whose the witness was before; the person itself where it became known.
        public var absorbed: PersonID
    }

    /// What an event would do, were it to come right now.
    public struct Hint: Sendable {
        /// The event's name.
        public var event: String
        /// Properties that it would need, as JSON's names and values; empty for none.
        public var properties: [(name: String, value: [UInt8])]
        /// Whether the person's membership would turn at once.
        public var turns: Bool
        /// Else, when time alone would then turn it; nil for never.
        public var turnsAt: Instant?
    }

    /// Who.
    public var person: PersonID
    /// What the person is called at the instant, in order of rank.
    public var identifiers: [Identifier]
    /// The segment.
    public var segment: String
    /// Its title; empty where there is none.
    public var title: String
    /// The instant, when everything of it was over.
    public var at: Instant
    /// The entry that put the rules in force that count.
    public var rules: SequenceNumber
    /// Whether the person is a member.
    public var isMember: Bool
    /// Since when; nil of nobody who is none.
    public var since: Instant?
    /// The parts of the condition, each before those within it.
    public var parts: [Part]
    /// When time alone makes the person enter or leave; nil for never, or not within ten years.
    public var turnsAt: Instant?
    /// Whether that is known: not where time changes too much on the way.
    public var isTurnKnown: Bool
    /// What would change that, or turn the membership at once.
    public var hints: [Hint]
}

/// A stretch of time that somebody was in a segment.
public struct PastStay: Sendable, Equatable {
    /// The segment.
    public var segment: String
    /// When the person entered.
    public var from: Instant
    /// Why, and by which entry; zero where time alone did.
    public var cause: TransitionCause
    /// The entry.
    public var sequence: SequenceNumber
    /// When the person left; nil where it was still there.
    public var to: Instant?
    /// Why it left.
    public var endCause: TransitionCause?
    /// Who was in it: the person itself, or somebody who has become one with it.
    public var person: PersonID
}

/// What was known of a person at an instant.
public struct PastPerson: Sendable {
    /// Who.
    public var person: PersonID
    /// The instant, when everything of it was over.
    public var at: Instant
    /// What the person was called, in order of rank.
    public var identifiers: [Identifier]
    /// Where the person was or had been, in order of entry.
    public var stays: [PastStay]
}
