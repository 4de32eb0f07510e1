internal import ArgumentParser
internal import SegmentServer

/// Which data directory a command reads, and how it shows what it finds.
struct ReadOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The data directory.", valueName: "dir"))
    var data = "./data"

    @Flag(name: .long, help: "Print one JSON object a line instead of a table.")
    var json = false
}

/// Which part of a list a command shows.
struct RangeOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("Print at most so many. (default: all)", valueName: "n")
    )
    var limit: Int?

    mutating func validate() throws {
        if let limit, limit < 1 {
            throw ValidationError("--limit is \(limit); give a whole number from 1 on.")
        }
    }

    /// How many to ask for next when some were shown already; nil when that is enough.
    func nextPage(after shown: Int) -> Int? {
        let wanted = min(Queries.limitMax, (limit ?? .max) - shown)
        return wanted > 0 ? wanted : nil
    }
}
