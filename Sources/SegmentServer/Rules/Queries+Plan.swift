internal import EventModel
internal import Foundation
package import Materializer
internal import RuleLanguage

extension Queries {
    /// Beside its work, a daemon gives half of the machine to a long question.
    private static var coresBeside: Int { max(1, ProcessInfo.processInfo.activeProcessorCount / 2) }

    /// What a change to rules without errors would bring about now.
    func plan(_ proposed: ProposedRules, days: Int) async throws(APIError) -> RulePlan {
        do throws(PartitionError) {
            return try await partition.plan(
                proposed,
                days: days,
                cores: Queries.coresBeside
            ) { _ in }
        } catch {
            throw APIError(error)
        }
    }

    /// Puts rules without errors in force.
    ///
    /// - Parameters:
    ///   - plan: The hash of the plan that was seen.
    ///   - confirmed: How many people at most may be announced to have moved; nil for those that need no
    ///     confirmation.
    func apply(
        _ proposed: ProposedRules,
        _ note: RuleChangeNote,
        plan: UInt64?,
        _ confirmed: Int?
    ) async throws(APIError) -> AppliedRules {
        do throws(PartitionError) {
            return try await partition.apply(
                proposed,
                note,
                plan: plan,
                confirmed: confirmed,
                cores: Queries.coresBeside
            ) { _ in }
        } catch {
            throw APIError(error)
        }
    }

    /// Folds the log again, under its own rules or others.
    ///
    /// - Parameter isAlone: Whether nobody else needs the machine.
    package func replay(
        _ question: ReplayQuestion,
        isAlone: Bool = false
    ) async throws(APIError) -> ReplayLines {
        let all = ProcessInfo.processInfo.activeProcessorCount
        var names = question.rules?.ruleSet.segments.map(\.name) ?? []
        do throws(PartitionError) {
            // What was recorded is compared with.
            if question.rules == nil || question.isDifference {
                names += try await partition.segmentNames()
            }
        } catch {
            throw APIError(error)
        }
        for name in question.segments ?? [] where !names.contains(name) {
            throw Queries.unknown(name, among: names)
        }
        do throws(PartitionError) {
            return try await partition.replay(
                question,
                cores: isAlone ? all : Queries.coresBeside
            )
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

    /// Puts rules without errors in force in a directory that no daemon has; see `Partition.apply`.
    package func applyAlone(
        _ proposed: ProposedRules,
        _ note: RuleChangeNote,
        plan: String,
        confirmed: Int?,
        progress: @escaping @Sendable (Double) -> Void
    ) async throws(APIError) -> AppliedRules {
        do throws(PartitionError) {
            return try await partition.apply(
                proposed,
                note,
                at: ClockSource.system.wall(),
                plan: UInt64(plan, radix: 16) ?? 0,
                confirmed: confirmed,
                cores: ProcessInfo.processInfo.activeProcessorCount,
                progress: progress
            )
        } catch {
            throw APIError(error)
        }
    }
}
