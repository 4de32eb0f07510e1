/// What of a change of the rules is announced: of the transitions with cause `rules`.
public enum RuleAnnouncement: String, CaseIterable, Sendable {
    /// Nothing; they are recorded and shown all the same.
    case none
    /// Who leaves by it.
    case exits
    /// Who enters and who leaves by it.
    case all

    /// Whether transitions of that direction are announced.
    public func announces(_ direction: TransitionDirection) -> Bool {
        self == .all || self == .exits && direction == .exited
    }
}

extension EntryHead {
    /// Of a `rules` entry, what of its change is announced.
    public var announcement: RuleAnnouncement {
        RuleAnnouncement(isOn: isOn, isBackfill: isBackfill)
    }
}

extension EntryDraft {
    /// Of a `rules` entry, what of its change is announced.
    public var announcement: RuleAnnouncement {
        get { RuleAnnouncement(isOn: isOn, isBackfill: isBackfill) }
        set { (isOn, isBackfill) = (newValue != .none, newValue == .exits) }
    }
}

extension RuleAnnouncement {
    /// As two marks of an entry say it: that the change is told of, and that who enters does so quietly.
    fileprivate init(isOn: Bool, isBackfill: Bool) {
        self = !isOn ? .none : isBackfill ? .exits : .all
    }
}
