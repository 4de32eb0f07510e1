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
    /// The timezones that they name.
    public var zones: [Zone]

    /// Rules from checked files.
    public init(sources: [RuleSource], ruleSet: RuleSet, zones: [Zone] = []) {
        self.sources = sources
        self.ruleSet = ruleSet
        self.zones = zones
    }
}

/// What a `rules` entry holds: the files whole, with the version and the timezones that give them their
/// meaning.
struct RulesEntry: Equatable {
    var semanticsVersion: Int
    var files: [File]
    var zones: [Zone]

    struct File: Equatable {
        var path: String
        var text: String
    }

    init(_ rules: ProposedRules) {
        semanticsVersion = SegmentEngine.semanticsVersion
        files = rules.sources.map { File(path: $0.path, text: $0.text) }
        zones = rules.zones
    }

    /// The entry to append.
    func draft(_ note: RuleChangeNote) -> EntryDraft {
        var writer = ValueWriter()
        let root = writer.begin(.object)
        writer.name("semantics")
        writer.number(Array(String(semanticsVersion).utf8).span)
        writer.name("author")
        writer.text(note.author)
        writer.name("reason")
        writer.text(note.reason)
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
        if !zones.isEmpty { write(zones, to: &writer) }
        writer.end(root)
        var draft = EntryDraft(kind: .rules)
        draft.content = writer.bytes
        draft.announcement = note.announcement
        return draft
    }

    /// Of each zone its name, the offset that it begins with, and then instants with the offsets from them on:
    /// milliseconds since 1970 and seconds east of Greenwich.
    private func write(_ zones: [Zone], to writer: inout ValueWriter) {
        writer.name("zones")
        let list = writer.begin(.list)
        for zone in zones {
            let object = writer.begin(.object)
            writer.name("name")
            writer.text(zone.name)
            writer.name("first")
            writer.number(Array(String(Int64(zone.offsets[0].seconds)).utf8).span)
            writer.name("changes")
            let changes = writer.begin(.list)
            for offset in zone.offsets.dropFirst() {
                writer.number(Array(String(offset.from.milliseconds).utf8).span)
                writer.number(Array(String(Int64(offset.seconds)).utf8).span)
            }
            writer.end(changes)
            writer.end(object)
        }
        writer.end(list)
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
        semanticsVersion = Int(RulesEntry.whole(version))
        files = []
        var reader = ValueReader(at: list.lowerBound)
        while reader.offset < list.upperBound {
            guard case .object(let file) = reader.value(bytes),
                let path = text("path", of: file), let source = text("text", of: file)
            else { return nil }
            files.append(File(path: path, text: source))
        }
        zones = []
        guard case .list(let zoneList) = value("zones", of: members) else { return }
        var zoneReader = ValueReader(at: zoneList.lowerBound)
        while zoneReader.offset < zoneList.upperBound {
            guard case .object(let zone) = zoneReader.value(bytes),
                let name = text("name", of: zone),
                case .number(let first?) = value("first", of: zone),
                case .list(let changes) = value("changes", of: zone)
            else { return nil }
            var numbers = [Instant.distantPast.milliseconds, RulesEntry.whole(first)]
            var reader = ValueReader(at: changes.lowerBound)
            while reader.offset < changes.upperBound {
                guard case .number(let number?) = reader.value(bytes) else { return nil }
                numbers.append(RulesEntry.whole(number))
            }
            guard numbers.count % 2 == 0 else { return nil }
            zones.append(
                Zone(
                    name: name,
                    offsets: stride(from: 0, to: numbers.count, by: 2).map {
                        Zone.Offset(
                            from: Instant(milliseconds: numbers[$0]),
                            seconds: Int(numbers[$0 + 1])
                        )
                    }
                )
            )
        }
    }

    private static func whole(_ number: ExactDecimal) -> Int64 {
        Int64(truncatingIfNeeded: number.units / ExactDecimal.one)
    }

    /// What the files mean now.
    func compile(at sequence: SequenceNumber) throws(PartitionError) -> RuleSet {
        let compilation = compileRules(
            files.map { RuleSource(path: $0.path, text: $0.text) },
            zones: { name in zones.first { $0.name == name } },
            // They were checked when they came, by the version of then.
            checksNames: false
        )
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
