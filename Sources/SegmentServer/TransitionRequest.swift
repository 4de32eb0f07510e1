internal import EventModel
internal import RuleLanguage

/// Which transitions somebody asks for, in words.
package struct TransitionRequest: Sendable {
    /// Begin behind this cursor; `start` for the first transition, `now` for those to come; nil for what is usual.
    package var after: String?
    /// Segments; empty for all, and for what is expected of events.
    package var segments: [String] = []
    /// `entered`, `exited`, `expectation`; empty for all.
    package var kinds: [String] = []
    /// Causes; empty for all.
    package var causes: [String] = []
    /// Whether only those are wanted that subscribers hear of by default.
    package var announcedOnly = false
    /// How many at most, 1 to `Queries.limitMax`.
    package var limit = Queries.limitDefault
    /// Where there are none, how long to wait for one, in seconds.
    package var waitSeconds = 0

    /// The longest wait of one request.
    package static let waitSecondsMax = 60

    /// A request for the first transitions.
    package init() {}

    /// Where somebody begins to read.
    enum Start: Equatable {
        case first
        case now
        case behind(TransitionCursor)
    }

    /// Where to begin; nil where nothing is said.
    func start() throws(APIError) -> Start? {
        switch after {
        case nil: return nil
        case "start", "all": return .first
        case "now": return .now
        case let text?:
            guard let cursor = TransitionCursor(text: text) else {
                throw APIError(
                    400,
                    "invalid_cursor",
                    "'\(printable(text, charactersMax: 60))' is no cursor; hand back the 'next' "
                        + "of an earlier answer or the 'cursor' of a transition, or send after=start "
                        + "for the first transition or after=now for those to come"
                )
            }
            return .behind(cursor)
        }
    }

    /// What the words mean.
    ///
    /// - Parameter names: All segments that there ever were.
    func filter(among names: [String]) throws(APIError) -> TransitionFilter {
        var filter = TransitionFilter()
        filter.takesUnannounced = !announcedOnly
        if !segments.isEmpty {
            for segment in segments where !names.contains(segment) {
                throw Queries.unknown(segment, among: names)
            }
            filter.segments = Set(segments)
        }
        if !kinds.isEmpty {
            var wanted: Set<TransitionFilter.Kind> = []
            for word in kinds {
                guard let kind = TransitionFilter.Kind(rawValue: word) else {
                    throw TransitionRequest.unknown(
                        "kind",
                        word,
                        TransitionFilter.Kind.allCases.map(\.rawValue)
                    )
                }
                wanted.insert(kind)
            }
            filter.kinds = wanted
        }
        if !causes.isEmpty {
            var wanted: Set<TransitionCause> = []
            for word in causes {
                guard let cause = TransitionCause(name: word) else {
                    throw TransitionRequest.unknown(
                        "cause",
                        word,
                        TransitionCause.allCases.map(\.name)
                    )
                }
                wanted.insert(cause)
            }
            filter.causes = wanted
        }
        return filter
    }

    private static func unknown(_ what: String, _ word: String, _ known: [String]) -> APIError {
        let near = nearest(to: word, among: known).map { "did you mean '\($0)'?" }
        return APIError(
            400,
            "invalid_\(what)",
            "there is no \(what) '\(printable(word, charactersMax: 60))'; "
                + (near ?? "there are: \(known.joined(separator: ", "))")
        )
    }
}
