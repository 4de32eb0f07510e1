import EventModel

extension NativeDecoder {
    /// Decodes one entry a line.
    func decodeLines(_ body: [UInt8], _ parser: JSONParser) throws(WireError) -> [DecodedEntry] {
        guard lineCount(body, upTo: limits.batchEntriesMax + 1) <= limits.batchEntriesMax else {
            throw tooManyEntries("has more than \(limits.batchEntriesMax)")
        }
        var entries: [DecodedEntry] = []
        var lines = BodyLines(body, from: start(of: body))
        while let (line, range) = lines.next() {
            do throws(WireError) {
                let bytes = body.span.extracting(range)
                entries.append(.success(try decodeLine(bytes, line, parser)))
            } catch {
                let problem = EntryProblem(
                    error.code,
                    error.message,
                    index: entries.count,
                    line: line
                )
                entries.append(.failure(problem))
            }
        }
        guard !entries.isEmpty else {
            throw WireError(.emptyBody, "the body is empty; send one entry a line")
        }
        return entries
    }

    private func decodeLine(
        _ bytes: Span<UInt8>,
        _ line: Int,
        _ parser: JSONParser
    ) throws(WireError) -> EntryDraft {
        let document = try parser.parse(bytes, line: line)
        let decoder = EntryDecoder(
            document: document,
            limits: limits,
            place: .line(line),
            dialect: .native
        )
        return try decoder.decode(0, as: nil)
    }

    /// How many lines are not blank, counted no further than `limit`.
    func lineCount(_ body: [UInt8], upTo limit: Int) -> Int {
        var lines = BodyLines(body, from: start(of: body))
        var count = 0
        while count < limit, lines.next() != nil { count += 1 }
        return count
    }

    /// Whether the first line that is not blank is a JSON object by itself.
    func firstLineIsObject(_ body: [UInt8], _ parser: JSONParser) throws(WireError) -> Bool {
        var lines = BodyLines(body, from: start(of: body))
        guard let (line, range) = lines.next() else { return false }
        do throws(WireError) {
            return try parser.parse(body.span.extracting(range), line: line).kind(0) == .object
        } catch {
            return false
        }
    }
}
