internal import EventWire
internal import SegmentServer

/// What to call a person: the customer id, else the identifier of the highest rank.
func who(_ person: String?, _ identifiers: [IdentifierView], _ id: UInt64) -> String {
    if let person { return person }
    guard let first = identifiers.first else { return "person \(id)" }
    return "\(first.namespace):\(first.value)"
}

extension Console {
    /// Prints one JSON document a line.
    ///
    /// - Returns: Whether somebody still reads.
    @discardableResult
    static func out(json values: [some JSONRepresentable]) -> Bool {
        values.allSatisfy { value in
            var bytes: [UInt8] = []
            value.appendJSON(to: &bytes)
            return Console.out(String(decoding: bytes, as: UTF8.self))
        }
    }
}
