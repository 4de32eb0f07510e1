public import EventModel

/// Decodes entries that stand one a line, as files hold them.
public final class LineDecoder {
    private let parser: JSONParser
    private let limits: WireLimits

    /// A decoder with those bounds.
    ///
    /// - Throws: Where memory is short.
    public init(limits: WireLimits = WireLimits()) throws(WireError) {
        self.limits = limits
        parser = try JSONParser()
    }

    /// The entry on a line.
    ///
    /// - Parameter line: The line's number, from 1, for messages.
    /// - Throws: What is wrong with it.
    public func decode(_ bytes: [UInt8], line: Int) throws(WireError) -> EntryDraft {
        let document = try parser.parse(bytes.span, line: line)
        return try EntryDecoder(
            document: document,
            limits: limits,
            place: .line(line),
            dialect: .native
        )
        .decode(0, as: nil)
    }
}
