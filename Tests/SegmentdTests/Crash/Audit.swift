import EventModel

/// Holds a data directory against the ledger of what was acknowledged.
struct Audit {
    /// Acknowledged entries that are not where the answer said.
    private(set) var lost: [String] = []
    /// Entries that count although they repeat another, or the other way round.
    private(set) var miscounted: [String] = []
    /// What is wrong with the log or the transitions in themselves.
    private(set) var inconsistent: [String] = []

    init(_ ledger: [Ledger.Line], _ image: LogImage) {
        inconsistent = image.faults
        for line in ledger { check(line, image) }
        checkTransitions(image.transitions)
    }

    private mutating func check(_ line: Ledger.Line, _ image: LogImage) {
        let index = Int(line.sequence) - 1
        guard image.messageIDs.indices.contains(index),
            image.messageIDs[index] == line.messageID
        else {
            let found =
                image.messageIDs.indices.contains(index)
                ? "'\(image.messageIDs[index])'" : "nothing"
            lost.append("\(line.messageID) acknowledged as \(line.sequence), where is \(found)")
            return
        }
        // The first entry of a message id counts, and no other: all were sent within the horizon.
        let first = image.places[line.messageID]?.first
        let expected = line.sequence == first ? nil : first
        if line.duplicateOf != expected {
            miscounted.append(
                "\(line.messageID) at \(line.sequence) repeats \(Audit.text(expected)), and was "
                    + "answered as repeating \(Audit.text(line.duplicateOf))"
            )
        }
    }

    private mutating func checkTransitions(_ transitions: [Transition]) {
        var members: Set<Membership> = []
        var last: Transition?
        for transition in transitions {
            if let last,
                last.cursor.bytes.lexicographicallyPrecedes(transition.cursor.bytes) == false
            {
                inconsistent.append("\(transition) does not come after \(last)")
            }
            last = transition
            let membership = Membership(person: transition.person, segment: transition.segment)
            let isChange =
                transition.direction == .entered
                ? members.insert(membership).inserted : members.remove(membership) != nil
            if !isChange { inconsistent.append("\(transition) changes nothing") }
        }
    }

    private struct Membership: Hashable {
        var person: PersonID
        var segment: String
    }

    private static func text(_ sequence: UInt64?) -> String {
        sequence.map { "\($0)" } ?? "nothing"
    }
}
