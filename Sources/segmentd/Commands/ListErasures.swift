internal import ArgumentParser
internal import SegmentServer

/// `segmentd erasures`: who was erased, and when it was scrubbed.
struct ListErasures: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erasures",
        abstract: "Lists who was erased, and when what they had said was gone.",
        discussion: """
              segmentd erasures
              segmentd erasures --scrub

            With --scrub what is still there is removed first, and waited for: the log is copied without \
            it beside the daemon's work, which takes as much room again meanwhile.
            """
    )

    @Flag(help: "Remove what is still there first.")
    var scrub = false

    @OptionGroup var read: ReadOptions

    func run() async throws {
        let list = try await Doors.use(read.data, appends: scrub) { door in
            if scrub {
                let progress = LongWork("scrubbing")
                defer { progress.end() }
                _ = try await door.scrub { progress.show($0) }
            }
            return try await door.erasures()
        }
        guard !read.json else {
            Console.out(json: list.erasures)
            return
        }
        guard !list.erasures.isEmpty else {
            Console.out("Nobody was erased.")
            return
        }
        var table = Table([
            Column("ERASED AT", widthMin: 24), Column("PERSON ID"), Column("ENTRY"),
            Column("SUPPRESSED"), Column("SCRUBBED AT"),
        ])
        table.print(
            list.erasures.map { one in
                [
                    one.erasedAt, one.personID.map(String.init) ?? "", String(one.sequence),
                    one.suppressed ? "yes" : "no", one.scrubbedAt ?? "not yet",
                ]
            }
        )
    }
}
