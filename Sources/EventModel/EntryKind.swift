/// What an entry of the log says.
public enum EntryKind: UInt8, CaseIterable, Sendable {
    /// Somebody did something.
    case track = 1
    /// Attributes of somebody are set or unset.
    case identify = 2
    /// A rule set comes into force.
    case rules = 3
    /// Log time has got this far: written when a deadline falls due with no entry to carry it.
    case tick = 4
    /// Two people become one, because a sender says so.
    case merge = 5
    /// From here on entries that name an identifier have no effect, or have one again.
    case suppress = 6
    /// An import job begins or ends.
    case job = 7
    /// An entry before this one crashes the engine, and has no effect.
    case quarantine = 8
    /// A list that is kept by hand gains or loses somebody.
    case list = 9
    /// Everything about a person is to be gone.
    case erase = 10

    /// The name that tables, JSON and messages use.
    public var name: String {
        switch self {
        case .track: "track"
        case .identify: "identify"
        case .rules: "rules"
        case .tick: "tick"
        case .merge: "merge"
        case .suppress: "suppress"
        case .job: "import"
        case .quarantine: "quarantine"
        case .list: "list"
        case .erase: "erase"
        }
    }
}
