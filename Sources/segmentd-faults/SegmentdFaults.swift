internal import Foundation
internal import Materializer
internal import SegmentServer

/// The daemon with a fault in it, on which the crash test must fail: `segmentd-faults DATA RULES
/// HOST:PORT`.
///
/// It answers before the commit. Where it listens and what it reads is said by position, so that
/// the flags of `segmentd serve` stay in one place.
@main
enum SegmentdFaults {
    static func main() async {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let listen = try? ListenAddress(arguments[3]) else {
            Console.error("usage: segmentd-faults DATA RULES HOST:PORT")
            exit(2)
        }
        var partition = PartitionOptions(dataDirectory: arguments[1])
        partition.hooks.answersBeforeCommit = true
        do throws(DaemonError) {
            try await Daemon.run(
                DaemonOptions(partition: partition, rulesFolder: arguments[2], listen: listen)
            )
        } catch {
            Console.error(error.description)
            exit(1)
        }
    }
}
