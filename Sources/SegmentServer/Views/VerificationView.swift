internal import EventModel
internal import EventWire
package import Materializer

/// How a verification stands, as JSON shows it.
package struct VerificationView: Codable, Equatable, Sendable {
    /// `none`, `running`, `equal`, `different` or `failed`.
    package var state: String
    /// Entries folded so far.
    package var entries: UInt64
    /// Of a verification under way, entries in all.
    package var total: UInt64?
    /// Recorded transitions that are as the log gives them.
    package var transitions: Int?
    /// Transitions that the next start will record.
    package var unrecorded: Int?
    /// People of the checkpoint who are as the log gives them.
    package var people: Int?
    /// The last entry of that checkpoint.
    package var checkpoint: UInt64?
    /// The first difference, or why it failed.
    package var message: String?

    /// The view of a verification.
    package init(_ state: VerificationState) {
        switch state {
        case .none: self.init("none", entries: 0)
        case .running(let done, let all):
            self.init("running", entries: done)
            total = all
        case .failed(let why):
            self.init("failed", entries: 0)
            message = why
        case .done(let verification): self.init(verification)
        }
    }

    private init(_ state: String, entries: UInt64) {
        self.state = state
        self.entries = entries
    }

    /// The view of one that is done.
    package init(_ verification: Verification) {
        let isEqual = verification.difference == nil
        self.init(isEqual ? "equal" : "different", entries: verification.entries)
        transitions = verification.transitions
        unrecorded = verification.unrecorded
        people = verification.people
        checkpoint = verification.checkpoint?.rawValue
        message = verification.difference
    }

    /// The answer's body.
    package var json: [UInt8] {
        var bytes: [UInt8] = []
        appendJSON(to: &bytes)
        return bytes
    }
}

extension VerificationView: JSONRepresentable {
    /// Appends the view as an object.
    package func appendJSON(to bytes: inout [UInt8]) {
        var json = JSONWriter()
        json.object {
            $0.field("state", state)
            $0.field("entries", Int(entries))
            if let total { $0.field("total", Int(total)) }
            if let transitions { $0.field("transitions", transitions) }
            if let unrecorded { $0.field("unrecorded", unrecorded) }
            if let people { $0.field("people", people) }
            if let checkpoint { $0.field("checkpoint", Int(checkpoint)) }
            $0.field("message", ifPresent: message)
        }
        bytes.append(contentsOf: json.bytes)
    }
}
