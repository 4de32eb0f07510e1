internal import EventModel
internal import Foundation
package import Materializer

extension Queries {
    /// What a change to rules without errors would bring about now.
    func plan(_ proposed: ProposedRules, days: Int) async throws(APIError) -> RulePlan {
        // Beside its work, a daemon gives half of the machine to it.
        let cores = max(1, ProcessInfo.processInfo.activeProcessorCount / 2)
        do throws(PartitionError) {
            return try await partition.plan(proposed, days: days, cores: cores) { _ in }
        } catch {
            throw APIError(error)
        }
    }

    /// What a start with these rules would bring about now in a directory that no daemon has; see `Partition.plan`.
    package func planStart(
        with proposed: ProposedRules,
        days: Int,
        progress: @escaping @Sendable (Double) -> Void
    ) async throws(APIError) -> RulePlan {
        do throws(PartitionError) {
            // A start passes through the time since it was stopped before it changes anything.
            return try await partition.plan(
                proposed,
                at: ClockSource.system.wall(),
                days: days,
                cores: ProcessInfo.processInfo.activeProcessorCount,
                progress: progress
            )
        } catch {
            throw APIError(error)
        }
    }
}
