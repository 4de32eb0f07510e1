package import EventModel
internal import Foundation
internal import Hummingbird
package import Materializer

/// The body of `POST /v1/jobs`: an import job opens or closes, whose rows come as batches.
package struct JobMark: Codable, Equatable, Sendable {
    /// A file of the job.
    package struct File: Codable, Equatable, Sendable {
        /// Its name, for people.
        package var name: String
        /// The SHA-256 of its bytes, in hexadecimal.
        package var sha256: String
    }

    /// Names the job.
    package var job: String
    /// Its files.
    package var files: [File]
    /// Whether it opens; else it closes.
    package var open: Bool

    /// The mark of a job.
    package init(_ job: ImportJob, open: Bool) {
        self.job = job.id
        files = job.files.map { File(name: $0.name, sha256: $0.hash) }
        self.open = open
    }

    /// The entry that it is.
    package var draft: EntryDraft {
        let files = files.map { ImportJob.File(name: $0.name, hash: $0.sha256) }
        return ImportJob(id: job, files: files).draft(isOn: open, isLive: true)
    }
}

extension Ingest {
    /// Takes the mark of an import job whose rows come among live entries.
    func job(_ request: Request) async throws -> Response {
        let buffer = try await request.body.collect(upTo: 1 << 20)
        let mark: JobMark
        do {
            mark = try JSONDecoder().decode(JobMark.self, from: Data(buffer.readableBytesView))
        } catch {
            throw APIError(
                400,
                "invalid_job",
                "the body is no import job; send {\"job\":\"…\",\"files\":[{\"name\":\"…\","
                    + "\"sha256\":\"…\"}],\"open\":true}"
            )
        }
        return try await submit([.success(mark.draft)], .fully)
    }
}
