public import EventModel

/// A person of whom a checkpoint knows something else than a stage does.
public struct PersonDifference: Sendable {
    /// Who.
    public var person: PersonID
    /// In what they differ, for people.
    public var what: String
}

extension ApplyStage {
    /// Holds a block of people against what the stage knows.
    ///
    /// - Parameter count: Counts the people that are equal.
    /// - Returns: The first difference; nil where there is none.
    public func compare(
        _ words: UnsafeBufferPointer<UInt64>,
        _ count: inout Int
    ) throws(CheckpointError) -> PersonDifference? {
        var offset = 0
        var ours: [UInt64] = []
        while offset < words.count {
            let slot = PersonSlot(rawValue: words[offset].low)
            let length = Int(words[offset].high)
            guard length > 4, offset + length <= words.count else {
                throw CheckpointError(what: "a person's row is cut off")
            }
            let theirs = UnsafeBufferPointer(rebasing: words[offset..<offset + length])
            guard slot.rawValue < UInt32(people.count) else {
                return PersonDifference(
                    person: PersonID(theirs[1]),
                    what: "the log does not give that person"
                )
            }
            ours.removeAll(keepingCapacity: true)
            people.write(slot, program.series, to: &ours)
            if !ours.elementsEqual(theirs) {
                return PersonDifference(
                    person: people.record(slot).pointee.id,
                    what: difference(ours, theirs)
                )
            }
            count += 1
            offset += length
        }
        return nil
    }

    /// Holds the numbers of a checkpoint against what the stage knows.
    ///
    /// - Returns: In what they differ; nil where they do not.
    public func compare(
        numbers theirs: UnsafeBufferPointer<UInt64>,
        looksAtExpectations: Bool = true
    ) -> String? {
        let ours = numbers()
        let behindMembers = 5 + memberCounts.count
        // How far time has been let pass is nobody's knowledge of people: words 1 and the first behind the members.
        let end = looksAtExpectations ? max(ours.count, theirs.count) : behindMembers
        for place in 0..<end where place != 1 && place != behindMembers {
            guard place < ours.count, place < theirs.count else { return "what expectations know" }
            guard ours[place] != theirs[place] else { continue }
            switch place {
            case 0: return "how many people there are"
            case 2...4: return "imports, or which rules are in force"
            case 5..<behindMembers:
                let name = program.names[place - 5]
                return
                    "how many are in segment '\(name)': it says \(theirs[place]), the log \(ours[place])"
            default: return "what expectations know"
            }
        }
        return nil
    }

    private func difference(_ ours: [UInt64], _ theirs: UnsafeBufferPointer<UInt64>) -> String {
        let place = zip(ours, theirs).enumerated().first { $0.element.0 != $0.element.1 }?.offset
        let bits = 5 + people.leafWords
        switch place ?? ours.count {
        case 1: return "its number"
        case 2: return "the instant at which time alone changes it next"
        case 3: return "whom it became one with, or in how many segments it is"
        case 4: return "how many events or identifiers are kept of it"
        case 5..<bits: return "which conditions hold"
        case bits..<bits + people.nameWords:
            let name = program.names.indices.first { name in
                let bit: UInt64 = 1 << UInt64(name & 63)
                let word = bits + name >> 6
                return word < theirs.count && (ours[word] ^ theirs[word]) & bit != 0
            }
            guard let name else { return "its segments" }
            let isMember = ours[bits + name >> 6] & (1 << UInt64(name & 63)) != 0
            return "it \(isMember ? "is" : "is not") in segment '\(program.names[name])' by the log"
        case bits + people.nameWords..<bits + 2 * people.nameWords:
            return "which entries into segments were announced"
        default: return "the times or numbers that are kept of its events, or its identifiers"
        }
    }
}
