internal import ArgumentParser
internal import SegmentServer

/// `segmentd compact`: old entries in less room.
struct Compact: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Seals old entries of the log into compressed files.",
        discussion: """
              segmentd compact
              segmentd compact --before 2026-01-01T00:00:00Z

            Nothing is lost: sealed entries are read as if they were still in the log, by replays, refolds, \
            'segmentd log' and all else, only slower one by one. The log is copied beside the daemon's work, \
            which takes as much room again as what is not sealed, and the copy takes its place.
            """
    )

    @Option(
        help: ArgumentHelp(
            "Seal what came before this. (default: 30 days ago)",
            valueName: "time"
        )
    )
    var before: String?

    @OptionGroup var read: ReadOptions

    func run() async throws {
        let view = try await Doors.use(read.data, appends: true) { door in
            let progress = LongWork("compacting")
            defer { progress.end() }
            return try await door.compact(before: before) { progress.show($0) }
        }
        guard !read.json else {
            Console.out(String(decoding: view.json, as: UTF8.self))
            return
        }
        guard view.sealed > 0 else {
            Console.out(
                view.sealedThrough > 0
                    ? "Nothing more is to be sealed: all up to entry \(grouped(view.sealedThrough)) is."
                    : "Nothing is to be sealed: no entry is that old."
            )
            return
        }
        Console.out(
            "\(grouped(view.sealed)) entries sealed, up to entry \(grouped(view.sealedThrough)); the log "
                + "takes \(grouped(view.bytesAfter >> 10)) KiB instead of "
                + "\(grouped(view.bytesBefore >> 10)) KiB."
        )
    }
}
