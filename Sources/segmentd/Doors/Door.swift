internal import EventStore
internal import Foundation
internal import Materializer
internal import SegmentServer

/// Answers a command's questions about a data directory.
protocol Door: Sendable {
    /// Transitions behind a cursor that are wanted; see `Queries`.
    func transitions(_ request: TransitionRequest) async throws(CommandFailure) -> TransitionPage
    /// How the log stands.
    func status() async throws(CommandFailure) -> StatusView
    /// How good the data is.
    func dataHealth() async throws(CommandFailure) -> DataHealthView
    /// The segments in force.
    func segments() async throws(CommandFailure) -> SegmentList
    /// Members of a segment behind a person; see `Queries`.
    ///
    /// - Parameter at: The instant; nil for now.
    func members(
        of segment: String,
        at: String?,
        after: UInt64?,
        limit: Int
    ) async throws(CommandFailure) -> MemberPage
    /// Everything about a person, as the JSON of the answer; see `Queries`.
    func person(_ id: String, before: String?, limit: Int) async throws(CommandFailure) -> [UInt8]
    /// How many members a segment had over time, as the JSON of the answer; see `Queries`.
    func sizes(
        of segment: String,
        from: String?,
        to: String?,
        every: String?
    ) async throws(CommandFailure) -> [UInt8]
    /// Everything that is known of somebody, in lines of JSON; see `Queries`.
    ///
    /// - Parameter take: Given one or several whole lines, or parts of them, in order.
    func export(_ id: String, take: ([UInt8]) -> Void) async throws(CommandFailure)
    /// Where somebody was and had been, as the JSON of the answer; see `Queries`.
    func stays(_ id: String, at: String?) async throws(CommandFailure) -> [UInt8]
    /// Why somebody is in a segment or is not, as the JSON of the answer; see `Queries`.
    func explanation(
        _ id: String,
        in segment: String,
        at: String?
    ) async throws(CommandFailure) -> [UInt8]
    /// What a change to rules without errors would bring about; changes nothing.
    ///
    /// - Parameters:
    ///   - days: For how many days back sizes are wanted.
    ///   - progress: Called now and then with the part that is done, from 0 to 1, where that is known.
    func plan(
        _ rules: ProposedRules,
        days: Int,
        progress: @escaping @Sendable (Double) -> Void
    ) async throws(CommandFailure) -> PlanView
    /// Puts rules without errors in force.
    ///
    /// - Parameters:
    ///   - plan: The hash of the plan that was seen.
    ///   - confirmed: How many people at most may be announced to have moved; nil for those that need no
    ///     confirmation.
    ///   - progress: Called now and then with the part that is done, from 0 to 1, where that is known.
    func apply(
        _ rules: ProposedRules,
        _ note: RuleChangeNote,
        plan: String,
        confirmed: Int?,
        progress: @escaping @Sendable (Double) -> Void
    ) async throws(CommandFailure) -> AppliedRulesView
    /// Folds the log again, under its own rules or others.
    ///
    /// - Parameter take: Given the lines of `POST /v1/replay`, each as JSON; says whether more are wanted.
    func replay(
        _ question: ReplayQuestion,
        take: ([UInt8]) throws(CommandFailure) -> Bool
    ) async throws(CommandFailure)
    /// Copies the directory.
    ///
    /// - Parameter path: Where to, from the root on.
    func backUp(to path: String) async throws(CommandFailure) -> BackupView
    /// Erases a person.
    func erase(_ id: String, suppresses: Bool) async throws(CommandFailure) -> ErasureView
    /// Everybody who was erased.
    func erasures() async throws(CommandFailure) -> ErasureList
    /// Removes from the disk what people said who were erased.
    ///
    /// - Parameter progress: Called now and then with the part that is done, from 0 to 1, where that is known.
    func scrub(
        progress: @escaping @Sendable (Double) -> Void
    ) async throws(CommandFailure) -> ErasureList
    /// Seals the entries that came before an instant.
    ///
    /// - Parameters:
    ///   - instant: As RFC 3339; nil for 30 days ago.
    ///   - progress: Called now and then with the part that is done, from 0 to 1, where that is known.
    func compact(
        before instant: String?,
        progress: @escaping @Sendable (Double) -> Void
    ) async throws(CommandFailure) -> CompactionView
    /// Entries of the log, as the JSON of the answer; see `Queries`.
    func log(_ request: LogRequest) async throws(CommandFailure) -> [UInt8]
    /// Gives back what was taken.
    func close() async
}

extension Door {
    /// Transitions behind a cursor, whatever they are.
    func transitions(
        after: String?,
        limit: Int
    ) async throws(CommandFailure) -> TransitionPage {
        var request = TransitionRequest()
        request.after = after
        request.limit = limit
        return try await transitions(request)
    }
}

/// Finds the way into a data directory.
enum Doors {
    /// How long a daemon may take to open its socket, or another command to finish.
    private static let patience = Duration.seconds(5)
    private static let pause = Duration.milliseconds(100)

    /// Asks the daemon that has the directory; without one opens the directory, for the time of the call.
    ///
    /// - Parameter appends: Whether something will be changed.
    static func use<Answer>(
        _ directory: String,
        appends: Bool = false,
        _ body: (any Door) async throws -> Answer
    ) async throws -> Answer {
        let door = try await open(directory, appends: appends)
        do {
            let answer = try await body(door)
            await door.close()
            return answer
        } catch {
            await door.close()
            throw error
        }
    }

    private static func open(
        _ directory: String,
        appends: Bool
    ) async throws(CommandFailure) -> any Door {
        if let remote = try await daemon(of: directory) { return remote }
        return try LocalDoor(directory, appends: appends)
    }

    /// The daemon that has the directory; nil where none has it.
    static func daemon(of directory: String) async throws(CommandFailure) -> RemoteDoor? {
        try checkExists(directory)
        let deadline = ContinuousClock.now.advanced(by: patience)
        while DataDirectory.isInUse(path: directory) {
            let door = RemoteDoor(socket: DataDirectory.socket(of: directory))
            if await door.answers() { return door }
            guard ContinuousClock.now < deadline else {
                throw CommandFailure(
                    "the data directory \(printable(directory)) is in use by another segmentd, "
                        + "which does not answer on its socket. It may be starting: try again when "
                        + "it says that it is listening."
                )
            }
            try? await Task.sleep(for: pause)
        }
        return nil
    }

    /// Looking must not make anything: a mistyped path would become an empty data directory.
    private static func checkExists(_ directory: String) throws(CommandFailure) {
        let files = FileManager.default
        let shown = printable(directory)
        guard files.fileExists(atPath: directory) else {
            throw CommandFailure(
                "there is no data directory \(shown); name the one of 'segmentd serve' with --data"
            )
        }
        guard files.isReadableFile(atPath: directory), files.isExecutableFile(atPath: directory)
        else {
            throw CommandFailure(
                "cannot read the data directory \(shown); check that it is a folder and who may "
                    + "read it"
            )
        }
        // A process may have died while one log took the place of another.
        guard
            ["log", "log.former"].contains(where: { files.fileExists(atPath: "\(directory)/\($0)") }
            )
        else {
            throw CommandFailure(
                "\(shown) holds no data of segmentd; name the data directory of 'segmentd serve' "
                    + "with --data"
            )
        }
    }
}
