internal import ArgumentParser
internal import SegmentServer

/// `segmentd explain`: why somebody is in a segment, or is not.
struct Explain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Says why a person is in a segment or is not, and what would change it.",
        discussion: """
              segmentd explain c-1 cart_abandoners
              segmentd explain email:ann@example.com vip --at 2026-01-31T12:00:00Z
              segmentd explain c-1 cart_abandoners --json

            Shows each part of the rule, whether it holds, and the entries that alone make it so; and \
            when time alone changes the membership, and which events would change it sooner. All of it \
            is found by playing the person's story again, so it is what the engine does. A bare id is a \
            customer id (user), else a device (anonymous); NAMESPACE:ID names any identifier, #N the \
            person of that PERSON ID.
            """
    )

    @Argument(help: "Whom: ID, NAMESPACE:ID or #PERSON-ID.")
    var id: String

    @Argument(help: "The segment's name.")
    var segment: String

    @Option(
        name: .long,
        help: ArgumentHelp("As it was at this instant (RFC 3339).", valueName: "time")
    )
    var at: String?

    @OptionGroup var read: ReadOptions

    mutating func validate() throws {
        guard !id.isEmpty else { throw ValidationError("The id is empty; say whom to explain.") }
    }

    func run() async throws {
        let json = try await Doors.use(read.data) { door in
            try await door.explanation(id, in: segment, at: at)
        }
        guard !read.json, let found = JSONNode(json) else {
            Console.out(String(decoding: json, as: UTF8.self))
            return
        }
        ExplanationText(found).print()
    }
}

/// An explanation as a terminal shows it.
private struct ExplanationText {
    private let found: JSONNode
    private let isMember: Bool

    init(_ found: JSONNode) {
        self.found = found
        isMember = found.cell("member") == "true"
    }

    func print() {
        let title = found["title"].map { " “\(printable($0.text, charactersMax: 120))”" } ?? ""
        let since = found["since"].map { ", since \($0.text)" } ?? ""
        Console.out(
            "\(name) is \(isMember ? "" : "not ")in \(found.cell("segment"))\(title) "
                + "at \(found.cell("at"))\(since)."
        )
        Console.out("")
        for part in found["parts"]?.items ?? [] { show(part: part) }
        Console.out("")
        showNext()
        for hint in found["hints"]?.items ?? [] { show(hint: hint) }
    }

    private var name: String {
        if let person = found["person"]?.text { return printable(person, charactersMax: 80) }
        let first = found["identifiers"]?.items.first.map {
            "\($0.cell("namespace")):\($0.cell("value"))"
        }
        return printable(first ?? "person \(found.cell("personID"))", charactersMax: 80)
    }

    private func show(part: JSONNode) {
        let indent = String(repeating: "  ", count: (Int(part.cell("depth")) ?? 0) + 1)
        let mark = part.cell("holds") == "true" ? "✓" : "✗"
        var line = "\(indent)\(mark) \(printable(part.cell("text"), charactersMax: 300))"
        let (found, asked) = (part.cell("found"), part.cell("asked"))
        if part["foundMore"] != nil {
            line += "  (\(found) or more count)"
        } else if !found.isEmpty, asked != "1" {
            line += "  (\(found) of \(asked))"
        } else if !found.isEmpty, found != "0" {
            line += "  (\(found) \(found == "1" ? "counts" : "count"))"
        }
        if let until = part["turnsAt"]?.text { line += "  until \(until)" }
        Console.out(line)
        for witness in part["witnesses"]?.items ?? [] { show(witness: witness, indent) }
        if part["moreWitnesses"] != nil {
            Console.out("\(indent)    by more entries than can be named")
        }
    }

    private func show(witness: JSONNode, _ indent: String) {
        let what = witness["event"] ?? witness["list"] ?? witness["type"]
        var line =
            "\(indent)    \(witness.cell("occurredAt"))  "
            + "\(printable(what?.text ?? "", charactersMax: 80))"
        let properties = witness["properties"]?.members.map {
            "\(printable($0.name, charactersMax: 60)): \(printable($0.value.json, charactersMax: 120))"
        }
        if let properties, !properties.isEmpty {
            line += " (\(properties.joined(separator: ", ")))"
        }
        line += ", entry \(witness.cell("sequence"))"
        if let link = witness["link"] {
            let by = witness["identifiers"]?.items.first.map {
                "\($0.cell("namespace")):\($0.cell("value"))"
            }
            line +=
                ", by \(printable(by ?? "person \(link.cell("personID"))", charactersMax: 80)), the same "
                + "person since entry \(link.cell("sequence")) of \(link.cell("at"))"
        }
        Console.out(line)
    }

    private func showNext() {
        let verb = isMember ? "Leaves" : "Enters"
        if let at = found["turnsAt"]?.text {
            Console.out("\(verb) at \(at) if nothing happens.")
        } else if found["turnIsKnown"] != nil {
            Console.out("When time alone changes it is too far to say.")
        } else {
            Console.out(
                "Time alone changes nothing: \(isMember ? "stays in it" : "stays out of it")."
            )
        }
    }

    private func show(hint: JSONNode) {
        let properties = hint["properties"]?.members.map { "\($0.name): \($0.value.json)" } ?? []
        let with = properties.isEmpty ? "" : " (\(properties.joined(separator: ", ")))"
        let event = printable(hint.cell("event") + with, charactersMax: 200)
        let verb = isMember ? "leaves" : "enters"
        if hint.cell("turns") == "true" {
            Console.out("With \(event) now: \(verb) at once.")
        } else if let at = hint["turnsAt"]?.text {
            Console.out("With \(event) now: \(verb) at \(at).")
        } else {
            Console.out("With \(event) now: time alone changes nothing.")
        }
    }
}
