internal import EventModel
package import Materializer
package import RuleLanguage
internal import ServiceLifecycle

/// The questions that one may ask a partition: over HTTP, or where no daemon runs directly.
package struct Queries: Sendable {
    /// How many rows a page has where nobody says.
    package static let limitDefault = 100
    /// How many rows a page has at most.
    package static let limitMax = 1_000
    private static let namesShownMax = 10

    let partition: Partition

    /// Questions to that partition.
    package init(_ partition: Partition) {
        self.partition = partition
    }

    /// Transitions behind a cursor that are wanted; by default from the first one on.
    ///
    /// Where there are none it waits for one as long as the request says. `next` goes past what was looked at and not
    /// wanted.
    package func transitions(
        _ request: TransitionRequest
    ) async throws(APIError) -> TransitionPage {
        let start = try request.start() ?? .first
        let filter = try await filter(request)
        do throws(PartitionError) {
            var cursor = try cursor(start)
            let deadline = ContinuousClock.now + .seconds(request.waitSeconds)
            // Before the first look, so that nothing is missed.
            let signals =
                request.waitSeconds > 0
                ? partition.signals(every: .seconds(request.waitSeconds)) : nil
            var waiting = signals?.cancelOnGracefulShutdown().makeAsyncIterator()
            while true {
                let page = try partition.transitions(
                    after: cursor,
                    limit: request.limit,
                    where: filter
                )
                let isAtEnd = page.through == cursor
                cursor = page.through
                let isOver = ContinuousClock.now >= deadline
                if !page.found.isEmpty || (isAtEnd && (isOver || waiting == nil)) {
                    return TransitionPage(
                        transitions: page.found.map(TransitionView.init),
                        next: cursor?.text
                    )
                }
                if isAtEnd, await waiting?.next() == nil { waiting = nil }
            }
        } catch {
            throw APIError(error)
        }
    }

    /// Which transitions a request wants.
    func filter(_ request: TransitionRequest) async throws(APIError) -> TransitionFilter {
        var names: [String] = []
        if !request.segments.isEmpty {
            do throws(PartitionError) {
                names = try await partition.segmentNames()
            } catch {
                throw APIError(error)
            }
        }
        return try request.filter(among: names)
    }

    /// The cursor behind which to begin; nil for the first transition.
    func cursor(_ start: TransitionRequest.Start) throws(PartitionError) -> TransitionCursor? {
        switch start {
        case .first: nil
        case .now: try partition.lastCursor()
        case .behind(let cursor): cursor
        }
    }

    /// How the log stands.
    package func status() async throws(APIError) -> StatusView {
        do throws(PartitionError) {
            return StatusView(try await partition.status())
        } catch {
            throw APIError(error)
        }
    }

    /// How good the data is, seen through the contract in force.
    package func dataHealth() async throws(APIError) -> DataHealthView {
        do throws(PartitionError) {
            return DataHealthView(try await partition.dataHealth())
        } catch {
            throw APIError(error)
        }
    }

    /// What is legal in rules without errors, and probably wrong, also by what the log has seen.
    package func warnings(_ rules: ProposedRules) async -> [Diagnostic] {
        let seen = try? await dataHealth().seenEvents
        return lintRules(
            rules.sources,
            zones: { name in rules.zones.first { $0.name == name } },
            seen: seen
        )
    }

    /// How far the verification has got that was asked for last.
    package func verification() -> VerificationView { VerificationView(partition.verification) }

    /// Begins to hold everything up to now against the log.
    package func beginVerification() throws(APIError) -> VerificationView {
        do throws(PartitionError) {
            try partition.beginVerification()
            return verification()
        } catch {
            throw APIError(error)
        }
    }

    /// The segments in force.
    package func segments() async throws(APIError) -> SegmentList {
        do throws(PartitionError) {
            return SegmentList(segments: try await partition.segments().map(SegmentView.init))
        } catch {
            throw APIError(error)
        }
    }

    /// Members of a segment behind a person, the first ones where it is nil.
    ///
    /// - Parameter limit: How many at most, 1 to `limitMax`.
    package func members(
        of segment: String,
        after: UInt64?,
        limit: Int
    ) async throws(APIError) -> MemberPage {
        var found: (members: [Member], cursor: TransitionCursor?)?
        do throws(PartitionError) {
            found = try await partition.members(
                of: segment,
                after: after.map { PersonID($0) },
                limit: limit
            )
        } catch {
            throw APIError(error)
        }
        guard let found else {
            throw Queries.unknown(segment, among: try await segments().segments.map(\.name))
        }
        let members = found.members.map(MemberView.init)
        return MemberPage(
            members: members,
            next: members.last?.personID ?? after,
            cursor: found.cursor?.text
        )
    }

    /// Members of a segment at a past instant, behind a person.
    ///
    /// - Parameters:
    ///   - text: The instant, as RFC 3339.
    ///   - limit: How many at most, 1 to `limitMax`.
    package func members(
        of segment: String,
        at text: String,
        after: UInt64?,
        limit: Int
    ) async throws(APIError) -> MemberPage {
        let instant = try pastInstant(text)
        let names: [String]
        do throws(PartitionError) {
            names = try await partition.segmentNames()
        } catch {
            throw APIError(error)
        }
        guard names.contains(segment) else { throw Queries.unknown(segment, among: names) }
        do throws(PartitionError) {
            let found = try await partition.members(
                of: segment,
                at: instant,
                after: after.map { PersonID($0) },
                limit: limit
            )
            let members = found.map(MemberView.init)
            return MemberPage(members: members, next: members.last?.personID ?? after, cursor: nil)
        } catch {
            throw APIError(error)
        }
    }

    /// An instant of which everything can be known.
    ///
    /// - Parameter text: The instant, as RFC 3339.
    func pastInstant(_ text: String) throws(APIError) -> Instant {
        guard let instant = Instant(rfc3339: text) else {
            throw APIError(
                400,
                "invalid_at",
                "at is '\(printable(text, charactersMax: 60))'; send an instant such as "
                    + "2026-01-31T12:00:00Z"
            )
        }
        let last: Instant
        do throws(PartitionError) { last = try partition.knownThrough() } catch {
            throw APIError(error)
        }
        guard instant <= last else {
            throw APIError(
                400,
                "invalid_at",
                "at is \(instant), and nothing is known of what comes after \(last); send an "
                    + "instant that is over"
            )
        }
        return instant
    }

    static func unknown(_ segment: String, among names: [String]) -> APIError {
        var hint = "there are no segments in force"
        if let near = nearest(to: segment, among: names) {
            hint = "did you mean '\(near)'?"
        } else if !names.isEmpty {
            let rest = names.count - Queries.namesShownMax
            hint =
                "there are: " + names.prefix(Queries.namesShownMax).joined(separator: ", ")
                + (rest > 0 ? " and \(rest) more" : "")
        }
        let name = printable(segment, charactersMax: 60)
        return APIError(404, "unknown_segment", "no segment is called '\(name)'; \(hint)")
    }
}
