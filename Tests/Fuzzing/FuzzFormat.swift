/// The formatter on any bytes: it gives a file back that formats to itself, with the same words and comments, and
/// never has to leave a file as it is for fear of changing it.
///
/// An entry for libFuzzer, compiled into the module `RuleLanguage`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzFormat(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = UnsafeBufferPointer(start: start, count: count)
    let source = RuleSource(path: "f.seg", text: String(decoding: bytes, as: UTF8.self))
    guard case .formatted(let once) = formatRules(source) else { return 0 }
    guard case .formatted(let twice) = formatRules(RuleSource(path: "f.seg", text: once)) else {
        preconditionFailure("what was formatted has errors")
    }
    precondition(once == twice, "formatting again changes it")
    let (before, comments, _) = Lexer.runWithComments(SourceText(path: "f.seg", text: source.text))
    let (after, kept, _) = Lexer.runWithComments(SourceText(path: "f.seg", text: once))
    precondition(before.map(\.text) == after.map(\.text), "words changed")
    precondition(comments.count == kept.count, "comments changed")
    var parser = Parser(
        source: SourceText(path: "f.seg", text: source.text),
        tokens: before,
        complaints: Complaints()
    )
    parser.marks = [:]
    _ = parser.file()
    var formatter = Formatter(
        SourceText(path: "f.seg", text: source.text),
        before,
        comments,
        parser.marks ?? [:]
    )
    precondition(formatter.text() == once, "left as it was")
    return 0
}
