import Foundation

/// One line of the table: a figure of ours against its baseline in the same run, and what it should be.
struct Row: Codable {
    /// What `--only` and `floors.json` call it.
    var name: String
    /// The figure, of which more is better unless `isAtMost`.
    var figure: Double
    /// What the figure is, with its unit.
    var what: String
    /// Sizes, rates, checksums: what a reader needs to believe it.
    var details: [String] = []
    /// Whether the figure should be no more than its bounds; else no less.
    var isAtMost = false

    init(
        _ name: String,
        _ what: String,
        _ figure: Double,
        isAtMost: Bool = false,
        _ details: [String] = []
    ) {
        self.name = name
        self.what = what
        self.figure = figure
        self.isAtMost = isAtMost
        self.details = details
    }
}

/// Rows as they come, printed; then as JSON and against the floors of the repository.
struct Report {
    /// What a row must reach, what it hopes for, and below what a change is refused.
    struct Bound: Codable {
        /// The least that counts as done (performance.md).
        var goal: Double?
        /// What to aim at.
        var star: Double?
        /// What was reached, less what a noisy machine takes; worse than it is a regression.
        var floor: Double?
    }

    private(set) var rows: [Row] = []
    let bounds: [String: Bound]

    /// - Parameter path: `floors.json`; without it nothing is compared.
    init(floors path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            bounds = [:]
            return
        }
        bounds = try JSONDecoder().decode([String: Bound].self, from: data)
    }

    mutating func add(_ row: Row) {
        rows.append(row)
        let bound = bounds[row.name]
        let marks = [
            bound?.goal.map { "goal \(Report.text($0))\(mark(row, $0))" },
            bound?.star.map { "star \(Report.text($0))\(mark(row, $0))" },
        ].compactMap { $0 }
        let name = row.name.padding(toLength: 18, withPad: " ", startingAt: 0)
        var lines = ["\(name)\(Report.text(row.figure))  \(row.what)"]
        if !marks.isEmpty { lines[0] += "  [\(marks.joined(separator: ", "))]" }
        lines += row.details.map { "                  \($0)" }
        // Seen when it is there, also by whoever reads from a pipe.
        FileHandle.standardOutput.write(Data((lines.joined(separator: "\n") + "\n").utf8))
    }

    private func mark(_ row: Row, _ bound: Double) -> String {
        Report.holds(row, bound) ? " met" : " MISSED"
    }

    private static func holds(_ row: Row, _ bound: Double) -> Bool {
        row.isAtMost ? row.figure <= bound : row.figure >= bound
    }

    /// The rows that are worse than their committed floor.
    var regressions: [String] {
        rows.compactMap { row in
            guard let floor = bounds[row.name]?.floor, !Report.holds(row, floor) else { return nil }
            return "\(row.name): \(Report.text(row.figure)), floor \(Report.text(floor))"
        }
    }

    func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return try encoder.encode(rows)
    }

    static func text(_ number: Double) -> String {
        let size = abs(number)
        let digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3
        return String(format: "%.\(digits)f", number)
    }
}

/// Why a benchmark cannot go on.
struct BenchmarkError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Times and quantiles.
enum Measure {
    /// CPU seconds of the process so far.
    static func cpuSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    static func wallSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    static func median(_ numbers: [Double]) -> Double { quantile(numbers, 0.5) }

    static func quantile(_ numbers: [Double], _ share: Double) -> Double {
        let sorted = numbers.sorted()
        guard !sorted.isEmpty else { return .nan }
        return sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
    }

    /// The process's memory now, in bytes.
    static func residentBytes() -> Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * 4_096
    }

    static func rate(_ count: Int, _ seconds: Double) -> String {
        "\(String(format: "%.2f", Double(count) / seconds / 1e6))M"
    }
}

/// A folder of its own, removed with the object.
final class Folder {
    let path: String

    init(_ name: String) throws {
        path =
            NSTemporaryDirectory() + "segmentd-\(name)-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
