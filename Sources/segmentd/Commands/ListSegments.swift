internal import ArgumentParser
internal import SegmentServer

/// `segmentd segments`: what is in force.
struct ListSegments: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "segments",
        abstract: "Lists the segments in force, and how many members they have.",
        discussion: """
              segmentd segments
              segmentd segments --data /var/lib/segmentd --json
            """
    )

    @OptionGroup var read: ReadOptions

    func run() async throws {
        try await Doors.use(read.data) { door in try await list(door) }
    }

    private func list(_ door: any Door) async throws(CommandFailure) {
        let segments = try await door.segments().segments
        if read.json {
            Console.out(json: segments)
            return
        }
        var table = Table([
            Column("SEGMENT"), Column("MEMBERS", isNumber: true), Column("RULE"), Column("TITLE"),
        ])
        let rows = segments.map { segment in
            [segment.name, grouped(segment.members), segment.ruleHash, segment.title ?? ""]
        }
        table.print(rows)
        if segments.isEmpty { Console.note("No segments are in force.") }
    }
}
