extension ApplyStage {
    /// Counts whom segments have in common with others.
    ///
    /// - Parameters:
    ///   - wanted: Segments, by their places among `segmentNames`.
    ///   - counts: For each of them, by the other's place, how many are in both; added to.
    func addOverlaps(of wanted: [Int], into counts: inout [[Int]]) {
        for index in 0..<people.count {
            let members = people.members(PersonSlot(rawValue: UInt32(index)))
            for (row, name) in wanted.enumerated()
            where members[name >> 6] & (1 << UInt64(name & 63)) != 0 {
                for word in 0..<(segmentNames.count + 63) >> 6 {
                    var bits = members[word]
                    while bits != 0 {
                        counts[row][word << 6 + bits.trailingZeroBitCount] += 1
                        bits &= bits - 1
                    }
                }
            }
        }
    }
}
