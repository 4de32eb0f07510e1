internal import ArgumentParser
internal import Foundation
internal import Materializer
internal import SegmentServer

/// `segmentd verify`: holds what is recorded against the log.
struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Derives everything from the log anew and compares it with what is recorded.",
        discussion: """
              segmentd verify
              segmentd verify --data /var/lib/segmentd --json

            Every recorded transition is compared byte for byte, and of the last checkpoint everything \
            that it knows of every person. The first difference is explained, and the exit code is 1. \
            Nothing is changed.

            A daemon that has the directory does it itself, beside its work and at half speed; it takes \
            memory for a second engine meanwhile.
            """
    )

    @OptionGroup var read: ReadOptions

    func run() async throws {
        let data = try read.data
        var progress = VerifyProgress()
        let view: VerificationView
        if let door = try await Doors.daemon(of: data) {
            view = try await ask(door, &progress)
        } else {
            do throws(PartitionError) {
                view = VerificationView(
                    try Partition.verify(dataDirectory: data) { progress.show($0, of: $1) }
                )
            } catch {
                progress.end()
                throw CommandFailure(error.message)
            }
        }
        progress.end()
        try show(view)
    }

    private func ask(
        _ door: RemoteDoor,
        _ progress: inout VerifyProgress
    ) async throws -> VerificationView {
        var view = try await door.beginVerification()
        while view.state == "running" {
            progress.show(view.entries, of: view.total ?? 0)
            try await Task.sleep(for: .milliseconds(100))
            view = try await door.verification()
        }
        return view
    }

    private func show(_ view: VerificationView) throws {
        if read.json {
            Console.out(json: [view])
            if view.state != "equal" { throw ExitCode(1) }
            return
        }
        guard view.state == "equal" else {
            throw CommandFailure(view.message ?? "the verification did not end")
        }
        var line =
            "\(grouped(Int(view.entries))) entries folded: \(grouped(view.transitions ?? 0)) recorded "
            + "transitions are what they give"
        if let checkpoint = view.checkpoint {
            line +=
                ", and so is what the checkpoint behind entry \(grouped(Int(checkpoint))) knows of "
                + "\(grouped(view.people ?? 0)) people"
        }
        Console.out(line + ".")
        if let unrecorded = view.unrecorded, unrecorded > 0 {
            Console.note(
                "\(grouped(unrecorded)) transitions are not recorded yet; a start does that"
            )
        }
    }
}

/// Shows a person who waits how far it has got; shows a file nothing.
private struct VerifyProgress {
    private let isWatched = Console.isWatched
    private var next = ContinuousClock.now.advanced(by: .milliseconds(500))
    private var isShown = false

    mutating func show(_ done: UInt64, of total: UInt64) {
        guard isWatched, ContinuousClock.now >= next else { return }
        next = ContinuousClock.now.advanced(by: .milliseconds(200))
        isShown = true
        Console.progress("verifying: \(grouped(Int(done))) of \(grouped(Int(total))) entries")
    }

    func end() {
        if isShown { Console.progress("") }
    }
}
