public import EventModel

/// What a change of the rules would bring about at an instant; nothing was changed.
public struct RulePlan: Sendable {
    /// Names the change: what is in force, and what is planned to be.
    public var hash: UInt64
    /// The instant of the change.
    public var at: Instant
    /// Entries of the log that it takes account of.
    public var entries: UInt64
    /// All segments in force or planned, in order of the bytes of their names.
    public var segments: [PlannedSegment]
    /// How many people there are.
    public var people = 0
    /// How many of them enter or leave a segment by the change.
    public var moved = 0
    /// How many of them leave one by it.
    public var left = 0

    /// How many people are announced to have entered or left, where that is announced of the change.
    public func announced(_ announcement: RuleAnnouncement) -> Int {
        switch announcement {
        case .none: 0
        case .exits: left
        case .all: moved
        }
    }

    /// How many people may be announced to have entered or left by a change that nobody has confirmed the number of.
    public var announcedMax: Int { max(1_000, people / 20) }
}

/// What a change of the rules would do to one segment.
public struct PlannedSegment: Sendable {
    /// The segment's name.
    public var name: String
    /// Its title; empty where there is none.
    public var title: String
    /// How it changes.
    public var kind: RuleChangeKind
    /// Whether its own condition means what it meant: then it changes with what it refers to.
    public var meansTheSame = false
    /// Clauses that are written as they were, and that the contract reads otherwise.
    public var clausesReread: [String] = []
    /// The parts of its condition that are there no more, as they are written.
    public var clausesRemoved: [String] = []
    /// The parts of its condition that are new, as they are written.
    public var clausesAdded: [String] = []
    /// How many members it has when the change is made.
    public var before = 0
    /// How many enter by the change.
    public var entered = 0
    /// How many leave by it.
    public var exited = 0
    /// Of those, whose entry was not announced.
    public var exitedUnannounced = 0
    /// Some of who enters or leaves, by `PersonID`.
    public var samples: [PlannedMove] = []
    /// How many members it would have had, had it always been there; none of what does not change.
    public var sizes: [SegmentSize] = []
    /// With which other segments it has most members in common then, the largest first; none of what does not
    /// change.
    public var overlaps: [SegmentOverlap] = []

    /// How many stay.
    public var stayed: Int { before - exited }
    /// How many members it has then.
    public var after: Int { before - exited + entered }
}

/// Somebody who enters or leaves a segment by a change of the rules.
public struct PlannedMove: Sendable {
    /// Who.
    public var person: PersonID
    /// What the person is called.
    public var identifiers: [Identifier]
    /// Which way.
    public var direction: TransitionDirection
    /// The innermost parts of the segment's new condition, and whether they hold; none of what is removed, nor where
    /// too many were to be explained.
    public var parts: [(text: String, holds: Bool)] = []
}

/// How many members a segment has at an instant.
public struct SegmentSize: Sendable, Equatable {
    /// When.
    public var at: Instant
    /// How many.
    public var members: Int
}

/// Another segment that has members in common with one.
public struct SegmentOverlap: Sendable, Equatable {
    /// The other's name.
    public var segment: String
    /// How many are in both.
    public var members: Int
}
