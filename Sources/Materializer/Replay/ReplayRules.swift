public import EventModel
public import RuleLanguage

/// Under which rules a log is folded again.
public enum ReplayRules: Sendable {
    /// Those that the log put in force, each from its entry on: what was recorded.
    case recorded
    /// Those, and behind the last entry a change to others: what that would bring about.
    ///
    /// The transitions of the change itself come some people at a time, and so not in the order of all.
    ///
    /// At the instant, or where that is not behind the last entry, 1 ms behind it.
    case changing(to: RuleSet, at: Instant)
    /// These, as though they had been in force from before the first entry on; those of the log say nothing.
    ///
    /// What falls due up to the instant is folded too, where that is behind the last entry; nil for no more than the
    /// log's end.
    case always(RuleSet, through: Instant?)
}
