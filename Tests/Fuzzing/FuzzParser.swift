/// The lexer and the parser on any bytes.
///
/// An entry for libFuzzer, compiled into the module `RuleLanguage`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzParser(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = UnsafeBufferPointer(start: start, count: count)
    let source = SourceText(path: "f.seg", text: String(decoding: bytes, as: UTF8.self))
    let file = Parser.parse(source)
    for complaint in file.complaints.sorted {
        precondition(complaint.range.lowerBound >= 0)
        precondition(complaint.range.upperBound <= source.bytes.count)
    }
    return 0
}
