internal import EventModel
internal import EventStore
public import RuleLanguage
internal import SegmentEngine

/// A rule set that is to be in force, with the files that say it.
public struct ProposedRules: Sendable {
    /// The files, as they go into the log.
    public var sources: [RuleSource]
    /// What they mean.
    public var ruleSet: RuleSet

    /// Rules from checked files.
    public init(sources: [RuleSource], ruleSet: RuleSet) {
        self.sources = sources
        self.ruleSet = ruleSet
    }
}

/// What a `rules` entry holds: the files whole, and the version that gives them their meaning.
struct RulesEntry: Equatable {
    var semanticsVersion: Int
    var files: [File]

    struct File: Equatable {
        var path: String
        var text: String
    }

    init(_ rules: ProposedRules) {
        semanticsVersion = SegmentEngine.semanticsVersion
        files = rules.sources.map { File(path: $0.path, text: $0.text) }
    }

    /// The entry to append.
    func draft(author: String, reason: String) -> EntryDraft {
        var writer = ValueWriter()
        let root = writer.begin(.object)
        writer.name("semantics")
        writer.number(Array(String(semanticsVersion).utf8).span)
        writer.name("author")
        writer.text(author)
        writer.name("reason")
        writer.text(reason)
        writer.name("files")
        let list = writer.begin(.list)
        for file in files {
            let object = writer.begin(.object)
            writer.name("path")
            writer.text(file.path)
            writer.name("text")
            writer.text(file.text)
            writer.end(object)
        }
        writer.end(list)
        writer.end(root)
        var draft = EntryDraft(kind: .rules)
        draft.content = writer.bytes
        return draft
    }

    /// Reads an entry of the log.
    ///
    /// - Parameter symbol: Gives the log's number of a name.
    /// - Returns: nil where the entry has another shape.
    init?(_ head: EntryHead, _ bytes: Span<UInt8>, symbol: (String) -> SymbolID?) {
        var root = ValueReader(at: head.content.lowerBound)
        guard case .object(let members) = root.value(bytes) else { return nil }
        func value(_ name: String, of members: Range<Int>) -> ValueView? {
            guard let symbol = symbol(name),
                let offset = ValueReader.member(symbol, of: members, in: bytes)
            else { return nil }
            var reader = ValueReader(at: offset)
            return reader.value(bytes)
        }
        func text(_ name: String, of members: Range<Int>) -> String? {
            guard case .text(let range) = value(name, of: members) else { return nil }
            return String(decoding: range.map { bytes[$0] }, as: UTF8.self)
        }
        guard case .number(let version?) = value("semantics", of: members),
            case .list(let list) = value("files", of: members)
        else { return nil }
        semanticsVersion = Int(truncatingIfNeeded: version.units / ExactDecimal.one)
        files = []
        var reader = ValueReader(at: list.lowerBound)
        while reader.offset < list.upperBound {
            guard case .object(let file) = reader.value(bytes),
                let path = text("path", of: file), let source = text("text", of: file)
            else { return nil }
            files.append(File(path: path, text: source))
        }
    }

    /// What the files mean now.
    func compile(at sequence: SequenceNumber) throws(PartitionError) -> RuleSet {
        let compilation = compileRules(files.map { RuleSource(path: $0.path, text: $0.text) })
        guard let ruleSet = compilation.ruleSet else {
            let first = compilation.diagnostics.first.map { "\n" + $0.rendered } ?? ""
            throw PartitionError(
                .rules,
                "the rules of entry \(sequence) of the log have errors under this version of "
                    + "segmentd. Use the version that accepted them.\(first)"
            )
        }
        return ruleSet
    }
}
