internal import EventModel
internal import Materializer

/// Which entries of the log are asked for, as texts that nobody has checked yet.
package struct LogRequest: Sendable {
    /// The first entry; nil for the log's first.
    package var from: String?
    /// The last entry; nil for the log's last.
    package var to: String?
    /// Whose; nil for everybody's.
    package var person: String?
    /// Of which kind; nil for any.
    package var kind: String?
    /// How many at most, 1 to `Queries.limitMax`.
    package var limit = Queries.limitDefault

    /// A request for the first entries of the log.
    package init() {}
}

extension Queries {
    /// Everything about a person, as the JSON of the answer.
    ///
    /// - Parameters:
    ///   - id: A `PersonReference`.
    ///   - before: Where the activity begins; nil for the newest entry.
    ///   - limit: How many entries of it at most, 1 to `limitMax`.
    package func person(
        _ id: String,
        before: String?,
        limit: Int
    ) async throws(APIError) -> [UInt8] {
        var cursor: SequenceNumber?
        if let before {
            cursor = sequence(before)
            guard cursor != nil else {
                throw APIError(
                    400,
                    "invalid_cursor",
                    "before is '\(printable(before, charactersMax: 60))'; hand back the 'next' of "
                        + "an earlier answer, or leave 'before' out to begin with the newest entry"
                )
            }
        }
        let reference = PersonReference(id)
        do throws(PartitionError) {
            let profile = try await partition.person(reference, before: cursor, limit: limit)
            if let profile { return profile.json }
        } catch {
            throw APIError(error)
        }
        throw unknown(reference)
    }

    /// Where somebody was and had been, as the JSON of the answer.
    ///
    /// - Parameters:
    ///   - id: A `PersonReference`.
    ///   - text: The instant, as RFC 3339; nil for now.
    package func stays(_ id: String, at text: String?) async throws(APIError) -> [UInt8] {
        let at = try text.map { (text) throws(APIError) in try pastInstant(text) }
        let reference = PersonReference(id)
        do throws(PartitionError) {
            if let found = try await partition.person(reference, at: at) { return found.json }
        } catch {
            throw APIError(error)
        }
        throw unknown(reference, at: at)
    }

    /// Why somebody is in a segment or is not, as the JSON of the answer.
    ///
    /// - Parameters:
    ///   - id: A `PersonReference`.
    ///   - text: The instant, as RFC 3339; nil for now.
    package func explanation(
        _ id: String,
        in segment: String,
        at text: String?
    ) async throws(APIError) -> [UInt8] {
        let at = try text.map { (text) throws(APIError) in try pastInstant(text) }
        let reference = PersonReference(id)
        let names: [String]
        do throws(PartitionError) { names = try await partition.segmentNames() } catch {
            throw APIError(error)
        }
        guard names.contains(segment) else { throw Queries.unknown(segment, among: names) }
        do throws(PartitionError) {
            let found = try await partition.explain(reference, in: segment, at: at)
            if let found { return found.json }
        } catch {
            throw APIError(error)
        }
        throw unknown(reference, at: at)
    }

    /// Entries of the log, as the JSON of the answer.
    package func log(_ request: LogRequest) async throws(APIError) -> [UInt8] {
        var question = LogQuestion(limit: request.limit)
        if let from = try bound(request.from, "from") { question.from = from }
        question.to = try bound(request.to, "to")
        if let to = question.to, to < question.from {
            throw APIError(
                400,
                "invalid_range",
                "from is \(question.from) and to is \(to); send a 'to' that is not below 'from'"
            )
        }
        question.kind = try kind(request.kind)
        do throws(PartitionError) {
            guard let person = request.person else {
                return try await partition.entries(question).json
            }
            let reference = PersonReference(person)
            if let found = try await partition.entries(of: reference, question) {
                return found.json
            }
        } catch {
            throw APIError(error)
        }
        throw unknown(PersonReference(request.person ?? ""))
    }

    private func kind(_ text: String?) throws(APIError) -> EntryKind? {
        guard let text else { return nil }
        if let kind = EntryKind.allCases.first(where: { $0.name == text }) { return kind }
        let names = EntryKind.allCases.map(\.name)
        throw APIError(
            400,
            "invalid_kind",
            "kind is '\(printable(text, charactersMax: 60))'; send one of "
                + names.joined(separator: ", ")
        )
    }

    private func bound(_ text: String?, _ name: String) throws(APIError) -> SequenceNumber? {
        guard let text else { return nil }
        if let sequence = sequence(text) { return sequence }
        throw APIError(
            400,
            "invalid_range",
            "\(name) is '\(printable(text, charactersMax: 60))'; send the sequence number of an "
                + "entry, a whole number from 1 on"
        )
    }

    private func sequence(_ text: String) -> SequenceNumber? {
        guard let number = UInt64(text), number > 0 else { return nil }
        return SequenceNumber(number)
    }

    private func unknown(_ reference: PersonReference, at instant: Instant?) -> APIError {
        guard let instant else { return unknown(reference) }
        var error = unknown(reference)
        error.message += ", who was there at \(instant)"
        return error
    }

    func unknown(_ reference: PersonReference) -> APIError {
        let shown = printable(reference.text, charactersMax: 60)
        if reference.person != nil {
            return APIError(
                404,
                "unknown_person",
                "there is no person \(shown); a personID is the number of the entry that first "
                    + "named the person. A customer whose id looks like that is user:\(shown)"
            )
        }
        let sought = reference.candidates.map { identifier in
            "\(printable(identifier.namespace, charactersMax: 60)):"
                + printable(identifier.text, charactersMax: 60)
        }
        return APIError(
            404,
            "unknown_person",
            "there is nobody by the name of '\(shown)'; looked for "
                + sought.joined(separator: ", then ")
        )
    }
}
