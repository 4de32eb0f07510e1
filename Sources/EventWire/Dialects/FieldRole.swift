/// What a member of a sender's entry is to segmentd.
enum FieldRole: Int, CaseIterable, Sendable {
    /// What the entry is.
    case type
    /// The canonical customer id.
    case userID
    /// A device, a browser or a cart.
    case anonymousID
    case email, phone
    /// An id that the sender's service made, in a namespace of its own.
    case serviceID
    /// The address that a message goes to: means somebody where nothing else does.
    case recipient
    /// Whether the customer id is one, and not a device's.
    case isIdentified
    /// An object of identifiers by their namespaces.
    case identifiers
    /// What an alias was called before.
    case previousID
    /// Whom a merge keeps, and the other.
    case primary, secondary
    /// Whether the attributes of whom a merge keeps stay as they are.
    case keepPrimary
    /// The event's name.
    case event
    /// The name of a list that is kept by hand.
    case list
    /// What a page or a screen is called, and what kind it is.
    case name, category
    /// What somebody belongs to.
    case groupID
    /// What is said of an event.
    case properties
    /// Attributes of somebody.
    case traits
    /// More of those, which stand elsewhere.
    case moreTraits
    /// What an event is worth, and in which currency.
    case value, currency
    /// An id that repeats of the event share.
    case uniqueID
    /// When it happened.
    case timestamp
    /// The same in millionths of seconds since 1970.
    case microseconds
    /// When it was sent.
    case sentAt
    /// The idempotency key.
    case messageID
    /// Whether it is history sent late on purpose.
    case backfill
}
