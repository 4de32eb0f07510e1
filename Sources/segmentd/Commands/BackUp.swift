internal import ArgumentParser
internal import Foundation
internal import SegmentServer

/// `segmentd backup`: a copy of a data directory, also of one that a daemon has.
struct BackUp: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copies a data directory, while the daemon runs or without one.",
        discussion: """
              segmentd backup /backups/segmentd-monday
              segmentd backup /backups/segmentd-monday --data /var/lib/segmentd
              segmentd verify --data /backups/segmentd-monday

            All that was acknowledged when the command begins is in the copy. It has that name when it is \
            whole; until then it is called NAME.partial. A daemon is started on it like on any other \
            directory: with --data. The copy holds the secrets of subscriptions, and a daemon on it sends \
            to the same subscribers: pause them first where the original goes on.
            """
    )

    @Argument(help: "Where to; nothing may be there yet.")
    var directory: String

    @OptionGroup var read: ReadOptions

    func run() async throws {
        let path = URL(fileURLWithPath: directory).standardizedFileURL.path
        let view = try await Doors.use(read.data) { door in try await door.backUp(to: path) }
        guard !read.json else {
            Console.out(String(decoding: view.json, as: UTF8.self))
            return
        }
        let through = view.through.map { ", through \($0)" } ?? ""
        Console.out(
            "\(printable(view.directory)): \(grouped(view.entries)) \(view.entries == 1 ? "entry" : "entries")\(through)"
        )
    }
}
