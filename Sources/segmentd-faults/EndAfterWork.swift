internal import Foundation

/// `segmentd-faults end-after-work MILLISECONDS PROGRAM ARGUMENT…`: becomes that program, which the kernel ends in
/// the midst of its work once its threads have been on a processor for so long.
///
/// By a timer of the process that counts its work and outlives `execv`; its signal, SIGPROF, ends whoever does not
/// handle it, as SIGKILL would.
enum EndAfterWork {
    static let name = "end-after-work"

    /// Becomes the program; comes back only where it cannot, with the reason.
    static func become(_ arguments: [String]) -> String {
        guard arguments.count >= 2, let work = Int(arguments[0]), work > 0 else {
            return "\(name) takes milliseconds and a program"
        }
        var timer = itimerval()
        timer.it_value = timeval(tv_sec: work / 1_000, tv_usec: work % 1_000 * 1_000)
        guard unsafe setitimer(__itimer_which_t(ITIMER_PROF.rawValue), &timer, nil) == 0 else {
            return describe(errno)
        }
        let words = unsafe arguments.dropFirst().map { unsafe strdup($0) } + [nil]
        unsafe execv(arguments[1], words)
        return describe(errno)
    }

    private static func describe(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }
}
