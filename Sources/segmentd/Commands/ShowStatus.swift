internal import ArgumentParser
internal import SegmentServer

/// `segmentd status`: how the log stands, and what went other than its senders meant.
struct ShowStatus: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Counts entries and people, duplicates, conflicts and refused links.",
        discussion: """
              segmentd status
              segmentd log --from 1204 --limit 1

            A conflict is an entry that repeats the key of an earlier one and says something else. \
            A link is refused where an identifier stays another customer's.
            """
    )

    @OptionGroup var read: ReadOptions

    func run() async throws {
        show(try await Doors.use(read.data) { door in try await door.status() })
    }

    private func show(_ status: StatusView) {
        if read.json {
            Console.out(json: [status])
            return
        }
        var table = Table([Column("WHAT", widthMin: 16), Column("COUNT", isNumber: true)])
        table.print([
            ["entries", grouped(Int(status.entries))], ["people", grouped(status.people)],
            ["duplicates", grouped(status.duplicates)], ["conflicts", grouped(status.conflicts)],
            ["suppressed", grouped(status.suppressed)],
            ["refused links", grouped(status.refusedLinks)],
        ])
        for conflict in status.latestConflicts {
            Console.note(
                "entry \(conflict.sequence) says something else than entry "
                    + "\(conflict.duplicateOf), whose key it repeats: "
                    + "segmentd log --from \(conflict.duplicateOf) --to \(conflict.sequence)"
            )
        }
        for link in status.latestRefusedLinks {
            let name = printable("\(link.namespace):\(link.value)", charactersMax: 60)
            Console.note("entry \(link.sequence) could not link \(name)")
        }
    }
}
