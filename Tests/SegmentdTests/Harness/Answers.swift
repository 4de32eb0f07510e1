// The shapes of answers as the documentation gives them, apart from the product's own types: a
// change of one of those must show here.

/// The answer to a readable body.
struct IngestReply: Decodable, Sendable {
    struct Verdict: Decodable, Sendable {
        var status: String
        var sequence: UInt64?
        var duplicateOf: UInt64?
        var code: String?
        var message: String?
    }

    var entries: [Verdict]
    var evaluatedThrough: UInt64
}

/// The answer to what is refused whole.
struct Refusal: Decodable, Sendable {
    var code: String
    var message: String
}

/// Some transitions.
struct TransitionPage: Decodable, Sendable {
    var transitions: [TransitionRow]
}

/// A transition, in answers and in `segmentd transitions --json`.
struct TransitionRow: Decodable, Equatable, Sendable {
    var cursor: String
    var id: String
    var segment: String
    var person: String?
    var personID: UInt64
    var direction: String
    var at: String
    var cause: String
    var sequence: UInt64?
    var ruleHash: String
    var announced: Bool
}

/// Some members.
struct MemberPage: Decodable, Sendable {
    var members: [MemberRow]
}

/// A member, in answers and in `segmentd members --json`.
struct MemberRow: Decodable, Sendable {
    var person: String?
    var personID: UInt64
}
