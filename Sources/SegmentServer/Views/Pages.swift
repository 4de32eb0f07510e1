internal import EventWire

/// Some transitions, in their order.
package struct TransitionPage: Codable, Equatable, Sendable {
    /// The transitions.
    package var transitions: [TransitionView]
    /// What to hand back as `after` to go on: the last one's cursor, or what was handed in.
    package var next: String?

    /// A page of those transitions.
    package init(transitions: [TransitionView], next: String?) {
        self.transitions = transitions
        self.next = next
    }

    /// The answer's body.
    package var json: [UInt8] {
        var json = JSONWriter()
        json.object {
            $0.array("transitions") { for transition in transitions { $0.item(transition) } }
            $0.field("next", next)
        }
        return json.bytes
    }
}

/// Some members of a segment, the elder first.
package struct MemberPage: Codable, Equatable, Sendable {
    /// The members.
    package var members: [MemberView]
    /// What to hand back as `after` to go on: the last one's id, or what was handed in.
    package var next: UInt64?
    /// The last transition that these members take account of; nil before the first.
    ///
    /// Who reads all pages, and then the transitions behind the first page's cursor, misses none.
    package var cursor: String?

    /// A page of those members.
    package init(members: [MemberView], next: UInt64?, cursor: String?) {
        self.members = members
        self.next = next
        self.cursor = cursor
    }

    /// The answer's body.
    package var json: [UInt8] {
        var json = JSONWriter()
        json.object {
            $0.array("members") { for member in members { $0.item(member) } }
            $0.field("next", next)
            $0.field("cursor", cursor)
        }
        return json.bytes
    }
}

/// The segments in force, in order of the bytes of their names.
package struct SegmentList: Codable, Equatable, Sendable {
    /// The segments.
    package var segments: [SegmentView]

    /// A list of those segments.
    package init(segments: [SegmentView]) {
        self.segments = segments
    }

    /// The answer's body.
    package var json: [UInt8] {
        var json = JSONWriter()
        json.object {
            $0.array("segments") { for segment in segments { $0.item(segment) } }
        }
        return json.bytes
    }
}
