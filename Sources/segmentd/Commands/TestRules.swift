internal import ArgumentParser
internal import EventWire
internal import Foundation
internal import Materializer
internal import RuleLanguage
internal import SegmentServer

/// `segmentd test`: the tests that stand in rule files.
struct TestRules: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Runs the tests in rule files, without touching any data.",
        discussion: """
            Each test is a world of its own on the real engine, with the time that its steps say. \
            The exit code is 0 where all pass, 1 where one fails, and 2 where the rules cannot be \
            read or have errors.

              segmentd test
              segmentd test --rules /etc/segmentd/segments
              segmentd test --only "a cart goes stale"
              segmentd test --junit results.xml
            """
    )

    @Option(.rules) var rules: String?
    @OptionGroup var file: FileOptions

    @Option(
        name: .long,
        help: ArgumentHelp("Run only tests whose names contain this.", valueName: "text")
    )
    var only: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Write the results there too, as JUnit XML.", valueName: "file")
    )
    var junit: String?

    @Flag(name: .long, help: "Print one JSON object for each test.")
    var json = false

    func run() throws {
        let checked = try checkedRules()
        guard let proposed = checked.proposed else {
            Console.note(String(checked.rendered.dropLast()))
            let files = counted(checked.fileCount, "file")
            throw CommandFailure("\(counted(checked.errorCount, "error")) in \(files)", code: 2)
        }
        let tests = checked.tests.filter { only.map($0.name.contains) ?? true }
        guard !tests.isEmpty || only == nil else {
            throw CommandFailure(
                "none of \(counted(checked.tests.count, "test")) is called so: --only takes a part of "
                    + "a name",
                code: 2
            )
        }
        let runner = RuleTestRunner(proposed)
        var report = JUnitReport()
        var failed = 0
        let clock = ContinuousClock()
        let begin = clock.now
        for test in tests {
            let start = clock.now
            let result: RuleTestResult
            do throws(PartitionError) { result = try runner.run(test) } catch {
                throw CommandFailure(error.description, code: 2)
            }
            report.add(result, seconds: (clock.now - start).seconds)
            if !result.failures.isEmpty { failed += 1 }
            if json {
                Console.out(String(decoding: result.json, as: UTF8.self))
            } else if !result.failures.isEmpty {
                Console.out(result.shown)
            }
        }
        if let junit {
            do { try report.xml.write(toFile: junit, atomically: true, encoding: .utf8) } catch {
                throw CommandFailure(
                    "\(printable(junit)) cannot be written: \(error.localizedDescription); name a file in a "
                        + "folder that exists",
                    code: 2
                )
            }
        }
        if !json { Console.out(summary(tests, failed, clock.now - begin, checked)) }
        guard failed == 0 else {
            throw CommandFailure("\(counted(failed, "test")) of \(grouped(tests.count)) failed")
        }
    }

    private func checkedRules() throws -> CheckedRules {
        do {
            let folder = try file.settings([(.rules, rules)]).options.rulesFolder
            return try RuleFolder.check(folder: folder)
        } catch let failure as CommandFailure {
            throw CommandFailure(failure.description, code: 2)
        } catch let error as RuleFolderError {
            throw CommandFailure(error.description, code: 2)
        }
    }

    private func summary(
        _ tests: [RuleTest],
        _ failed: Int,
        _ duration: Duration,
        _ checked: CheckedRules
    ) -> String {
        let inFiles = "in \(counted(checked.fileCount, "file"))"
        guard !checked.tests.isEmpty else {
            return "no tests \(inFiles): one begins with test \"…\", and has steps such as "
                + "at 15m expect in cart_abandoners"
        }
        let steps = tests.reduce(0) { $0 + $1.steps.count }
        let milliseconds = Int((duration.seconds * 1_000).rounded(.up))
        return "\(counted(tests.count, "test")) with \(counted(steps, "step")) \(inFiles): "
            + "\(grouped(tests.count - failed)) passed, \(grouped(failed)) failed "
            + "(\(grouped(milliseconds)) ms)"
    }
}

