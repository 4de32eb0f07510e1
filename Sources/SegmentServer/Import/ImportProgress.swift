/// Shows how far a long work has got: a bar where a person watches, a line now and then where not.
package struct ImportProgress {
    private static let width = 24
    private let what: String
    private let total: Int
    private let started = ContinuousClock.now
    private var next = ContinuousClock.now.advanced(by: .seconds(1))
    private var isShown = false

    /// The progress of a work of that size.
    package init(_ what: String, total: Int) {
        self.what = what
        self.total = total
    }

    /// Shows that so much of the total is done, which is so many rows.
    package mutating func show(_ done: Int, rows: Int) {
        let now = ContinuousClock.now
        guard now >= next, total > 0 else { return }
        let isWatched = Console.isWatched
        next = now.advanced(by: isWatched ? .milliseconds(200) : .seconds(10))
        let done = max(1, min(done, total))
        let milliseconds = max(1, Int((now - started) / .milliseconds(1)))
        let left = milliseconds / 1_000 * (total - done) / done
        let filled = ImportProgress.width * done / total
        let bar =
            String(repeating: "#", count: filled)
            + String(repeating: ".", count: ImportProgress.width - filled)
        let text =
            "\(what) [\(bar)] \(done * 100 / total) %, \(grouped(rows)) rows, "
            + "\(grouped(rows * 1_000 / milliseconds))/s, "
            + "\(left / 60):\(left % 60 < 10 ? "0" : "")\(left % 60) left"
        if isWatched {
            isShown = true
            Console.progress(text)
        } else {
            Console.note(text)
        }
    }

    /// Wipes the bar out.
    package func end() {
        if isShown { Console.progress("") }
    }
}
