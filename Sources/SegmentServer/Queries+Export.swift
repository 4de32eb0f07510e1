internal import EventModel
internal import Materializer

extension Queries {
    private static let exportPage = 500

    /// Everything that is known of somebody, in lines of JSON: `{"profile":…}`, `{"segments":…}` with all stays, and
    /// `{"entry":…}` for each entry of the log, the oldest first, those included of whoever became one with the person.
    ///
    /// - Parameters:
    ///   - id: A `PersonReference`.
    ///   - write: Given one or several whole lines.
    package func export(
        _ id: String,
        _ write: ([UInt8]) async throws -> Void
    ) async throws {
        let reference = PersonReference(id)
        guard var profile = try await partition.person(reference, before: nil, limit: 1) else {
            throw unknown(reference)
        }
        if let survivor = profile.mergedInto {
            return try await export("#\(survivor)", write)
        }
        (profile.activity, profile.next) = ([], nil)
        try await write(Queries.line("profile", profile.json))
        // Somebody whose story cannot be told is exported all the same.
        if let stays = try? await partition.person(reference, at: nil) {
            try await write(Queries.line("segments", stays.json))
        }
        var question = LogQuestion(limit: Queries.exportPage)
        while true {
            guard let page = try await partition.entries(of: reference, question) else { return }
            var lines: [UInt8] = []
            for entry in page.entries {
                var json: [UInt8] = []
                EntryView(entry: entry).appendJSON(to: &json)
                lines += Queries.line("entry", json)
            }
            try await write(lines)
            guard let next = page.next else { return }
            question.from = next
        }
    }

    private static func line(_ name: String, _ json: [UInt8]) -> [UInt8] {
        Array("{\"\(name)\":".utf8) + json + Array("}\n".utf8)
    }
}
