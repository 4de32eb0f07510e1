internal import Crypto
internal import EventModel
internal import EventWire
internal import Foundation
package import Materializer

/// A row of an import, understood.
struct ImportRow {
    var file: Int
    var line: Int
    /// The JSON of its entry.
    var json: [UInt8]
    var draft: EntryDraft
    /// Whether its key is made from the file and the line.
    var hasMadeKey: Bool
}

/// Reads the files of a job row by row; what is wrong goes to the rejects.
package final class ImportRows {
    private let options: ImportOptions
    /// The job over the files.
    package let job: ImportJob
    /// The bytes of all files.
    package let bytesTotal: Int
    private let decoder: LineDecoder
    private var rejects: FileHandle?
    /// How many rows went to the rejects.
    package private(set) var rejected = 0
    /// Bytes of files that have been read.
    package private(set) var bytesDone = 0

    /// Looks at the files and makes their job; nothing is written yet.
    package init(_ options: ImportOptions) throws(ImportError) {
        self.options = options
        var files: [ImportJob.File] = []
        var total = 0
        var all = SHA256()
        for path in options.files {
            let (hash, bytes) = try ImportFile.hash(path)
            files.append(
                ImportJob.File(
                    name: path.split(separator: "/").last.map(String.init) ?? path,
                    hash: hash
                )
            )
            total += bytes
            all.update(data: Array(hash.utf8))
        }
        let mapping = options.mapping.map { "\($0.fields)\(options.hasHeader)" } ?? "lines"
        all.update(data: Array(mapping.utf8))
        let id = ImportFile.hexadecimal(all.finalize().prefix(16))
        job = ImportJob(id: id, files: files)
        bytesTotal = total
        do throws(WireError) { decoder = try LineDecoder() } catch {
            throw ImportError(error.message)
        }
    }

    /// Hands every good row to `body`, in the order of files and lines.
    func forEach(
        requiresTimestamp: Bool,
        _ body: (ImportRow) async throws -> Void
    ) async throws {
        rejected = 0
        bytesDone = 0
        var before = 0
        for (index, path) in options.files.enumerated() {
            let file = try ImportFile(path)
            var csv = options.mapping.map { CSVReader($0, hasHeader: options.hasHeader) }
            while var text = try file.next() {
                let line = file.line
                while csv != nil, CSVReader.isOpen(text), let more = try file.next() {
                    text += [UInt8(ascii: "\n")] + more
                    guard text.count <= ImportFile.lineBytesMax else { break }
                }
                bytesDone = before + file.bytesRead
                if text.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
                do {
                    guard let json = try csv.map({ _ in try csv?.json(text) }) ?? text else {
                        continue
                    }
                    var draft = try decoder.decode(json, line: line)
                    try check(draft, requiresTimestamp)
                    let hasMadeKey = draft.messageID.isEmpty
                    if hasMadeKey { draft.messageID = messageID(index, line) }
                    try await body(
                        ImportRow(
                            file: index,
                            line: line,
                            json: json,
                            draft: draft,
                            hasMadeKey: hasMadeKey
                        )
                    )
                } catch let fault as CSVFault {
                    if fault.endsFile {
                        throw ImportError("\(printable(path)): \(printable(fault.message))")
                    }
                    try reject(path, line, fault.message, text)
                } catch let error as WireError {
                    try reject(path, line, error.message, text)
                } catch let error as RowFault {
                    try reject(path, line, "line \(line): \(error.message)", text)
                }
            }
            before += file.bytesRead
        }
        try? rejects?.synchronize()
    }

    /// The entry of a row that was read before.
    func draft(_ row: RowSorter.Row) throws(ImportError) -> EntryDraft {
        do throws(WireError) {
            var draft = try decoder.decode(row.bytes, line: Int(row.line))
            if draft.messageID.isEmpty { draft.messageID = messageID(Int(row.file), Int(row.line)) }
            return draft
        } catch {
            throw ImportError(error.message)
        }
    }

    /// The key of a row that has none: the same each time the file is read.
    func messageID(_ file: Int, _ line: Int) -> String {
        "import:\(job.files[file].hash.prefix(16)):\(line)"
    }

    private struct RowFault: Error {
        var message: String
    }

    private func check(_ draft: EntryDraft, _ requiresTimestamp: Bool) throws(RowFault) {
        guard let at = draft.timestamp else {
            guard requiresTimestamp else { return }
            throw RowFault(
                message: "timestamp is missing; an import into a new log sorts rows by it: send "
                    + "RFC 3339 like \"2026-01-31T09:00:00Z\""
            )
        }
        guard at >= options.notBefore else {
            throw RowFault(
                message: "timestamp is \(at), before \(options.notBefore); give --not-before if "
                    + "that is meant"
            )
        }
        guard at <= options.notAfter else {
            throw RowFault(
                message: "timestamp is \(at), after \(options.notAfter); give --not-after if that "
                    + "is meant"
            )
        }
    }

    private func reject(
        _ path: String,
        _ line: Int,
        _ message: String,
        _ text: [UInt8]
    ) throws(ImportError) {
        if rejects == nil {
            guard FileManager.default.createFile(atPath: options.rejects, contents: nil),
                let file = FileHandle(forWritingAtPath: options.rejects)
            else {
                throw ImportError(
                    "cannot write the rejects to \(printable(options.rejects)); name a file that "
                        + "can be written with --rejects"
                )
            }
            rejects = file
        }
        rejected += 1
        var json = JSONWriter()
        json.object {
            $0.field("file", path)
            $0.field("line", line)
            $0.field("reason", message)
            $0.field("row", String(decoding: text.prefix(65_536), as: UTF8.self))
        }
        do {
            try rejects?.write(contentsOf: Data(json.bytes + [UInt8(ascii: "\n")]))
        } catch {
            throw ImportError("cannot write the rejects to \(printable(options.rejects))")
        }
    }
}
