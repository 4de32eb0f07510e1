import Foundation
import SegmentTesting
import Testing

/// `segmentd demo`, as a newcomer runs it.
@Suite struct DemoTests {
    private func story(_ bench: Bench, _ more: String...) async throws -> Finished {
        try await bench.run(
            ["demo", "--fast", "--exit", "--listen", "127.0.0.1:0"] + more,
            environment: ["TMPDIR": bench.path("")]
        )
    }

    /// What happened and what came of it, without the day and the hour at which it is run.
    private func plot(_ finished: Finished) -> [String] {
        finished.lines.filter { $0.contains("→") || $0.contains("  web-1") }.map { line in
            // Ticks of the clock are entries too, and how many there are depends on the machine.
            String(line).replacing(/[A-Z][a-z]{2} \d\d:\d\d|entry \d+/, with: "")
        }
    }

    @Test func itShowsEntriesExitsByTimeAndAMergeAndLeavesNothingBehind() async throws {
        try await Bench.use { bench in
            let finished = try await story(bench)
            #expect(finished.ending == .exit(0), "\(finished.errors)")
            #expect(finished.errors.isEmpty)
            for part in [
                "web-1 enters cart_open  (the event, entry",
                "web-1 leaves cart_open  (time alone, to the millisecond; no event said so)",
                "enters cart_open  (two became one person)",
                "phone-1 leaves cart_open  (two became one person)",
                "enters big_spenders", "repeats that count for nothing",
            ] {
                #expect(finished.output.contains(part), "\(part)")
            }
            let left = try FileManager.default.contentsOfDirectory(atPath: bench.path(""))
            #expect(!left.contains { $0.hasPrefix("segmentd-demo") })
        }
    }

    @Test func theSameSeedTellsTheSameStory() async throws {
        try await Bench.use { bench in
            let first = plot(try await story(bench, "--seed", "7"))
            #expect(first.count > 8)
            #expect(plot(try await story(bench, "--seed", "7")) == first)
            #expect(plot(try await story(bench, "--seed", "8")) != first)
        }
    }

    @Test func itEndsInTheMiddleAndSaysWhyItCannotBegin() async throws {
        try await Bench.use { bench in
            let running = try bench.launch(
                .segmentd,
                ["demo", "--listen", "127.0.0.1:0"],
                environment: ["TMPDIR": bench.path("")]
            )
            try await eventually("the first line", on: running.bell) {
                running.output.contains("web-1") ? true : nil
            }
            running.send(SIGINT)
            #expect(try await running.end() == .exit(0))
            let left = try FileManager.default.contentsOfDirectory(atPath: bench.path(""))
            #expect(!left.contains { $0.hasPrefix("segmentd-demo") })
            let daemon = try await bench.start()
            let busy = try await bench.run(
                "demo",
                "--listen",
                daemon.address,
                "--fast",
                "--exit"
            )
            #expect(busy.ending == .exit(1))
            #expect(busy.errors.contains(daemon.address))
            #expect(try await daemon.stop() == .exit(0))
        }
    }
}
