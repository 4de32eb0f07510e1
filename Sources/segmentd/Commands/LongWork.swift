internal import SegmentServer
internal import Synchronization

/// Shows a person who waits how far long work has got; shows a file nothing.
final class LongWork: Sendable {
    private let what: String
    private let isWatched = Console.isWatched
    private let began = ContinuousClock.now
    private let last = Mutex<ContinuousClock.Instant?>(nil)

    /// - Parameter what: What is done, such as 'planning'.
    init(_ what: String) { self.what = what }

    /// - Parameter done: The part that is done, from 0 to 1.
    func show(_ done: Double) {
        let now = ContinuousClock.now
        guard isWatched, now - began > .milliseconds(500) else { return }
        let isDue = last.withLock { last in
            guard last.map({ now - $0 > .milliseconds(200) }) ?? true else { return false }
            last = now
            return true
        }
        guard isDue else { return }
        let seconds = (now - began) / .seconds(1)
        let left = done > 0.02 ? ", \(Int(seconds / done - seconds)) s left" : ""
        Console.progress("\(what): \(Int(done * 100)) %\(left)")
    }

    func end() {
        last.withLock { last in
            if last != nil { Console.progress("") }
            last = nil
        }
    }
}
