internal import ArgumentParser
internal import SegmentServer

/// `segmentd sizes`: how many members a segment had over time.
struct ShowSizes: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sizes",
        abstract: "Shows how many members a segment had over time.",
        discussion: """
              segmentd sizes cart_abandoners
              segmentd sizes cart_abandoners --every 1h --from 2026-01-30T00:00:00Z
              segmentd sizes cart_abandoners --json

            As it was recorded, under the rules in force at each time.
            """
    )

    @Argument(help: "The segment's name.")
    var segment: String

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The first instant. (default: 28 days before the last)",
            valueName: "time"
        )
    )
    var from: String?

    @Option(name: .long, help: ArgumentHelp("The last instant. (default: now)", valueName: "time"))
    var to: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "How far they lie apart, such as 30m, 1h, 1d or 7d.",
            valueName: "duration"
        )
    )
    var every = "1d"

    @OptionGroup var read: ReadOptions

    mutating func validate() throws {
        guard seconds != nil else {
            throw ValidationError("--every is '\(every)'; give a duration such as 30m, 1h or 1d.")
        }
    }

    private var seconds: Int? {
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
        guard let unit = every.last.flatMap({ units[$0] }), let count = Int(every.dropLast()),
            (1...1_000_000).contains(count)
        else { return nil }
        return count * unit
    }

    func run() async throws {
        let json = try await Doors.use(read.data) { door in
            try await door.sizes(
                of: segment,
                from: from,
                to: to,
                every: seconds.map { String($0) }
            )
        }
        guard !read.json, let found = JSONNode(json) else {
            Console.out(String(decoding: json, as: UTF8.self))
            return
        }
        let sizes = found["sizes"]?.items.map { ($0.cell("at"), Int($0.cell("members")) ?? 0) }
        var table = Table([
            Column("AT", widthMin: 24), Column("MEMBERS", isNumber: true), Column(""),
        ])
        let most = max(1, sizes?.map(\.1).max() ?? 1)
        table.print(
            (sizes ?? []).map { at, members in
                [at, grouped(members), String(repeating: "▇", count: members * 40 / most)]
            }
        )
    }
}
