internal import EventModel

/// The latest times of something, so many at most, in order.
///
/// Times that come in order are added without a move; those that were dropped stand in front until there are more of
/// them than of those that are kept.
struct LatestTimes: Sendable {
    private var times: [Instant] = []
    private var first = 0
    let countMax: Int

    init(countMax: Int) { self.countMax = countMax }

    var count: Int { times.count - first }

    /// The times, the earliest first.
    var all: ArraySlice<Instant> { times[first...] }

    /// The n-th latest time, from 1; nil where there are fewer.
    func latest(_ rank: Int) -> Instant? {
        rank <= count ? times[times.count - rank] : nil
    }

    /// How many lie after an instant.
    func count(after instant: Instant) -> Int {
        var low = first
        var high = times.count
        while low < high {
            let middle = (low + high) / 2
            if times[middle] > instant { high = middle } else { low = middle + 1 }
        }
        return times.count - low
    }

    mutating func add(_ time: Instant) {
        guard countMax > 0 else { return }
        if count == countMax {
            guard time > times[first] else { return }
            first += 1
        }
        if let last = times.last, last > time {
            times.insert(time, at: times.count - count(after: time))
        } else {
            times.append(time)
        }
        if first > count, first > 64 {
            times.removeFirst(first)
            first = 0
        }
    }

    mutating func removeAll() {
        times.removeAll()
        first = 0
    }
}
