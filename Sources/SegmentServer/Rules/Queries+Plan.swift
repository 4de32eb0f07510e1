internal import Foundation
package import Materializer

extension Queries {
    /// What a change of the rules would bring about.
    ///
    /// - Throws: Also where the rules have errors.
    func plan(_ request: PlanRequest) async throws(APIError) -> RulePlan {
        guard let proposed = try request.checked().proposed else {
            throw APIError(422, "invalid_rules", "the rules have errors")
        }
        // Beside its work, a daemon gives half of the machine to it.
        let cores = max(1, ProcessInfo.processInfo.activeProcessorCount / 2)
        return try await plan(proposed, days: request.days, cores: cores) { _ in }
    }

    /// What a change to rules without errors would bring about; see `Partition.plan`.
    package func plan(
        _ proposed: ProposedRules,
        days: Int,
        cores: Int,
        progress: @escaping @Sendable (Double) -> Void
    ) async throws(APIError) -> RulePlan {
        do throws(PartitionError) {
            return try await partition.plan(
                proposed,
                days: days,
                cores: cores,
                progress: progress
            )
        } catch {
            throw APIError(error)
        }
    }
}
