internal import ArgumentParser
internal import SegmentServer

/// `segmentd transitions`: who entered and left which segment.
struct ListTransitions: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "transitions",
        abstract: "Lists who entered and left which segment, in order.",
        discussion: """
              segmentd transitions
              segmentd transitions --limit 20
              segmentd transitions --json --after CURSOR

            A cursor is what --json prints as such; what comes after it does not change any more, \
            it only grows.
            """
    )

    @OptionGroup var read: ReadOptions
    @OptionGroup var range: RangeOptions

    @Option(
        name: .long,
        help: ArgumentHelp("Begin behind this transition.", valueName: "cursor")
    )
    var after: String?

    func run() async throws {
        let door = try await Doors.open(read.data)
        do {
            try await list(door)
            await door.close()
        } catch {
            await door.close()
            throw error
        }
    }

    private func list(_ door: any Door) async throws(CommandFailure) {
        var table = Table([
            Column("AT", widthMin: 24), Column("SEGMENT"), Column("DIRECTION", widthMin: 9),
            Column("PERSON"), Column("CAUSE", widthMin: 9), Column("ENTRY", isNumber: true),
            Column("ANNOUNCED"),
        ])
        var cursor = after
        var shown = 0
        while let wanted = range.nextPage(after: shown) {
            let page = try await door.transitions(after: cursor, limit: wanted)
            cursor = page.next
            shown += page.transitions.count
            let goesOn =
                read.json
                ? Console.out(json: page.transitions)
                : table.print(page.transitions.map(ListTransitions.cells))
            if page.transitions.count < wanted || !goesOn { break }
        }
        if read.json { return }
        if shown == 0 { Console.note("No transitions\(after == nil ? " yet" : " after that").") }
        if shown == range.limit, let cursor { Console.note("Go on with --after \(cursor)") }
    }

    private static func cells(_ transition: TransitionView) -> [String] {
        [
            transition.at, transition.segment ?? transition.event.map { "event \($0)" } ?? "",
            transition.direction,
            transition.expectation.map { "expected \($0), found \(transition.count ?? 0)" }
                ?? who(transition.person, transition.identifiers, transition.personID ?? 0),
            transition.cause,
            transition.sequence.map { String($0) } ?? "", transition.announced ? "yes" : "no",
        ]
    }
}
