internal import EventModel
internal import EventWire
internal import Materializer
internal import NIOPosix
internal import RuleLanguage

/// Rules that somebody asks to plan or to put in force, read from the JSON of a request.
struct RuleRequest: Sendable {
    static let bodyBytesMax = 8 << 20
    private static let daysMax = 365
    private static let textBytesMax = 4_096
    private static let example = #"{"files": [{"path": "cart.seg", "text": "segment …"}]}"#

    /// What is asked for.
    enum Purpose: String {
        case plan
        case apply
        case replay
    }

    /// The rule files.
    private(set) var sources: [RuleSource] = []
    /// For how many days back sizes are wanted, 0 for none.
    private(set) var days = 28
    /// The hash of the plan that was seen.
    private(set) var plan: UInt64?
    /// What is said of a change in the log, and what of it is announced.
    private(set) var note = RuleChangeNote(author: "api", reason: "")
    /// How many people at most may be announced to have moved; nil where nobody has confirmed any number.
    private(set) var confirmed: Int?
    /// What of a replay is wanted.
    private(set) var replay = ReplayQuestion()

    private let document: JSONDocument
    private let purpose: Purpose

    init(_ body: [UInt8], for purpose: Purpose) throws(APIError) {
        self.purpose = purpose
        do throws(WireError) {
            document = try JSONParser().parse(body.span)
        } catch {
            throw APIError(error)
        }
        guard document.kind(0) == .object else {
            throw invalid("the body is no object; send \(RuleRequest.example)")
        }
        switch purpose {
        case .plan: days = try number("days", in: 0...RuleRequest.daysMax) ?? days
        case .apply: try readChange()
        case .replay: try readReplay()
        }
        if purpose != .replay || document.member("files", of: 0) != nil { try readFiles() }
    }

    private mutating func readChange() throws(APIError) {
        guard let hash = try text("plan") else {
            throw invalid("plan is missing; send the hash of what POST /v1/rules/plan answered")
        }
        guard hash.utf8.count == 16, let value = UInt64(hash, radix: 16) else {
            throw invalid("plan is no hash of 16 hexadecimal digits; send that of a plan")
        }
        plan = value
        note.author = try text("author") ?? note.author
        note.reason = try text("reason") ?? note.reason
        if let name = try text("announce") {
            guard let announcement = RuleAnnouncement(rawValue: name) else {
                let names = RuleAnnouncement.allCases.map(\.rawValue).joined(separator: ", ")
                throw invalid("announce is none of: \(names)")
            }
            note.announcement = announcement
        }
        confirmed = try number("confirm", in: 0...Int(Int32.max))
    }

    private mutating func readReplay() throws(APIError) {
        replay.from = try instant("from") ?? replay.from
        replay.through = try instant("to") ?? replay.through
        guard replay.from <= replay.through else { throw invalid("from lies behind to") }
        replay.isDifference = try flag("diff")
        replay.isCount = try flag("count")
        guard let list = document.member("segments", of: 0) else { return }
        guard document.kind(list) == .array else { throw invalid("segments is no list of names") }
        var names: Set<String> = []
        var item = list + 1
        while item < document.end(list) {
            guard document.kind(item) == .string else {
                throw invalid("segments is no list of names")
            }
            names.insert(document.string(item))
            item = document.end(item)
        }
        replay.segments = names
    }

    private func instant(_ name: String) throws(APIError) -> Instant? {
        guard let text = try text(name) else { return nil }
        guard let instant = Instant(rfc3339: text) else {
            throw invalid("\(name) is no instant; send one such as 2026-01-31T12:00:00Z")
        }
        return instant
    }

    private func flag(_ name: String) throws(APIError) -> Bool {
        guard let place = document.member(name, of: 0) else { return false }
        guard document.kind(place) == .boolean else {
            throw invalid("\(name) is not true or false")
        }
        return document.isTrue(place)
    }

    private mutating func readFiles() throws(APIError) {
        guard let files = document.member("files", of: 0), document.kind(files) == .array else {
            throw invalid("files is no list; send \(RuleRequest.example)")
        }
        var file = files + 1
        while file < document.end(files) {
            guard document.kind(file) == .object,
                let path = document.member("path", of: file), document.kind(path) == .string,
                let text = document.member("text", of: file), document.kind(text) == .string
            else {
                throw invalid("files[\(sources.count)] is no object with the texts path and text")
            }
            sources.append(RuleSource(path: document.string(path), text: document.string(text)))
            file = document.end(file)
        }
        guard !sources.isEmpty else {
            throw invalid("files is empty; that would take every segment out. Send the rule files")
        }
    }

    private func text(_ name: String) throws(APIError) -> String? {
        guard let place = document.member(name, of: 0), document.kind(place) != .null else {
            return nil
        }
        guard document.kind(place) == .string,
            document.string(place).utf8.count <= RuleRequest.textBytesMax
        else { throw invalid("\(name) is no text of at most \(RuleRequest.textBytesMax) bytes") }
        return document.string(place)
    }

    private func number(_ name: String, in range: ClosedRange<Int>) throws(APIError) -> Int? {
        guard let place = document.member(name, of: 0), document.kind(place) != .null else {
            return nil
        }
        guard document.kind(place) == .number, let number = Int(document.string(place)),
            range.contains(number)
        else {
            throw invalid(
                "\(name) is no whole number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return number
    }

    private func invalid(_ message: String) -> APIError {
        APIError(400, "invalid_\(purpose.rawValue)", message)
    }

    /// What the files mean.
    ///
    /// - Throws: All that is wrong with them, as a terminal shows it.
    func checked() async throws(APIError) -> ProposedRules {
        let checked = try await onThread { [sources] () throws(RuleFolderError) in
            try RuleFolder.check(sources: sources)
        }
        guard let proposed = checked.proposed else {
            throw APIError(
                422,
                "invalid_rules",
                "the rules have \(counted(checked.errorCount, "error")); nothing was changed\n\n"
                    + checked.rendered
            )
        }
        return proposed
    }
}

/// Compiling thousands of rules takes a thread for a second, which is not to be one of Swift's pool.
func onThread<Answer: Sendable>(
    _ body: @escaping @Sendable () throws(RuleFolderError) -> Answer
) async throws(APIError) -> Answer {
    let result: Result<Answer, RuleFolderError>
    do {
        result = try await NIOThreadPool.singleton.runIfActive {
            do throws(RuleFolderError) { return .success(try body()) } catch {
                return .failure(error)
            }
        }
    } catch {
        throw APIError(503, "stopped", "segmentd is stopping")
    }
    do throws(RuleFolderError) { return try result.get() } catch {
        throw APIError(503, "failed", error.description)
    }
}