extension Duration {
    /// The same in seconds.
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}

extension RuleTestResult {
    /// What failed, as a terminal shows it.
    var shown: String {
        var lines = ["\(test.file):\(test.line): test \"\(printable(test.name))\" failed"]
        for failure in failures { lines += failure.lines(file: test.file) }
        return lines.joined(separator: "\n") + "\n"
    }

    var json: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.field("test", test.name)
            json.field("file", test.file)
            json.field("line", test.line)
            json.field("passed", failures.isEmpty)
            json.array("failures") { json in
                for failure in failures {
                    json.object { json in
                        json.field("line", failure.step.line)
                        json.field("step", failure.step.text)
                        json.field("found", failure.found)
                        json.array("parts") { json in
                            for part in failure.parts {
                                json.object {
                                    $0.field("condition", part.text)
                                    $0.field("holds", part.holds)
                                }
                            }
                        }
                        json.array("history") { json in
                            for step in failure.history { json.item(step.text) }
                        }
                    }
                }
            }
        }
        return json.bytes
    }
}

extension RuleTestFailure {
    func lines(file: String) -> [String] {
        var lines = [
            "  \(file):\(step.line): \(printable(step.text))",
            "    but \(found)",
        ]
        if !parts.isEmpty {
            lines.append("    of its condition:")
            for part in parts {
                let indent = String(repeating: "  ", count: part.depth)
                lines.append(
                    "      \(part.holds ? "true " : "false")  \(indent)\(printable(part.text))"
                )
            }
        }
        if !history.isEmpty {
            lines.append("    what had happened to the person:")
            for step in history.suffix(8) { lines.append("      \(printable(step.text))") }
        }
        return lines
    }
}

/// Results as CI systems read them.
struct JUnitReport {
    private var cases: [(file: String, text: String, failed: Bool, seconds: Double)] = []

    mutating func add(_ result: RuleTestResult, seconds: Double) {
        let test = result.test
        var text =
            "    <testcase name=\"\(escaped(test.name))\" classname=\"\(escaped(test.file))\" "
            + "file=\"\(escaped(test.file))\" line=\"\(test.line)\" time=\"\(shown(seconds))\""
        if result.failures.isEmpty {
            text += "/>\n"
        } else {
            text += ">\n"
            for failure in result.failures {
                let lines = failure.lines(file: test.file).joined(separator: "\n")
                text +=
                    "      <failure message=\"\(escaped("\(failure.step.text): but \(failure.found)"))\">"
                    + "\(escaped(lines))</failure>\n"
            }
            text += "    </testcase>\n"
        }
        cases.append((test.file, text, !result.failures.isEmpty, seconds))
    }

    /// The whole, one suite for each file.
    var xml: String {
        var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites\(counts(cases))>\n"
        var place = 0
        while place < cases.count {
            let suite = cases[place...].prefix { $0.file == cases[place].file }
            text += "  <testsuite name=\"\(escaped(cases[place].file))\"\(counts(Array(suite)))>\n"
            text += suite.map(\.text).joined() + "  </testsuite>\n"
            place = suite.endIndex
        }
        return text + "</testsuites>\n"
    }

    private func counts(
        _ cases: [(file: String, text: String, failed: Bool, seconds: Double)]
    ) -> String {
        let seconds = cases.reduce(0) { $0 + $1.seconds }
        return " tests=\"\(cases.count)\" failures=\"\(cases.count { $0.failed })\" "
            + "time=\"\(shown(seconds))\""
    }

    private func shown(_ seconds: Double) -> String {
        let microseconds = Int((seconds * 1_000_000).rounded())
        let rest = String(microseconds % 1_000_000)
        return "\(microseconds / 1_000_000)."
            + String(repeating: "0", count: 6 - rest.count) + rest
    }

    private func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\n", "\t": result += "&#\(scalar.value);"
            case _ where scalar.value < 0x20 || (0xFFFE...0xFFFF).contains(scalar.value):
                // XML has no way to say these.
                result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
