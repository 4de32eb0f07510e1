/// How often something took how long, in buckets as Prometheus has them.
package struct LatencyHistogram: Equatable, Sendable {
    /// The upper bounds of the buckets, in microseconds; the last bucket has none.
    package static let bounds: [Int64] = [
        250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
        2_500_000, 5_000_000, 10_000_000, 60_000_000, 300_000_000, 3_600_000_000,
    ]

    /// How many fell into each bucket; one more than there are bounds.
    package private(set) var counts = [Int](repeating: 0, count: bounds.count + 1)
    /// The sum of all, in microseconds.
    package private(set) var sum: Int64 = 0

    /// Nothing was measured yet.
    package init() {}

    /// Adds a measurement; a negative one, which a stepping clock gives, counts as zero.
    package mutating func add(microseconds: Int64) {
        let measured = max(0, microseconds)
        let bucket = LatencyHistogram.bounds.firstIndex { measured <= $0 }
        counts[bucket ?? LatencyHistogram.bounds.count] += 1
        sum &+= measured
    }

    /// Adds a measurement in log time.
    package mutating func add(_ span: TimeSpan) {
        add(microseconds: span.milliseconds.multipliedReportingOverflow(by: 1_000).partialValue)
    }

    /// Adds how long something took.
    package mutating func add(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        add(microseconds: seconds &* 1_000_000 &+ attoseconds / 1_000_000_000_000)
    }
}
