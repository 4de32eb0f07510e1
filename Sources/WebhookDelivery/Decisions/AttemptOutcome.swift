/// How an attempt to deliver ended.
package enum AttemptOutcome: Equatable, Sendable {
    /// The receiver took it: a status of 2xx.
    case delivered
    /// The receiver wants no more webhooks: 410.
    case gone
    /// It is to be tried again.
    case failed(AttemptFailure)

    /// The longest `Retry-After` that is obeyed.
    package static let retryAfterSecondsMax = 86_400

    /// What a receiver's answer means.
    ///
    /// - Parameter retryAfter: The header of that name; a date in it is not obeyed.
    package init(status: Int, retryAfter: String?) {
        switch status {
        case 200..<300: self = .delivered
        case 410: self = .gone
        default:
            let isRedirect = (300..<400).contains(status)
            let seconds = retryAfter.flatMap { text -> Int? in
                guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
                    return nil
                }
                return min(Int(text) ?? .max, AttemptOutcome.retryAfterSecondsMax)
            }
            self = .failed(
                AttemptFailure(
                    "it answered \(status)" + (isRedirect ? "; redirects are not followed" : ""),
                    retryAfterSeconds: seconds
                )
            )
        }
    }
}

/// Why an attempt failed.
package struct AttemptFailure: Error, Equatable, Sendable {
    /// In words, without a secret.
    package var reason: String
    /// How long the receiver asked to be left alone.
    package var retryAfterSeconds: Int?

    /// A failure with its reason.
    package init(_ reason: String, retryAfterSeconds: Int? = nil) {
        self.reason = reason
        self.retryAfterSeconds = retryAfterSeconds
    }
}
