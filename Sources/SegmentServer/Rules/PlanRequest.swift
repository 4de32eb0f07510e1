internal import EventWire
internal import Materializer
internal import NIOPosix
internal import RuleLanguage

/// Rules that somebody asks to plan, read from the JSON of a request.
struct PlanRequest: Sendable {
    static let bodyBytesMax = 8 << 20
    private static let daysMax = 365
    private static let example = #"{"files": [{"path": "cart.seg", "text": "segment …"}]}"#

    /// The rule files.
    private(set) var sources: [RuleSource] = []
    /// For how many days back sizes are wanted, 0 for none.
    private(set) var days = 28

    init(_ body: [UInt8]) throws(APIError) {
        let document: JSONDocument
        do throws(WireError) {
            document = try JSONParser().parse(body.span)
        } catch {
            throw APIError(error)
        }
        guard document.kind(0) == .object else {
            throw PlanRequest.invalid("the body is no object; send \(PlanRequest.example)")
        }
        if let place = document.member("days", of: 0) {
            guard document.kind(place) == .number, let number = Int(document.string(place)),
                (0...PlanRequest.daysMax).contains(number)
            else {
                throw PlanRequest.invalid(
                    "days is no whole number from 0 to \(PlanRequest.daysMax)"
                )
            }
            days = number
        }
        guard let files = document.member("files", of: 0), document.kind(files) == .array else {
            throw PlanRequest.invalid("files is no list; send \(PlanRequest.example)")
        }
        var file = files + 1
        while file < document.end(files) {
            guard document.kind(file) == .object,
                let path = document.member("path", of: file), document.kind(path) == .string,
                let text = document.member("text", of: file), document.kind(text) == .string
            else {
                throw PlanRequest.invalid(
                    "files[\(sources.count)] is no object with the texts path and text"
                )
            }
            sources.append(RuleSource(path: document.string(path), text: document.string(text)))
            file = document.end(file)
        }
    }

    private static func invalid(_ message: String) -> APIError {
        APIError(400, "invalid_plan", message)
    }

    /// What the files mean.
    ///
    /// - Throws: All that is wrong with them, as a terminal shows it.
    func checked() async throws(APIError) -> ProposedRules {
        let result: Result<CheckedRules, RuleFolderError>
        do {
            // Compiling thousands of rules takes a thread for a second, which is not to be one of Swift's pool.
            result = try await NIOThreadPool.singleton.runIfActive { [sources] in
                do throws(RuleFolderError) {
                    return .success(try RuleFolder.check(sources: sources))
                } catch { return .failure(error) }
            }
        } catch {
            throw APIError(503, "stopped", "segmentd is stopping")
        }
        let checked: CheckedRules
        do throws(RuleFolderError) {
            checked = try result.get()
        } catch {
            throw APIError(503, "failed", error.description)
        }
        guard let proposed = checked.proposed else {
            throw APIError(
                422,
                "invalid_rules",
                "the rules have \(counted(checked.errorCount, "error")); nothing was planned\n\n"
                    + checked.rendered
            )
        }
        return proposed
    }
}
