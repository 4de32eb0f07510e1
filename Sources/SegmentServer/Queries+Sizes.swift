internal import EventModel
internal import EventWire
internal import Materializer

extension Queries {
    private static let sizesMax = 1_000
    private static let daysDefault: Int64 = 28

    /// How many members a segment had over time, as the JSON of the answer.
    ///
    /// - Parameters:
    ///   - from: The first instant, as RFC 3339; nil for 28 days before the last.
    ///   - to: The last instant; nil for now.
    ///   - every: How many seconds lie between two, as a number; nil for a day.
    package func sizes(
        of segment: String,
        from: String?,
        to: String?,
        every: String?
    ) async throws(APIError) -> [UInt8] {
        let names: [String]
        let last: Instant
        do throws(PartitionError) {
            names = try await partition.segmentNames()
            last = try partition.knownThrough() - TimeSpan(milliseconds: 1)
        } catch {
            throw APIError(error)
        }
        guard names.contains(segment) else { throw Queries.unknown(segment, among: names) }
        let end = try to.map { (text) throws(APIError) in try pastInstant(text) } ?? last
        let start =
            try from.map { (text) throws(APIError) in try pastInstant(text) }
            ?? end - .days(Queries.daysDefault)
        guard let seconds = Int64(every ?? "86400"), seconds > 0, start <= end else {
            throw APIError(
                400,
                "invalid_range",
                "from must not lie behind to, and every must be a number of seconds from 1 on"
            )
        }
        let count = (end - start).milliseconds / (seconds * 1_000)
        guard count < Int64(Queries.sizesMax) else {
            throw APIError(
                400,
                "invalid_range",
                "that is \(count + 1) instants, and an answer has \(Queries.sizesMax) at most; send a "
                    + "larger every, or less time"
            )
        }
        // The last one is the end, and the first the start where one is given.
        var instants: [Instant]
        if from == nil {
            instants = (0...count).reversed().map { end - .seconds($0 * seconds) }
        } else {
            instants = (0...count).map { start + .seconds($0 * seconds) }
            if instants.last != end { instants.append(end) }
        }
        do throws(PartitionError) {
            let sizes = try await partition.sizes(of: segment, at: instants)
            var json = JSONWriter()
            json.object {
                $0.field("segment", segment)
                $0.array("sizes") {
                    for size in sizes {
                        $0.object {
                            $0.field("at", size.at)
                            $0.field("members", size.members)
                        }
                    }
                }
            }
            return json.bytes
        } catch {
            throw APIError(error)
        }
    }
}
