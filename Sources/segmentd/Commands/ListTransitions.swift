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
              segmentd transitions --segment cart_abandoners --kind entered
              segmentd transitions --json --after CURSOR

            A cursor is what --json prints as such; what comes after it does not change any more, \
            it only grows.
            """
    )

    @OptionGroup var read: ReadOptions
    @OptionGroup var range: RangeOptions

    @OptionGroup var wanted: TransitionOptions

    func run() async throws {
        try await Doors.use(read.data) { door in try await list(door) }
    }

    private func list(_ door: any Door) async throws(CommandFailure) {
        var table = ListTransitions.table()
        var request = wanted.request
        var shown = 0
        while let limit = range.nextPage(after: shown) {
            request.limit = limit
            let page = try await door.transitions(request)
            let isAtEnd = page.next == request.after || page.next == nil
            request.after = page.next
            shown += page.transitions.count
            let goesOn =
                read.json
                ? Console.out(json: page.transitions)
                : table.print(page.transitions.map(ListTransitions.cells))
            if isAtEnd || !goesOn { break }
        }
        if read.json { return }
        if shown == 0 { Console.note("No transitions\(wanted.isAll ? " yet" : " of those").") }
        if shown == range.limit, let cursor = request.after {
            Console.note("Go on with --after \(cursor)")
        }
    }

    /// A table of transitions without a row.
    ///
    /// - Parameter widthMin: How wide names are at least, where nobody knows which are to come.
    static func table(widthMin: Int = 0) -> Table {
        Table([
            Column("AT", widthMin: 24), Column("SEGMENT", widthMin: widthMin),
            Column("DIRECTION", widthMin: 9), Column("PERSON", widthMin: widthMin),
            Column("CAUSE", widthMin: 9), Column("ENTRY", isNumber: true),
            Column("ANNOUNCED"),
        ])
    }

    /// A row of it.
    static func cells(_ transition: TransitionView) -> [String] {
        [
            transition.at, transition.segment ?? transition.event.map { "event \($0)" } ?? "",
            transition.direction,
            transition.expectation.map { "found \(transition.count ?? 0), expected \($0)" }
                ?? who(transition.person, transition.identifiers, transition.personID ?? 0),
            transition.cause,
            transition.sequence.map { String($0) } ?? "", transition.announced ? "yes" : "no",
        ]
    }
}

/// Which transitions a command shows.
struct TransitionOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Begin behind this transition; 'start' and 'now' are places too.",
            valueName: "cursor"
        )
    )
    var after: String?

    @OptionGroup var choice: ChoiceOptions

    @Flag(name: .long, help: "Only those that subscribers hear of.")
    var announced = false

    var isAll: Bool {
        after == nil && choice.isAll && !announced
    }

    /// What to ask for.
    var request: TransitionRequest {
        var request = TransitionRequest()
        request.after = after
        request.segments = choice.segment
        request.kinds = choice.kind
        request.causes = choice.cause
        request.announcedOnly = announced
        return request
    }
}

/// Transitions of which segments, kinds and causes.
struct ChoiceOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("Only of this segment; may stand several times.", valueName: "name")
    )
    var segment: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Only entered, exited or expectation; may stand several times.",
            valueName: "kind"
        )
    )
    var kind: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Only of this cause, such as time or event; may stand several times.",
            valueName: "cause"
        )
    )
    var cause: [String] = []

    var isAll: Bool { segment.isEmpty && kind.isEmpty && cause.isEmpty }
}
