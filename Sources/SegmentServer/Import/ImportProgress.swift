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
        let share = min(1, Double(done) / Double(total))
        let seconds = (now - started) / .seconds(1)
        let left = share > 0 ? Int(seconds / share - seconds) : 0
        let filled = Int(share * Double(ImportProgress.width))
        let bar =
            String(repeating: "#", count: filled)
            + String(repeating: ".", count: ImportProgress.width - filled)
        let text =
            "\(what) [\(bar)] \(Int(share * 100)) %, \(grouped(rows)) rows, "
            + "\(grouped(Int(Double(rows) / seconds)))/s, "
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
