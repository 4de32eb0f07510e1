/// How a request says that its body is written.
enum BodyType: Equatable {
    /// JSON, or nothing said; or plain text, as which browsers send their beacons, or a form, as which
    /// `curl -d` sends everything unless told otherwise.
    case json
    /// One JSON object a line.
    case lines

    /// The type of a `Content-Type` header.
    ///
    /// - Returns: nil for a type that is not taken.
    init?(_ header: String?) {
        let name = (header ?? "").prefix { $0 != ";" }.lowercased().filter { !$0.isWhitespace }
        switch name {
        case "", "application/json", "text/plain", "application/x-www-form-urlencoded":
            self = .json
        case "application/x-ndjson", "application/ndjson", "application/jsonl": self = .lines
        default: return nil
        }
    }
}
