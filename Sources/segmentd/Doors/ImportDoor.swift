internal import AsyncHTTPClient
internal import EventModel
internal import EventWire
internal import Foundation
internal import Materializer
internal import NIOCore
internal import NIOHTTP1
internal import SegmentServer

/// Takes late rows into a log.
protocol ImportDoor: Sendable {
    /// Whether the job is in the log already: its entries, and when it was closed.
    func done(
        _ job: ImportJob
    ) async throws -> (first: SequenceNumber, last: SequenceNumber, at: String)?
    /// Opens or closes a job.
    func mark(_ mark: JobMark) async throws
    /// Takes rows, a line of JSON each.
    func send(_ lines: [[UInt8]]) async throws -> ImportReport
    /// Gives back what was taken.
    func close() async
}

/// Takes rows into a directory that no daemon has.
struct LocalImport: ImportDoor {
    private let partition: Partition

    init(_ directory: String) throws(CommandFailure) {
        do throws(PartitionError) {
            partition = try Partition.open(
                PartitionOptions(dataDirectory: directory),
                rules: nil,
                appends: true
            )
        } catch {
            throw CommandFailure(error.message)
        }
    }

    func done(
        _ job: ImportJob
    ) async throws -> (first: SequenceNumber, last: SequenceNumber, at: String)? { nil }

    func mark(_ mark: JobMark) async throws {
        _ = try await partition.submit([mark.draft], wait: .fully)
    }

    func send(_ lines: [[UInt8]]) async throws -> ImportReport {
        let body = Array(lines.joined(separator: [UInt8(ascii: "\n")]))
        let entries = try NativeDecoder().decodeBatch(
            body: body,
            contentType: "application/x-ndjson"
        )
        let drafts = entries.compactMap { try? $0.get() }
        let receipts = try await partition.submit(drafts, wait: .fully).receipts
        var report = ImportReport()
        report.duplicates = receipts.count { $0.duplicateOf != nil }
        report.suppressed = receipts.count { $0.isSuppressed }
        report.rows = receipts.count - report.duplicates - report.suppressed
        report.rejected = entries.count - drafts.count
        return report
    }

    func close() async { await partition.stop() }
}

/// Sends rows to the daemon that has the directory.
struct RemoteImport: ImportDoor {
    private static let answerTimeMax = TimeAmount.seconds(60)
    private static let bodyBytesMax = 64 << 20

    private let base: String

    init(_ socket: String) { base = "http+unix://" + percentEncoded(socket) }

    private struct JobPage: Decodable {
        struct Entry: Decodable {
            struct Job: Decodable { var job: String? }
            var sequence: UInt64
            var receivedAt: String
            var job: Job?
        }
        var entries: [Entry]
        var next: String?
    }

    private struct Answer: Decodable {
        struct Entry: Decodable { var status: String }
        var entries: [Entry]
    }

    private struct Refusal: Decodable { var message: String }

    func done(
        _ job: ImportJob
    ) async throws -> (first: SequenceNumber, last: SequenceNumber, at: String)? {
        let status = try JSONDecoder().decode(StatusView.self, from: try await ask("/v1/status"))
        guard status.people > 0 else {
            throw CommandFailure(
                "a daemon has this directory, and its log is still empty: an import begins the "
                    + "log. Stop the daemon, import, and start it again"
            )
        }
        var marks: [JobPage.Entry] = []
        var from = "1"
        while true {
            let page = try JSONDecoder().decode(
                JobPage.self,
                from: try await ask("/v1/log?kind=import&limit=1000&from=\(from)")
            )
            marks += page.entries.filter { $0.job?.job == job.id }
            guard let next = page.next else { break }
            from = next
        }
        // It opens and closes by turns.
        guard marks.count >= 2, marks.count.isMultiple(of: 2), let last = marks.last else {
            return nil
        }
        return (
            SequenceNumber(marks[marks.count - 2].sequence), SequenceNumber(last.sequence),
            last.receivedAt
        )
    }

    func mark(_ mark: JobMark) async throws {
        _ = try await ask("/v1/jobs", Array(try JSONEncoder().encode(mark)), "application/json")
    }

    func send(_ lines: [[UInt8]]) async throws -> ImportReport {
        var report = ImportReport()
        var start = 0
        while start < lines.count {
            // The daemon's bound of a body.
            var end = start
            var bytes = 0
            while end < lines.count, end == start || bytes + lines[end].count < 3 << 20 {
                bytes += lines[end].count + 1
                end += 1
            }
            let body = Array(lines[start..<end].joined(separator: [UInt8(ascii: "\n")]))
            let answer = try JSONDecoder().decode(
                Answer.self,
                from: try await ask("/v1/batch?wait=evaluated", body, "application/x-ndjson")
            )
            for entry in answer.entries {
                switch entry.status {
                case "accepted": report.rows += 1
                case "duplicate": report.duplicates += 1
                case "suppressed": report.suppressed += 1
                default: report.rejected += 1
                }
            }
            start = end
        }
        return report
    }

    private func ask(
        _ path: String,
        _ body: [UInt8]? = nil,
        _ type: String? = nil
    ) async throws -> Data {
        while true {
            var request = HTTPClientRequest(url: base + path)
            if let body, let type {
                request.method = .POST
                request.headers.add(name: "content-type", value: type)
                request.body = .bytes(ByteBuffer(bytes: body))
            }
            let answer = try await HTTPClient.shared.execute(
                request,
                timeout: RemoteImport.answerTimeMax
            )
            let data = Data(
                try await answer.body.collect(upTo: RemoteImport.bodyBytesMax).readableBytesView
            )
            if answer.status == .ok { return data }
            guard answer.status == .tooManyRequests else {
                throw CommandFailure(try JSONDecoder().decode(Refusal.self, from: data).message)
            }
            try await Task.sleep(for: .seconds(1))
        }
    }

    func close() async {}
}
