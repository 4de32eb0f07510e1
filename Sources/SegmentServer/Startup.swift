internal import EventModel
internal import Materializer
internal import RuleLanguage

extension Daemon {
    static let changesShownMax = 20

    /// What a start found and did, for the person who started it.
    static func startupLines(_ report: OpeningReport, _ rules: CheckedRules) -> [String] {
        let segments = rules.proposed?.ruleSet.segments.count ?? 0
        let what = "\(counted(segments, "segment")) from \(counted(rules.fileCount, "file"))"
        var lines = [
            "rules: \(what), \(report.rulesChanged ? "in force from now on" : "unchanged")"
        ]
        for change in report.ruleChanges.prefix(changesShownMax) {
            lines.append(
                "  \(change.kind.rawValue) \(change.segment): \(grouped(change.entered)) in, "
                    + "\(grouped(change.exited)) out"
            )
        }
        let rest = report.ruleChanges.count - changesShownMax
        if rest > 0 { lines.append("  and \(counted(rest, "more segment"))") }
        var log = "log: empty"
        if report.entries > 0 {
            log =
                "log: \(report.entries == 1 ? "1 entry" : "\(grouped(report.entries)) entries") "
                + "recovered"
        }
        if report.checkpoint > .zero {
            log += " (\(grouped(Int(report.foldedEntries))) of them behind the last checkpoint)"
        }
        if report.recoveredTransitions > 0 {
            log += ", \(counted(report.recoveredTransitions, "transition")) recorded anew"
        }
        return lines + [log]
    }
}

/// Shows a person who waits how far recovery has got; shows a file nothing.
struct RecoveryProgress {
    private static let interval = Duration.milliseconds(200)
    private let isWatched = Console.isWatched
    private var next = ContinuousClock.now.advanced(by: .seconds(1))
    private var isShown = false

    mutating func show(_ done: UInt64, of total: UInt64) {
        guard isWatched, total > 0, ContinuousClock.now >= next else { return }
        next = ContinuousClock.now.advanced(by: RecoveryProgress.interval)
        isShown = true
        let percent = done * 100 / total
        Console.progress(
            "recovering: \(grouped(done)) of \(grouped(total)) entries (\(percent) %)"
        )
    }

    func end() {
        if isShown { Console.progress("") }
    }
}
