internal import EventModel
internal import EventWire
internal import Foundation
package import Materializer

/// Carries out an import.
package enum Importer {
    private static let lateGroupRows = 1_000

    /// Begins a log with the rows of a job, sorted by the time at which they happened.
    ///
    /// - Returns: What was taken; nothing is evaluated yet.
    package static func importAnew(
        _ rows: ImportRows,
        _ options: ImportOptions,
        into dataDirectory: String,
        rules: ProposedRules
    ) async throws -> ImportReport {
        let folder = "\(dataDirectory)/import"
        try? FileManager.default.removeItem(atPath: folder)
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true
        )
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let sorter = RowSorter(folder: folder, memoryBytesMax: options.sortBytesMax)
        var progress = ImportProgress("reading   ", total: rows.bytesTotal)
        try await rows.forEach(requiresTimestamp: true) { row in
            guard let at = row.draft.timestamp else { return }
            try sorter.add(
                RowSorter.Row(
                    at: at.milliseconds,
                    file: UInt32(row.file),
                    line: UInt32(truncatingIfNeeded: row.line),
                    bytes: row.json
                )
            )
            progress.show(rows.bytesDone, rows: sorter.count)
        }
        progress.end()
        guard let bounds = sorter.bounds else {
            throw ImportError(
                rows.rejected > 0
                    ? "none of the \(counted(rows.rejected, "row")) can be imported; see "
                        + printable(options.rejects)
                    : "the files have no rows"
            )
        }
        let writer = try ImportWriter(
            dataDirectory,
            rows.job,
            rules: rules,
            earliest: Instant(milliseconds: bounds.lowerBound)
        )
        progress = ImportProgress("appending ", total: sorter.count)
        var report = ImportReport()
        report.rejected = rows.rejected
        var failure: ImportError?
        try sorter.forEach { row throws(PartitionError) in
            guard failure == nil else { return }
            do throws(ImportError) {
                var draft = try rows.draft(row)
                // The file says when it happened; the sender's other clock has no part in it.
                draft.sentAt = nil
                try append(draft, Instant(milliseconds: row.at), writer)
            } catch {
                failure = error
            }
            report.rows += 1
            progress.show(report.rows, rows: report.rows)
        }
        if let failure { throw failure }
        try writer.close(latest: Instant(milliseconds: bounds.upperBound))
        progress.end()
        return report
    }

    private static func append(
        _ draft: EntryDraft,
        _ at: Instant,
        _ writer: ImportWriter
    ) throws(ImportError) {
        do throws(PartitionError) {
            try writer.add(draft, at: at)
        } catch {
            throw ImportError(error.message)
        }
    }

    /// Sends the rows of a job as late data that arrives now.
    ///
    /// - Parameter send: Takes the lines of a batch, says what became of them.
    package static func importLate(
        _ rows: ImportRows,
        _ options: ImportOptions,
        send: (_ lines: [[UInt8]]) async throws -> ImportReport
    ) async throws -> ImportReport {
        var group: [[UInt8]] = []
        var report = ImportReport()
        var sent = 0
        var progress = ImportProgress("sending   ", total: rows.bytesTotal)
        func flush() async throws {
            guard !group.isEmpty else { return }
            let answer = try await send(group)
            report.rows += answer.rows
            report.duplicates += answer.duplicates
            report.suppressed += answer.suppressed
            report.rejected += answer.rejected
            sent += group.count
            group.removeAll(keepingCapacity: true)
            progress.show(rows.bytesDone, rows: sent)
        }
        try await rows.forEach(requiresTimestamp: false) { row in
            group.append(marked(row, options.isLive))
            if group.count == lateGroupRows { try await flush() }
        }
        try await flush()
        progress.end()
        report.rejected += rows.rejected
        return report
    }

    /// The row's JSON with its key, and with the mark of history unless it is to be announced.
    private static func marked(_ row: ImportRow, _ isLive: Bool) -> [UInt8] {
        var json = row.json
        guard let end = json.lastIndex(of: UInt8(ascii: "}")) else { return json }
        // Of members with the same name the last one counts.
        var more = row.hasMadeKey ? ",\"messageId\":\"\(row.draft.messageID)\"" : ""
        if !isLive { more += ",\"backfill\":true" }
        json.insert(contentsOf: more.utf8, at: end)
        return json
    }
}
