package import EventWire
package import Materializer

/// Why a request was refused, as the answer's status and body say it.
package struct APIError: Error, Equatable, Sendable {
    /// The HTTP status.
    package var status: Int
    /// What was wrong, for programs.
    package var code: String
    /// What was wrong, where, and what to do, for people.
    package var message: String
    /// When to try again, where that helps.
    package var retryAfterSeconds: Int?

    /// A refusal with its reason.
    package init(_ status: Int, _ code: String, _ message: String, retryAfterSeconds: Int? = nil) {
        self.status = status
        self.code = code
        self.message = message
        self.retryAfterSeconds = retryAfterSeconds
    }

    /// The refusal of an unreadable body.
    package init(_ error: WireError) {
        self.init(error.httpStatus, error.code.rawValue, error.message)
    }

    /// The refusal of entries that could not be queued.
    package init(_ error: SubmitError) {
        switch error {
        case .overloaded(let seconds):
            self.init(
                429,
                "overloaded",
                "too many entries are waiting to be written; send the request again in "
                    + "\(counted(seconds, "second")), with the same messageId for each entry",
                retryAfterSeconds: seconds
            )
        case .stopped(let reason):
            self.init(
                503,
                "stopped",
                "segmentd is not taking entries: \(reason). Send the request again when it runs "
                    + "again, with the same messageId for each entry",
                retryAfterSeconds: 10
            )
        }
    }

    /// The failure of a partition.
    package init(_ error: PartitionError) {
        switch error.kind {
        case .busy: self.init(429, "busy", error.message, retryAfterSeconds: 10)
        case .outdated: self.init(409, "outdated_plan", error.message)
        case .tooMuch: self.init(422, "too_much", error.message)
        case .unknown: self.init(404, "unknown_segment", error.message)
        case .erased: self.init(410, "erased", error.message)
        case .unconfirmed: self.init(409, "unconfirmed", error.message)
        default: self.init(503, "failed", error.message)
        }
    }

    /// The answer's body.
    package var json: [UInt8] {
        var json = JSONWriter()
        json.object {
            $0.field("code", code)
            $0.field("message", message)
        }
        return json.bytes
    }
}
