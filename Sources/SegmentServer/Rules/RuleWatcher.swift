internal import Foundation
internal import Materializer
internal import RuleLanguage
internal import ServiceLifecycle

/// What to do when files in the rule folder change while the daemon runs.
package enum RuleWatch: Sendable {
    /// Nothing.
    case off
    /// Say what they would change.
    case plans
    /// Put them in force, quietly.
    case applies
}

/// `serve --watch`: looks at the rule folder once a second, and says what changed files would change, or puts them in
/// force.
///
/// By looking, since folders on other machines and in containers tell of no changes.
struct RuleWatcher: Service {
    private static let pause = Duration.seconds(1)

    let folder: String
    let queries: Queries
    let applies: Bool

    /// What a folder is told apart by without reading its files.
    private struct Fingerprint: Equatable {
        var files: [String: [String]] = [:]

        init(_ folder: String) {
            for path in (try? RuleFolder.paths(folder: folder)) ?? [] {
                let found = try? FileManager.default.attributesOfItem(atPath: path)
                let date = found?[.modificationDate] as? Date
                files[path] = [
                    "\(date?.timeIntervalSince1970 ?? 0)", "\(found?[.size] ?? 0)",
                    "\(found?[.systemFileNumber] ?? 0)",
                ]
            }
        }
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var last = Fingerprint(folder)
            var isPending = false
            while !Task.isCancelled {
                do { try await Task.sleep(for: RuleWatcher.pause) } catch { return }
                let now = Fingerprint(folder)
                defer { last = now }
                guard now == last else {
                    // Whoever saves several files is let finish.
                    isPending = true
                    continue
                }
                guard isPending else { continue }
                isPending = false
                await look()
            }
        }
    }

    private func look() async {
        do throws(APIError) {
            let checked = try await onThread { [folder] () throws(RuleFolderError) in
                try RuleFolder.check(folder: folder)
            }
            guard let proposed = checked.proposed else {
                Console.note(String(checked.rendered.dropLast()))
                Console.warn(
                    "the changed rules have \(counted(checked.errorCount, "error")); those in force "
                        + "go on"
                )
                return
            }
            let plan = try await queries.plan(proposed, days: 0)
            let changing = plan.segments.filter { $0.kind != .unchanged }
            if !applies {
                Console.out(
                    "rules changed: \(counted(changing.count, "segment")) would change; put them in "
                        + "force with: segmentd apply --plan \(hexadecimal(plan.hash))"
                )
                RuleWatcher.show(
                    changing.map { ($0.kind.rawValue, $0.name, $0.entered, $0.exited) }
                )
                return
            }
            let note = RuleChangeNote(author: "watch", reason: "rule files changed")
            let applied = try await queries.apply(proposed, note, plan: plan.hash, nil)
            guard applied.isChanged else {
                Console.out("the rule files say again what is in force")
                return
            }
            Console.out(
                "rules changed: \(counted(changing.count, "segment")), in force since "
                    + "\(applied.at) (entry \(applied.sequence))"
            )
            RuleWatcher.show(
                applied.changes.map { ($0.kind.rawValue, $0.segment, $0.entered, $0.exited) }
            )
        } catch {
            Console.warn("the changed rules are not looked at: \(error.message)")
        }
    }

    private static func show(_ changes: [(kind: String, name: String, entered: Int, exited: Int)]) {
        for change in changes.prefix(Daemon.changesShownMax) {
            Console.out(
                "  \(change.kind) \(change.name): \(grouped(change.entered)) in, "
                    + "\(grouped(change.exited)) out"
            )
        }
        let rest = changes.count - Daemon.changesShownMax
        if rest > 0 { Console.out("  and \(counted(rest, "more segment"))") }
    }
}
