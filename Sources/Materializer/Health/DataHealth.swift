public import EventModel

/// How good the data of a log is, seen through the contract in force: what came, and what of it went other than
/// declared.
public struct DataHealth: Sendable {
    /// A value as an example, and the entry that has it.
    public struct Sample: Sendable {
        /// The value, in quotes where it is a text, cut to 100 characters; of a list or an object only that.
        public var value: String
        /// The entry.
        public var sequence: SequenceNumber
    }

    /// What is known of a property, an attribute or a field of an item.
    public struct Property: Sendable {
        /// The name; of a field of an item with that of its list: `items.sku`.
        public var name: String
        /// Whether the contract knows it.
        public var isDeclared: Bool
        /// The name in the contract that is spelled most like it; nil for a declared one, and where none is near.
        public var nearest: String?
        /// How often it came with a value.
        public var seen = 0
        /// When it came first with one, in log time.
        public var firstSeen: Instant?
        /// When it came last with one, in log time.
        public var lastSeen: Instant?
        /// The first value.
        public var sample: Sample?
        /// How many of these were sent by another of its names.
        public var otherNames: [String: Int] = [:]
        /// How many were of another type, and made one of the declared type without a loss.
        public var coerced = 0
        /// The first of these.
        public var coercion: Sample?
        /// How many could not be: they read as missing.
        public var violated = 0
        /// The latest of these.
        public var violation: Sample?
        /// How often it was missing, though it is required.
        public var missing = 0
        /// The latest entry without it.
        public var missingIn: SequenceNumber?
    }

    /// What is known of an event.
    public struct Event: Sendable {
        /// The canonical name.
        public var name: String
        /// Whether the contract knows it.
        public var isDeclared: Bool
        /// The name in the contract that is spelled most like it; nil for a declared one, and where none is near.
        public var nearest: String?
        /// How often it came, repeats included.
        public var seen = 0
        /// How often in the 7 days of log time up to the last entry.
        public var lastWeek = 0
        /// How many were sent by another of its names.
        public var otherNames: [String: Int] = [:]
        /// When it came first, in log time.
        public var firstSeen: Instant?
        /// When it came last, in log time.
        public var lastSeen: Instant?
        /// How many repeat another.
        public var duplicates = 0
        /// How many of these say something else than what they repeat.
        public var conflicts = 0
        /// How many had a timestamp too far ahead, which was taken as the time of receipt.
        public var skewed = 0
        /// The latest of these entries.
        public var skewedIn: SequenceNumber?
        /// How late they came: half of them, nine of ten and 99 of 100 by at most so much, to an eighth; nil where
        /// none has a timestamp.
        public var lateness: (half: TimeSpan, most: TimeSpan, nearlyAll: TimeSpan)?
        /// Its properties, declared ones in the order of the contract, then others by their names.
        public var properties: [Property] = []
    }

    /// Links that were refused, by the namespace of the identifier.
    public struct RefusedLinks: Sendable {
        /// The namespace.
        public var namespace: String
        /// How many.
        public var count = 0
        /// The latest value.
        public var sample: Sample?
    }

    /// Identifiers of a namespace that nobody declared: they identify nobody.
    public struct UnknownNamespace: Sendable {
        /// The namespace.
        public var name: String
        /// How often it came.
        public var count = 0
        /// The namespace that is spelled most like it; nil where none is near.
        public var nearest: String?
    }

    /// How an expectation in force stands.
    public struct Expectation: Sendable {
        /// How it stands.
        public enum Standing: String, Sendable {
            /// It is not looked at yet: its first period runs, or an import with which the log begins.
            case waiting
            case met
            case broken
        }

        /// What it is about, since when it has stood so, and how many there are now.
        public var notice: ExpectationNotice
        /// How it stands.
        public var standing: Standing
        /// Of one that waits, until when; nil where that is not known yet.
        public var waitsUntil: Instant?
        /// Whether there may be more than are counted.
        public var isMore: Bool
        /// Whether subscribers have heard of it: of a change they hear after a minute.
        public var isNoticed: Bool
    }

    /// The last entry that is counted.
    public var through: SequenceNumber
    /// Events by their names.
    public var events: [Event]
    /// The expectations in force, in order of what stands for them in cursors.
    public var expectations: [Expectation] = []
    /// Attributes, declared ones in order of the contract, then others by their names.
    public var attributes: [Property]
    /// Refused links by their namespaces.
    public var refusedLinks: [RefusedLinks]
    /// Namespaces that nobody declared, by their names.
    public var unknownNamespaces: [UnknownNamespace]
    /// How many names of events and properties are counted together as others, since there are too many.
    public var uncountedNames: Int
}
