import EventModel
import SegmentTesting

extension RandomCase {
    /// The smallest case that still differs: entries, what they say, segments and parts of conditions
    /// taken out one by one.
    func shrunk() -> RandomCase {
        var smallest = self
        smallest.shrinkEntries()
        smallest.shrinkRules()
        smallest.shrinkEntries()
        smallest.shrinkMembers()
        return smallest
    }

    private var differs: Bool { engine() != reference() }

    private mutating func shrinkEntries() {
        for index in entries.indices.dropFirst().reversed() where entries[index].kind != .rules {
            var candidate = self
            candidate.entries.remove(at: index)
            if candidate.differs { self = candidate }
        }
    }

    private mutating func shrinkMembers() {
        for index in entries.indices {
            for name in entries[index].members.keys.sorted() {
                var candidate = self
                candidate.entries[index].members[name] = nil
                if candidate.differs { self = candidate }
            }
        }
    }

    private mutating func shrinkRules() {
        for place in sources.indices {
            var line = 0
            while line < lines(place).count {
                let all = lines(place)
                let fewer = Array(all[..<line] + all[(line + 1)...])
                let simpler = RandomCase.simpler(all[line]).map {
                    Array(all[..<line] + [$0] + all[(line + 1)...])
                }
                let candidates = (fewer.isEmpty ? [] : [fewer]) + simpler
                if let next = firstThatDiffers(candidates, place) {
                    self = next
                } else {
                    line += 1
                }
            }
        }
    }

    private func lines(_ place: Int) -> [String] {
        sources[place].split(separator: "\n").map(String.init)
    }

    private func firstThatDiffers(_ candidates: [[String]], _ place: Int) -> RandomCase? {
        for lines in candidates {
            if let found = withLines(lines, place) { return found }
        }
        return nil
    }

    /// The case with those lines, if it still differs.
    private func withLines(_ lines: [String], _ place: Int) -> RandomCase? {
        var candidate = self
        candidate.sources[place] = lines.joined(separator: "\n") + "\n"
        let compiles = EngineWorld.compiles(candidate.sources[place])
        return compiles && candidate.differs ? candidate : nil
    }

    /// The segment with what stands in a pair of brackets for the whole condition; shorter ones first.
    private static func simpler(_ line: String) -> [String] {
        guard let split = line.firstRange(of: " when ") else { return [] }
        var open: [String.Index] = []
        var inner: [Substring] = []
        for index in line[split.upperBound...].indices {
            if line[index] == "(" { open.append(line.index(after: index)) }
            if line[index] == ")", let start = open.popLast() { inner.append(line[start..<index]) }
        }
        return inner.sorted { $0.count < $1.count }.map { String(line[..<split.upperBound] + $0) }
    }
}
