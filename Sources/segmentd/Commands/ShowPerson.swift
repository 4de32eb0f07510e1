internal import ArgumentParser
internal import SegmentServer

/// `segmentd person`: everything about one person.
struct ShowPerson: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "person",
        abstract: "Shows a person: identifiers, attributes, segments, activity.",
        discussion: """
              segmentd person c-1
              segmentd person anonymous:web-7
              segmentd person '#2' --json
              segmentd person c-1 --stays
              segmentd person c-1 --at 2026-01-31T12:00:00Z

            A bare id is a customer id (user), else a device (anonymous). NAMESPACE:ID names an \
            identifier of any namespace, #N the person of that PERSON ID.
            """
    )

    @Argument(help: "Whom: ID, NAMESPACE:ID or #PERSON-ID.")
    var id: String

    @OptionGroup var read: ReadOptions

    @Flag(
        name: .long,
        help: "Print when the person was in which segment, and why it came and went."
    )
    var stays = false

    @Option(
        name: .long,
        help: ArgumentHelp("The same, as it was at this instant (RFC 3339).", valueName: "time")
    )
    var at: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Print at most so many entries of the activity.", valueName: "n")
    )
    var limit = 20

    @Option(
        name: .long,
        help: ArgumentHelp("Begin the activity before this ENTRY.", valueName: "entry")
    )
    var before: String?

    mutating func validate() throws {
        guard (1...Queries.limitMax).contains(limit) else {
            throw ValidationError(
                "--limit is \(limit); give a whole number from 1 to \(Queries.limitMax)."
            )
        }
        guard !id.isEmpty else { throw ValidationError("The id is empty; say whom to show.") }
    }

    func run() async throws {
        try await Doors.use(read.data) { door in
            if stays || at != nil {
                show(stays: try await door.stays(id, at: at))
            } else {
                show(try await door.person(id, before: before, limit: limit))
            }
        }
    }

    private func show(_ json: [UInt8]) {
        guard !read.json, let person = JSONNode(json) else {
            Console.out(String(decoding: json, as: UTF8.self))
            return
        }
        let number = person["personID"]?.text ?? ""
        if let survivor = person["mergedInto"]?.text {
            Console.out("person \(number) became one with person \(survivor)")
            Console.note("Go on with 'segmentd person #\(survivor)', quoted for the shell.")
            return
        }
        Console.out("person       \(printable(person["person"]?.text ?? "not known by a user id"))")
        Console.out("person ID    \(number)")
        Console.out("next change  \(person["nextChange"]?.text ?? "none by time alone")")
        section(
            [
                Column("IDENTIFIER"), Column("LINKED AT", widthMin: 24), Column("ENTRY"),
                Column("BY"),
            ],
            person["identifiers"]?.items.map { item in
                [
                    "\(item.cell("namespace")):\(item.cell("value"))", item.cell("since"),
                    item.cell("sequence"), item.cell("by"),
                ]
            }
        )
        section(
            [
                Column("BECAME ONE WITH"), Column("AT", widthMin: 24), Column("ENTRY"),
                Column("BY"),
            ],
            person["merges"]?.items.map { merge in
                [
                    "person \(merge.cell("personID"))", merge.cell("at"), merge.cell("sequence"),
                    merge.cell("by"),
                ]
            }
        )
        section(
            [
                Column("REFUSED LINK"), Column("AT", widthMin: 24), Column("ENTRY"),
                Column("WHY"),
            ],
            person["refusedLinks"]?.items.map { link in
                [
                    "\(link.cell("namespace")):\(link.cell("value"))", link.cell("at"),
                    link.cell("sequence"),
                    why(link["reason"]?.text ?? "", holder: link["holder"]?.text),
                ]
            }
        )
        section(
            [Column("ATTRIBUTE"), Column("VALUE")],
            person["attributes"]?.members.map { [$0.name, $0.value.json] }
        )
        section(
            [Column("SEGMENT"), Column("SINCE")],
            person["segments"]?.items.map { [$0.cell("name"), $0.cell("since")] }
        )
        section(
            [
                Column("OCCURRED AT", widthMin: 24), Column("ENTRY", isNumber: true),
                Column("WHAT"), Column("VERDICT"), Column("PROPERTIES"),
            ],
            person["activity"]?.items.map { entry in
                [
                    entry.cell("occurredAt"), entry.cell("sequence"),
                    entry["event"]?.text ?? entry.cell("type"), ShowPerson.verdict(entry),
                    (entry["properties"] ?? entry["traits"])?.json ?? "",
                ]
            }
        )
        if let next = person["next"]?.text { Console.note("Go on with --before \(next)") }
    }

    private func show(stays json: [UInt8]) {
        guard !read.json, let person = JSONNode(json) else {
            Console.out(String(decoding: json, as: UTF8.self))
            return
        }
        Console.out("person       \(printable(person["person"]?.text ?? "not known by a user id"))")
        Console.out("person ID    \(person.cell("personID"))")
        Console.out("at           \(person.cell("at"))")
        let names = person["identifiers"]?.items.map {
            "\($0.cell("namespace")):\($0.cell("value"))"
        }
        Console.out("identifiers  \(printable(names?.joined(separator: " ") ?? ""))")
        let rows = person["stays"]?.items.map { stay in
            [
                stay.cell("segment"), stay.cell("from"),
                stay.cell("cause") + (stay["sequence"].map { " (entry \($0.text))" } ?? ""),
                stay["to"]?.text ?? "in it", stay.cell("endCause"),
            ]
        }
        section(
            [
                Column("SEGMENT"), Column("ENTERED", widthMin: 24), Column("BY"),
                Column("LEFT", widthMin: 24), Column("BY"),
            ],
            rows
        )
        if rows?.isEmpty ?? true { Console.note("In no segment, and never was.") }
    }

    private static func verdict(_ entry: JSONNode) -> String {
        if entry["suppressed"] != nil { return "suppressed" }
        guard let original = entry["duplicateOf"]?.text else { return "" }
        return entry["conflict"] == nil
            ? "duplicate of \(original)" : "conflict with \(original)"
    }

    /// Why a link was refused.
    private func why(_ reason: String, holder: String?) -> String {
        switch reason {
        case "blocked": "the rules say that such a value identifies nobody"
        case "full": "the person has as many identifiers as may be"
        default:
            holder.flatMap { UInt64($0) }.map { "it stays with person \($0)" }
                ?? "it was somebody else's then"
        }
    }

    private func section(_ columns: [Column], _ rows: [[String]]?) {
        guard let rows, !rows.isEmpty else { return }
        Console.out("")
        var table = Table(columns)
        table.print(rows)
    }
}

extension JSONNode {
    /// What a table shows of a member: nothing where it is missing.
    func cell(_ name: String) -> String { self[name]?.text ?? "" }
}
