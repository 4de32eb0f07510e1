/// The candidate that is spelled most like a word, where one is near enough to be meant.
///
/// Case and spaces do not count: `atleast` is near `at least`. Of two equally near ones the earlier
/// wins.
package func nearest(to word: String, among candidates: [String]) -> String? {
    let folded = Array(word.lowercased().unicodeScalars.filter { $0 != " " })
    guard folded.count <= 40 else { return nil }
    var best: (distance: Int, word: String)?
    for candidate in candidates {
        let spelled = Array(candidate.lowercased().unicodeScalars.filter { $0 != " " })
        let bound = min(spelled.count, folded.count) <= 3 ? 1 : 2
        let distance = editDistance(folded, spelled)
        guard distance <= bound, distance < min(spelled.count, folded.count) else { continue }
        if distance < best?.distance ?? .max { best = (distance, candidate) }
    }
    return best?.word
}

/// Insertions, deletions, replacements and swaps of neighbours between two words.
private func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    guard abs(left.count - right.count) <= 2 else { return .max }
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for row in left.indices {
        var current = [row + 1]
        for column in right.indices {
            let replaced = last[column] + (left[row] == right[column] ? 0 : 1)
            var distance = min(last[column + 1] + 1, current[column] + 1, replaced)
            if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                distance = min(distance, beforeLast[column - 1] + 1)
            }
            current.append(distance)
        }
        beforeLast = last
        last = current
    }
    return last[right.count]
}
