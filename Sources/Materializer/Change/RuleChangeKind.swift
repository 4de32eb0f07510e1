public import EventModel
internal import RuleLanguage

/// How two rule sets differ in a segment.
public enum RuleChangeKind: String, Sendable, CaseIterable {
    /// There was none of that name.
    case new
    /// It means something else, or what it refers to does.
    case changed
    /// It means the same.
    case unchanged
    /// There is none of that name any more.
    case removed
}

/// What is said of a change of the rules, in its entry of the log.
public struct RuleChangeNote: Sendable {
    /// Who made it.
    public var author: String
    /// Why.
    public var reason: String
    /// What of it is announced.
    public var announcement: RuleAnnouncement

    /// A note that says this.
    public init(author: String, reason: String, announcement: RuleAnnouncement = .none) {
        self.author = author
        self.reason = reason
        self.announcement = announcement
    }
}

extension RuleSet {
    /// How each segment of these rules, or of those before them, differs, in order of the bytes of their names.
    ///
    /// A segment also changes with what it refers to, which its hash says and its meaning does not.
    func kinds(since old: RuleSet) -> [(name: String, kind: RuleChangeKind)] {
        let (before, after) = (old.ruleHashes, ruleHashes)
        let names = Set(before.keys).union(after.keys).sorted {
            $0.utf8.lexicographicallyPrecedes($1.utf8)
        }
        return names.map { name in
            switch (before[name], after[name]) {
            case (nil, _): (name, .new)
            case (_, nil): (name, .removed)
            case let (old, new): (name, old == new ? .unchanged : .changed)
            }
        }
    }
}

/// Counts who enters and leaves segments by a change of the rules.
struct RuleChangeTally: Sendable {
    private var moved: [String: (entered: Int, exited: Int)] = [:]

    /// Counts those transitions that are of a change.
    mutating func count(_ transitions: [Transition]) {
        for transition in transitions where transition.cause == .rules {
            let isEntry = transition.direction == .entered
            moved[transition.segment, default: (0, 0)].entered += isEntry ? 1 : 0
            moved[transition.segment, default: (0, 0)].exited += isEntry ? 0 : 1
        }
    }

    /// What the change did to the segments that it concerns.
    func changes(from old: RuleSet, to new: RuleSet) -> [RuleChange] {
        new.kinds(since: old).filter { $0.kind != .unchanged }.map { name, kind in
            let moved = moved[name] ?? (0, 0)
            return RuleChange(
                segment: name,
                kind: kind,
                entered: moved.entered,
                exited: moved.exited
            )
        }
    }
}
