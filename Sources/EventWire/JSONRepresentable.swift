public import EventModel

/// What can stand as a value in JSON.
public protocol JSONRepresentable {
    /// Appends the value's JSON to the bytes.
    func appendJSON(to bytes: inout [UInt8])
}

extension String: JSONRepresentable {
    /// Appends the text in quotes, escaped.
    public func appendJSON(to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        JSONText.escape(utf8.span, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }
}

extension Bool: JSONRepresentable {
    /// Appends `true` or `false`.
    public func appendJSON(to bytes: inout [UInt8]) {
        bytes.append(contentsOf: (self ? "true" : "false").utf8)
    }
}

extension FixedWidthInteger where Self: JSONRepresentable {
    /// Appends the digits; JavaScript reads those beyond 2^53 with a loss.
    public func appendJSON(to bytes: inout [UInt8]) {
        bytes.append(contentsOf: String(self).utf8)
    }
}

extension Int: JSONRepresentable {}
extension Int64: JSONRepresentable {}
extension UInt64: JSONRepresentable {}

extension ExactDecimal: JSONRepresentable {
    /// Appends the canonical spelling.
    public func appendJSON(to bytes: inout [UInt8]) {
        bytes.append(contentsOf: description.utf8)
    }
}

extension Instant: JSONRepresentable {
    /// Appends the instant as RFC 3339 in quotes.
    public func appendJSON(to bytes: inout [UInt8]) { rfc3339.appendJSON(to: &bytes) }
}

extension SequenceNumber: JSONRepresentable {
    /// Appends the digits.
    public func appendJSON(to bytes: inout [UInt8]) { rawValue.appendJSON(to: &bytes) }
}

extension Optional: JSONRepresentable where Wrapped: JSONRepresentable {
    /// Appends the value, or `null`.
    public func appendJSON(to bytes: inout [UInt8]) {
        if let self {
            self.appendJSON(to: &bytes)
        } else {
            bytes.append(contentsOf: "null".utf8)
        }
    }
}
