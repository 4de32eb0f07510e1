internal import ArgumentParser
internal import SegmentServer

/// `segmentd members`: who is in a segment.
struct ListMembers: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "members",
        abstract: "Lists who is in a segment, now or at a past instant.",
        discussion: """
              segmentd members cart_abandoners
              segmentd members cart_abandoners --limit 20
              segmentd members cart_abandoners --at 2026-01-31T12:00:00Z
              segmentd members cart_abandoners --json

            At a past instant it is who was in it when the instant was over, under the rules then in \
            force, by what each was called on entering.
            """
    )

    @Argument(help: "The segment's name.")
    var segment: String

    @OptionGroup var read: ReadOptions
    @OptionGroup var range: RangeOptions

    @Option(
        name: .long,
        help: ArgumentHelp("Begin behind the person of this PERSON ID.", valueName: "id")
    )
    var after: UInt64?

    @Option(
        name: .long,
        help: ArgumentHelp("Who was in it at this instant, as RFC 3339.", valueName: "time")
    )
    var at: String?

    func run() async throws {
        try await Doors.use(read.data) { door in try await list(door) }
    }

    private func list(_ door: any Door) async throws(CommandFailure) {
        var table = Table([
            Column("PERSON"), Column("PERSON ID", isNumber: true), Column("IDENTIFIERS"),
        ])
        var last = after
        var shown = 0
        while let wanted = range.nextPage(after: shown) {
            let page = try await door.members(of: segment, at: at, after: last, limit: wanted)
            last = page.next
            shown += page.members.count
            let goesOn =
                read.json
                ? Console.out(json: page.members) : table.print(page.members.map(ListMembers.cells))
            if page.members.count < wanted || !goesOn { break }
        }
        if read.json { return }
        if shown == 0 { Console.note("No members\(after == nil ? "" : " after that").") }
        if shown == range.limit, let last { Console.note("Go on with --after \(last)") }
    }

    private static func cells(_ member: MemberView) -> [String] {
        [
            who(member.person, member.identifiers, member.personID), String(member.personID),
            member.identifiers.map { "\($0.namespace):\($0.value)" }.joined(separator: " "),
        ]
    }
}
