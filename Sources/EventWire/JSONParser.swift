import CSimdJSON

/// Reads JSON documents, one after the other.
///
/// This is where unsafe code is: what it hands out are copies.
@safe package final class JSONParser {
    private let handle: OpaquePointer

    /// A parser, unless memory is short.
    package init() throws(WireError) {
        guard let handle = unsafe sj_parser_create() else {
            throw WireError(.outOfMemory, "the machine is short of memory; try again")
        }
        unsafe self.handle = unsafe handle
    }

    deinit { unsafe sj_parser_free(handle) }

    /// Reads one document, all of it.
    ///
    /// - Parameters:
    ///   - bytes: The source.
    ///   - line: The line that the source begins on, where it is a line of a longer body.
    /// - Throws: A `WireError` that says what is wrong and at which line and column (in bytes).
    package func parse(_ bytes: Span<UInt8>, line: Int? = nil) throws(WireError) -> JSONDocument {
        // Depth is judged entry by entry, so that one deep entry does not cost the others.
        let result = unsafe bytes.withUnsafeBufferPointer {
            unsafe sj_parse(handle, $0.baseAddress, $0.count, .max)
        }
        guard unsafe result.error == SJ_OK.rawValue else {
            let error = unsafe sj_error(result.error)
            let offset = unsafe Int(exactly: result.error_offset).flatMap { $0 < 0 ? nil : $0 }
            throw JSONFault(error: error, offset: offset).described(in: bytes, line: line)
        }
        let tokens = unsafe UnsafeBufferPointer(start: result.tokens, count: result.token_count)
        let text = unsafe UnsafeBufferPointer(start: result.text, count: result.text_length)
        return unsafe JSONDocument(tokens: Array(tokens), text: Array(text))
    }
}
