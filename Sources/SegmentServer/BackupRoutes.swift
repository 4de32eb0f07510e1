internal import EventModel
internal import EventStore
internal import EventWire
internal import Hummingbird
package import Materializer

/// A copy of a data directory, as JSON shows it.
package struct BackupView: Codable, Sendable {
    /// Where it is.
    package var directory: String
    /// The last entry of its log.
    package var entries: UInt64
    /// When that came; nil of an empty log.
    package var through: String?

    /// The view of a copy.
    package init(_ backup: Backup) {
        directory = backup.path
        entries = backup.entries
        through = backup.through?.rfc3339
    }

    package var json: [UInt8] {
        var json = JSONWriter()
        json.object {
            $0.field("directory", directory)
            $0.field("entries", entries)
            $0.field("through", through)
        }
        return json.bytes
    }
}

/// `POST /v1/backup`: a copy of the directory of a running daemon.
struct BackupRoutes: Sendable {
    private static let bodyBytesMax = 16 << 10

    let partition: Partition
    let deliveries: DeliveryStore

    var endpoints: [Endpoint] {
        [Endpoint(.post, "/v1/backup", .admin) { request, _ in try await backUp(request) }]
    }

    private func backUp(_ request: Request) async throws -> Response {
        let bytes = try await request.bytes(max: BackupRoutes.bodyBytesMax)
        let document: JSONDocument
        do throws(WireError) { document = try JSONParser().parse(bytes.span) } catch {
            throw APIError(error)
        }
        guard document.kind(0) == .object, let place = document.member("directory", of: 0),
            document.kind(place) == .string
        else { throw BackupRoutes.invalid("directory is no text") }
        let path = document.string(place)
        guard path.hasPrefix("/"), !path.utf8.contains(0) else {
            throw BackupRoutes.invalid("directory is no path that begins with /")
        }
        let backup: Backup
        do throws(PartitionError) {
            backup = try await partition.backUp(to: path, deliveries)
        } catch {
            throw error.kind == .directory
                ? APIError(409, "cannot_back_up", error.message) : APIError(error)
        }
        return .json(BackupView(backup).json)
    }

    private static func invalid(_ what: String) -> APIError {
        APIError(
            400,
            "invalid_backup",
            "\(what); send {\"directory\": \"/where/to\"}, a path on the daemon's machine where "
                + "nothing is yet"
        )
    }
}

extension Queries {
    /// Copies the directory, which no daemon has.
    package func backUp(to path: String) async throws(APIError) -> BackupView {
        let deliveries: DeliveryStore
        do throws(StoreError) {
            deliveries = try DeliveryStore(
                directory: partition.deliveryFolder,
                logID: partition.logID
            )
        } catch {
            throw APIError(503, "failed", error.description)
        }
        do throws(PartitionError) {
            return BackupView(try await partition.backUp(to: path, deliveries))
        } catch {
            throw APIError(error)
        }
    }
}
