public import EventModel

/// Why a body or an entry was refused.
public struct WireError: Error, Equatable, Sendable {
    /// What was wrong, for programs.
    public var code: WireCode
    /// What was wrong, where, and what to do, for people; free of control characters.
    public var message: String

    /// A refusal with its reason.
    public init(_ code: WireCode, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The HTTP status of an answer that refuses a whole body for it.
    public var httpStatus: Int {
        switch code {
        case .bodyTooLarge, .batchTooLarge: 413
        case .outOfMemory: 503
        default: 400
        }
    }

    /// The answer's body: `{"code":"…","message":"…"}`.
    public var json: [UInt8] {
        var json = JSONWriter()
        json.object {
            $0.field("code", code.rawValue)
            $0.field("message", message)
        }
        return json.bytes
    }
}

/// One entry of a body that was refused while the others go on.
public struct EntryProblem: Error, Equatable, Sendable {
    /// What was wrong, for programs.
    public var code: WireCode
    /// What was wrong, where, and what to do, for people; free of control characters.
    public var message: String
    /// The entry's place in the body, from 0.
    public var index: Int
    /// The line of newline-delimited JSON, from 1; nil in other bodies.
    public var line: Int?

    /// A refused entry with its reason.
    public init(_ code: WireCode, _ message: String, index: Int, line: Int? = nil) {
        self.code = code
        self.message = message
        self.index = index
        self.line = line
    }
}

/// What became of one entry of a readable body.
public typealias DecodedEntry = Result<EntryDraft, EntryProblem>
