internal import ArgumentParser
internal import EventModel
internal import EventStore
internal import Foundation
internal import Materializer
internal import SegmentServer

/// `segmentd demo`: the daemon on three days of a small shop, told line by line.
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows three days of a small shop in a minute, and then runs on.",
        discussion: """
              segmentd demo
              segmentd demo --fast --exit

            The same daemon as 'segmentd serve', in a temporary directory, with a shop of our own: \
            anonymous browsing, carts, an e-mail address the day after, orders, repeats, late orders, \
            names that differ. All of it is sent over HTTP. The clock begins three days ago, jumps \
            from one thing that happens to the next, and ends as the ordinary one; then the daemon \
            runs on until Ctrl-C, and the directory is removed.
            """
    )

    @Option(name: .long, help: "Another seed gives another shop.")
    var seed: UInt64 = 1

    @Option(
        name: .long,
        help: ArgumentHelp("Where to listen, on this machine.", valueName: "host:port")
    )
    var listen = "127.0.0.1:7433"

    @Flag(name: .long, help: "Do not pause between lines.")
    var fast = false

    @Flag(name: .long, help: "End after the story.")
    var exit = false

    func run() async throws {
        let address: ListenAddress
        do {
            address = try ListenAddress(listen)
        } catch {
            throw CommandFailure("--listen: \(error)")
        }
        let folder = try makeFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let clock = DemoClock(behind: .days(3))
        var partition = PartitionOptions(dataDirectory: folder + "/data")
        partition.clock = clock.source
        let options = DaemonOptions(
            partition: partition,
            rulesFolder: folder + "/segments",
            listen: address
        )
        let story = Task { [fast, exit, seed] in
            do {
                var story = DemoStory(
                    DemoShop(seed: seed),
                    clock,
                    socket: DataDirectory.socket(of: folder + "/data"),
                    pause: fast ? .zero : .milliseconds(1_500)
                )
                try await story.tell()
                if !exit { Demo.sayWhatNow(folder, story.shop.user) }
            } catch is CancellationError {
                return
            } catch {
                // The daemon's own end says why, where that is the reason.
                if !Task.isCancelled { Console.error("\(error)") }
            }
            if exit { kill(getpid(), SIGTERM) }
        }
        defer { story.cancel() }
        do throws(DaemonError) {
            try await Daemon.run(options)
        } catch {
            throw CommandFailure(error.description)
        }
    }

    private func makeFolder() throws -> String {
        // Short: the path of the daemon's socket must fit 107 bytes.
        let folder = NSTemporaryDirectory() + "segmentd-demo-\(getpid())"
        do {
            try FileManager.default.createDirectory(
                atPath: folder + "/segments",
                withIntermediateDirectories: true
            )
            try Data(DemoShop.rules.utf8).write(
                to: URL(fileURLWithPath: folder + "/segments/shop.seg")
            )
        } catch {
            throw CommandFailure("cannot make a folder for the demo: \(error.localizedDescription)")
        }
        return folder
    }

    private static func sayWhatNow(_ folder: String, _ user: String) {
        Console.out("")
        Console.out(
            "The clock is the ordinary one from here on, and the daemon runs until Ctrl-C. Try:"
        )
        for command in [
            "transitions --limit 5", "members customers", "person \(user)", "status", "verify",
        ] {
            Console.out("  segmentd \(command) --data \(folder)/data")
        }
    }
}
