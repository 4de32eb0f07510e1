extension Checker {
    /// The meaning of `in segment name`; whether there is such a segment is looked at when all
    /// files are known.
    mutating func check(membership name: TextSyntax) -> Condition {
        refer(to: name)
        return .inSegment(name.text)
    }

    /// Takes a reference to a segment.
    mutating func refer(to name: TextSyntax) {
        references.append(
            SegmentReference(name: name.text, file: fileIndex, range: name.range)
        )
    }

    /// Checks all references between segments, behind the last file.
    mutating func checkReferences() {
        let names = graph.names.filter { !$0.isEmpty }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        var suggestions = Limits.comparisonsMax / max(names.count, 1)
        let findings = graph.findings()
        guard !findings.isEmpty else { return }
        let titles = Dictionary(
            segments.map { ($0.title.lowercased(), $0.name) },
            uniquingKeysWith: { first, _ in first }
        )
        var circles = 0
        for finding in findings {
            switch finding {
            case .unknown(let reference):
                // What a file defines that was not read, nobody knows.
                guard isComplete else { continue }
                let near = suggestions > 0 ? nearest(to: reference.name, among: names) : nil
                suggestions -= 1
                let titled = titles[reference.name.lowercased()]
                complain(
                    about: reference,
                    titled == nil
                        ? "no segment is called '\(shortened(reference.name))'"
                        : "'\(shortened(reference.name))' is the title of a segment, not its name",
                    fix: titled.map { "write \(spelled($0))" }
                        ?? near.map { "did you mean \(spelled($0))?" }
                )
            case .circle(let names, let references):
                circles += 1
                guard let last = references.last else { continue }
                let what =
                    names.count == 1
                    ? "this segment refers to itself" : "segments refer to each other in a circle"
                // A way may be long, and those behind so many are not shown.
                let isShown = circles <= Limits.errorsMax
                complain(
                    about: last,
                    isShown ? "\(what): \(way(names, references))" : what,
                    fix: names.count == 1
                        ? "leave this condition out" : "leave one of these references out"
                )
            case .tooDeep(let reference):
                complain(
                    about: reference,
                    "segments may refer to each other \(Limits.segmentDepthMax) deep at most",
                    fix: "write the condition of '\(shortened(reference.name))' here in its place"
                )
            }
        }
    }

    private mutating func complain(
        about reference: SegmentReference,
        _ message: String,
        fix: String?
    ) {
        files[reference.file].complaints.error(reference.range, message, fix: fix)
    }

    /// The whole way round, each segment with the place where it refers to the next.
    private func way(_ names: [String], _ references: [SegmentReference]) -> String {
        var steps = zip(names, references).map { name, reference in
            "\(shortened(name)) (\(files[reference.file].source.path):\(reference.line))"
        }
        let surplus = steps.count - Limits.segmentDepthMax
        if surplus > 0 {
            let half = Limits.segmentDepthMax / 2
            steps.replaceSubrange(half..<half + surplus, with: ["… \(surplus) more …"])
        }
        return (steps + names.prefix(1).map { shortened($0) }).joined(separator: " → ")
    }

    /// A segment's name as it is written behind `in segment`.
    func spelled(_ name: String) -> String {
        let tokens = Lexer.tokens(of: SourceText(path: "", text: name))
        let isWord = tokens.count == 2 && tokens[0].isWord(name)
        let isReserved = Reserved.joining.contains(name) || Reserved.clauses.contains(name)
        return isWord && !isReserved ? "'\(name)'" : quoted(name)
    }
}
