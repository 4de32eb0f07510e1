package import EventModel

extension Zone {
    /// UTC under any of its names; nil for other zones.
    package static func known(_ name: String) -> Zone? {
        let names: Set<String> = [
            "UTC", "UCT", "Universal", "Zulu", "Etc/UTC", "Etc/UCT", "Etc/Universal", "Etc/Zulu",
        ]
        return names.contains(name) ? .utc : nil
    }

    /// The first instant at which local clocks show that time or a later one.
    ///
    /// So a day begins at the first instant that has its date: where clocks skip its midnight,
    /// behind the gap, and where they show it twice, the first time.
    /// - Parameter local: the local time, as the instant at which UTC shows it.
    /// - Complexity: O(log n) in the number of offsets.
    package func beginning(ofLocal local: Instant) -> Instant {
        // No offset is as long as two days.
        var index = self.index(at: local - TimeSpan.days(2))
        while true {
            let from = index == 0 ? Instant.distantPast : offsets[index].from
            let begin = max(from, local - TimeSpan.seconds(Int64(offsets[index].seconds)))
            guard index + 1 < offsets.count, begin >= offsets[index + 1].from else { return begin }
            index += 1
        }
    }

    /// The place of the offset that holds at an instant.
    private func index(at instant: Instant) -> Int {
        var low = 0
        var high = offsets.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if offsets[middle].from <= instant { low = middle } else { high = middle }
        }
        return low
    }
}
