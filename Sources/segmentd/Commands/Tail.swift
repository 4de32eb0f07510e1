internal import ArgumentParser
internal import SegmentServer

/// `segmentd tail`: transitions as they happen.
struct Tail: AsyncParsableCommand {
    private static let waitSeconds = 20

    static let configuration = CommandConfiguration(
        commandName: "tail",
        abstract: "Shows who enters and leaves which segment as it happens, until Ctrl-C.",
        discussion: """
              segmentd tail
              segmentd tail --segment cart_abandoners --kind entered
              segmentd tail --after start --json

            Begins with what comes from now on, unless --after says otherwise. Asks the daemon that \
            has the data directory.
            """
    )

    @OptionGroup var read: ReadOptions
    @OptionGroup var wanted: TransitionOptions

    func run() async throws {
        let data = try read.data
        guard let door = try await Doors.daemon(of: data) else {
            throw CommandFailure(
                "no daemon has the data directory \(printable(data)), so nothing happens there. "
                    + "Start it with 'segmentd serve'; what is recorded shows 'segmentd transitions'."
            )
        }
        var table = ListTransitions.table(widthMin: 20)
        var request = wanted.request
        request.after = request.after ?? "now"
        request.limit = Queries.limitMax
        var isFirst = true
        while true {
            // The first answer says where 'now' is, and does not wait.
            request.waitSeconds = isFirst ? 0 : Tail.waitSeconds
            let page = try await door.transitions(request)
            request.after = page.next ?? "start"
            if isFirst, !read.json, page.transitions.isEmpty {
                Console.note("Waiting for transitions; Ctrl-C ends this.")
            }
            isFirst = false
            let goesOn =
                read.json
                ? Console.out(json: page.transitions)
                : table.print(page.transitions.map(ListTransitions.cells))
            if !goesOn { return }
        }
    }
}
