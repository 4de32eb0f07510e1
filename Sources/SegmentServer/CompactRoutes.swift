internal import EventModel
internal import EventStore
internal import EventWire
internal import Foundation
internal import Hummingbird
internal import Materializer
internal import ServiceLifecycle

/// What sealing old entries did, as JSON shows it.
package struct CompactionView: Codable, Sendable {
    /// The last entry that is sealed.
    package var sealedThrough: UInt64
    /// How many entries were sealed by this.
    package var sealed: UInt64
    /// What the log took on disk before.
    package var bytesBefore: Int
    /// What it takes now.
    package var bytesAfter: Int

    /// The view of a compaction.
    init(_ compaction: Compaction) {
        sealedThrough = compaction.through.rawValue
        sealed = compaction.sealed
        bytesBefore = compaction.bytesBefore
        bytesAfter = compaction.bytesAfter
    }

    package var json: [UInt8] {
        var json = JSONWriter()
        json.object {
            $0.field("sealedThrough", sealedThrough)
            $0.field("sealed", sealed)
            $0.field("bytesBefore", bytesBefore)
            $0.field("bytesAfter", bytesAfter)
        }
        return json.bytes
    }
}

/// `POST /v1/compact?before=…`: seals entries of the log of a running daemon.
struct CompactRoutes: Sendable {
    let queries: Queries

    var endpoints: [Endpoint] {
        [
            Endpoint(.post, "/v1/compact", .admin) { request, _ in
                let before = request.parameter("before")
                // Nobody waits for it to stop the daemon.
                let view = try await cancelWhenGracefulShutdown {
                    try await queries.compact(before: before) { _ in }
                }
                return .json(view.json)
            }
        ]
    }
}

extension Queries {
    private static let keptDays: Int64 = 30

    /// Seals the entries that came before an instant.
    ///
    /// - Parameters:
    ///   - text: The instant, as RFC 3339; nil for 30 days ago.
    ///   - progress: Called now and then with the part that is done, from 0 to 1.
    package func compact(
        before text: String?,
        progress: @escaping @Sendable (Double) -> Void
    ) async throws(APIError) -> CompactionView {
        let now = Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
        var before = now - .days(Queries.keptDays)
        if let text {
            guard let instant = Instant(rfc3339: text) else {
                throw APIError(
                    400,
                    "invalid_before",
                    "before is '\(printable(text, charactersMax: 60))'; send a time such as "
                        + "2026-01-31T12:00:00Z"
                )
            }
            before = instant
        }
        do throws(PartitionError) {
            return CompactionView(try await partition.compact(before: before, progress: progress))
        } catch {
            throw APIError(error)
        }
    }
}
