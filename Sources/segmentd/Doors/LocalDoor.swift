internal import Materializer
internal import SegmentServer

/// Reads a data directory that no daemon has.
struct LocalDoor: Door {
    private let partition: Partition
    private let queries: Queries

    /// Opens the directory.
    ///
    /// - Parameter appends: Whether something will be changed; else it is only looked at.
    init(_ directory: String, appends: Bool = false) throws(CommandFailure) {
        do throws(PartitionError) {
            partition = try Partition.open(
                PartitionOptions(dataDirectory: directory),
                rules: nil,
                appends: appends
            )
        } catch {
            throw CommandFailure(error.message)
        }
        queries = Queries(partition)
    }

    func transitions(_ request: TransitionRequest) async throws(CommandFailure) -> TransitionPage {
        do throws(APIError) {
            return try await queries.transitions(request)
        } catch {
            throw CommandFailure(error)
        }
    }

    func status() async throws(CommandFailure) -> StatusView {
        do throws(APIError) {
            return try await queries.status()
        } catch {
            throw CommandFailure(error)
        }
    }

    func dataHealth() async throws(CommandFailure) -> DataHealthView {
        do throws(APIError) {
            return try await queries.dataHealth()
        } catch {
            throw CommandFailure(error)
        }
    }

    func segments() async throws(CommandFailure) -> SegmentList {
        do throws(APIError) {
            return try await queries.segments()
        } catch {
            throw CommandFailure(error)
        }
    }

    func members(
        of segment: String,
        at: String?,
        after: UInt64?,
        limit: Int
    ) async throws(CommandFailure) -> MemberPage {
        do throws(APIError) {
            if let at {
                return try await queries.members(of: segment, at: at, after: after, limit: limit)
            }
            return try await queries.members(of: segment, after: after, limit: limit)
        } catch {
            throw CommandFailure(error)
        }
    }

    func person(
        _ id: String,
        before: String?,
        limit: Int
    ) async throws(CommandFailure) -> [UInt8] {
        do throws(APIError) {
            return try await queries.person(id, before: before, limit: limit)
        } catch {
            throw CommandFailure(error)
        }
    }

    func sizes(
        of segment: String,
        from: String?,
        to: String?,
        every: String?
    ) async throws(CommandFailure) -> [UInt8] {
        do throws(APIError) {
            return try await queries.sizes(of: segment, from: from, to: to, every: every)
        } catch {
            throw CommandFailure(error)
        }
    }

    func export(_ id: String, take: ([UInt8]) -> Void) async throws(CommandFailure) {
        do {
            try await queries.export(id) { take($0) }
        } catch let error as APIError {
            throw CommandFailure(error)
        } catch let error as PartitionError {
            throw CommandFailure(error.message)
        } catch {
            throw CommandFailure("\(error)")
        }
    }

    func stays(_ id: String, at: String?) async throws(CommandFailure) -> [UInt8] {
        do throws(APIError) {
            return try await queries.stays(id, at: at)
        } catch {
            throw CommandFailure(error)
        }
    }

    func explanation(
        _ id: String,
        in segment: String,
        at: String?
    ) async throws(CommandFailure) -> [UInt8] {
        do throws(APIError) {
            return try await queries.explanation(id, in: segment, at: at)
        } catch {
            throw CommandFailure(error)
        }
    }

    func log(_ request: LogRequest) async throws(CommandFailure) -> [UInt8] {
        do throws(APIError) {
            return try await queries.log(request)
        } catch {
            throw CommandFailure(error)
        }
    }

    func plan(
        _ rules: ProposedRules,
        days: Int,
        progress: @escaping @Sendable (Double) -> Void
    ) async throws(CommandFailure) -> PlanView {
        do throws(APIError) {
            return PlanView(
                try await queries.planStart(with: rules, days: days, progress: progress),
                warnings: await queries.warnings(rules)
            )
        } catch {
            throw CommandFailure(error)
        }
    }

    func apply(
        _ rules: ProposedRules,
        _ note: RuleChangeNote,
        plan: String,
        confirmed: Int?,
        progress: @escaping @Sendable (Double) -> Void
    ) async throws(CommandFailure) -> AppliedRulesView {
        do throws(APIError) {
            let applied = try await queries.applyAlone(
                rules,
                note,
                plan: plan,
                confirmed: confirmed,
                progress: progress
            )
            return AppliedRulesView(applied, note)
        } catch {
            throw CommandFailure(error)
        }
    }

    func replay(
        _ question: ReplayQuestion,
        take: ([UInt8]) throws(CommandFailure) -> Bool
    ) async throws(CommandFailure) {
        let lines: ReplayLines
        do throws(APIError) {
            lines = try await queries.replay(question, isAlone: true)
        } catch {
            throw CommandFailure(error)
        }
        defer { lines.giveUp() }
        while true {
            let chunk: [ReplayLine]?
            do throws(PartitionError) { chunk = try await lines.next() } catch {
                throw CommandFailure(error.message)
            }
            guard let chunk else { return }
            for line in chunk {
                guard try take(line.json) else { return }
            }
        }
    }

    func backUp(to path: String) async throws(CommandFailure) -> BackupView {
        do throws(APIError) {
            return try await queries.backUp(to: path)
        } catch {
            throw CommandFailure(error)
        }
    }

    func erase(_ id: String, suppresses: Bool) async throws(CommandFailure) -> ErasureView {
        do throws(APIError) {
            return try await queries.erase(id, suppresses: suppresses)
        } catch {
            throw CommandFailure(error)
        }
    }

    func erasures() async throws(CommandFailure) -> ErasureList {
        do throws(APIError) { return try queries.erasures() } catch { throw CommandFailure(error) }
    }

    func scrub(
        progress: @escaping @Sendable (Double) -> Void
    ) async throws(CommandFailure) -> ErasureList {
        do throws(APIError) {
            return try await queries.scrub(progress: progress)
        } catch {
            throw CommandFailure(error)
        }
    }

    func compact(
        before instant: String?,
        progress: @escaping @Sendable (Double) -> Void
    ) async throws(CommandFailure) -> CompactionView {
        do throws(APIError) {
            return try await queries.compact(before: instant, progress: progress)
        } catch {
            throw CommandFailure(error)
        }
    }

    func close() async { await partition.stop() }
}
