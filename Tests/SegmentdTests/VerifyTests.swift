import EventModel
import EventStore
import Foundation
import Testing

/// `segmentd verify` on the real process: equal where nothing is wrong, and the first difference where
/// something was planted.
@Suite struct VerifyTests {
    private func fill(_ bench: Bench, _ rounds: Int) async throws -> DaemonProcess {
        let daemon = try await DaemonProcess(
            bench.launch(.faults, bench.serving(.faults) + ["--checkpoint-entries", "100"])
        )
        var traffic = Traffic(client: 1, seed: 5)
        for _ in 0..<rounds {
            let entries = traffic.next(entriesMax: 20)
            let body = "{\"batch\":[\(entries.map(\.json).joined(separator: ","))]}"
            try await daemon.api.ingest("/v1/batch?wait=evaluated", body)
        }
        return daemon
    }

    private func verify(_ bench: Bench) async throws -> Finished {
        try await bench.run("verify", "--data", bench.data)
    }

    @Test func whatWasRecordedIsEqualBesideADaemonAndWithoutOne() async throws {
        try await Bench.use(Traffic.rules) { bench in
            let daemon = try await fill(bench, 60)
            let beside = try await verify(bench)
            #expect(beside.ending == .exit(0), "\(beside.errors)")
            #expect(beside.output.contains("recorded transitions are what they give"))
            #expect(beside.output.contains("and so is what the checkpoint behind entry"))
            #expect(try await daemon.stop() == .exit(0))
            let alone = try await verify(bench)
            #expect(alone.ending == .exit(0), "\(alone.errors)")
            #expect(alone.output.contains("people."))
            let json = try await bench.run("verify", "--data", bench.data, "--json")
            #expect(json.output.contains(#""state":"equal""#))
        }
    }

    @Test func aPlantedTransitionIsFoundAndExplained() async throws {
        try await Bench.use(Traffic.rules) { bench in
            #expect(try await fill(bench, 30).stop() == .exit(0))
            do {
                let directory = try DataDirectory(path: bench.data)
                let log = try EventLog(directory: directory.log, newID: "")
                let state = try StateStore(directory: directory.state, logID: log.id)
                var last: Transition?
                try state.scan(after: nil) { transition in
                    last = transition
                    return true
                }
                var planted = try #require(last)
                planted.at = planted.at + TimeSpan(milliseconds: 1)
                planted.segment = "zzz"
                try state.commit(
                    [planted],
                    applied: AppliedMark(
                        sequence: try log.lastSequence(),
                        instant: planted.at
                    )
                )
            }
            let found = try await verify(bench)
            #expect(found.ending == .exit(1))
            #expect(found.errors.contains("Recorded: person"))
            #expect(found.errors.contains("'zzz'"))
            #expect(found.errors.contains("remove the folder state/"))
        }
    }

    /// What a checkpoint knows wrongly is found though its checksums are right: here it was written under a
    /// log that said something else.
    @Test func aCheckpointThatKnowsSomethingElseIsFound() async throws {
        try await Bench.use("segment carts when added_to_cart in last 7 days") { bench in
            #expect(try await fill(bench, 30).stop() == .exit(0))
            let path = bench.data + "/state/checkpoint"
            try Forgery.turnAMember(path)
            let found = try await verify(bench)
            #expect(found.ending == .exit(1))
            #expect(found.errors.contains("the checkpoint behind entry"), "\(found.errors)")
            #expect(found.errors.contains("in segment 'carts' by the log"), "\(found.errors)")
        }
    }

    @Test func anExpectationThatACheckpointHasWronglyIsFound() async throws {
        let rules = """
            segment carts
              when added_to_cart in last 7 days
              expect at least 100 entries in 1 day
            """
        try await Bench.use(rules) { bench in
            #expect(try await fill(bench, 30).stop() == .exit(0))
            #expect(try await verify(bench).ending == .exit(0))
            try Forgery.turnALastNumber(bench.data + "/state/checkpoint")
            let found = try await verify(bench)
            #expect(found.ending == .exit(1))
            #expect(found.errors.contains("in what expectations know"), "\(found.errors)")
        }
    }

    @Test func aDirectoryThatIsNotThereIsNamed() async throws {
        try await Bench.use { bench in
            let found = try await verify(bench)
            #expect(found.ending == .exit(1))
            #expect(found.errors.contains("there is no data directory"))
        }
    }
}

/// Changes a checkpoint file so that its checksums still hold.
enum Forgery {
    /// Turns the first bit of the memberships of the first person: behind five words of numbers and one of conditions.
    static func turnAMember(_ path: String) throws { try turn(path, word: 6, ofKind: 2) }

    /// Turns the last bit of the last of the numbers, which is what expectations know where there are any.
    static func turnALastNumber(_ path: String) throws { try turn(path, word: -1, ofKind: 1) }

    private static func turn(_ path: String, word: Int, ofKind kind: UInt8) throws {
        let url = URL(fileURLWithPath: path)
        var bytes = [UInt8](try Data(contentsOf: url))
        // Behind the magic: a block is sum, number, kind and count of 4 bytes each, then its words.
        var offset = 8
        while offset < bytes.count {
            let count = (0..<4).reduce(0) { $0 | Int(bytes[offset + 12 + $1]) << (8 * $1) }
            let end = offset + 16 + count * 8
            if bytes[offset + 8] == kind {
                bytes[offset + 16 + (word < 0 ? count + word : word) * 8] ^= 1
                let sum = crc32c(bytes[(offset + 4)..<end])
                for index in 0..<4 {
                    bytes[offset + index] = UInt8(truncatingIfNeeded: sum >> UInt32(8 * index))
                }
                break
            }
            offset = end
        }
        try Data(bytes).write(to: url)
    }

    /// CRC-32C, a bit at a time.
    private static func crc32c(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
        }
        return ~crc
    }
}
