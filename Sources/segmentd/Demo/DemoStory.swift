internal import AsyncHTTPClient
internal import EventModel
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import SegmentServer

/// Sends what happens in the shop to the daemon, and tells what came of it, line by line.
struct DemoStory {
    private static let answerTimeMax = TimeAmount.seconds(30)

    let shop: DemoShop
    let clock: DemoClock
    let socket: String
    /// Between two lines.
    let pause: Duration
    private let door: RemoteDoor
    private var cursor: String?
    private var rows: [TransitionView] = []
    private var sent = 0

    init(_ shop: DemoShop, _ clock: DemoClock, socket: String, pause: Duration) {
        self.shop = shop
        self.clock = clock
        self.socket = socket
        self.pause = pause
        door = RemoteDoor(socket: socket)
    }

    /// Waits for the daemon, then tells the story to its end.
    mutating func tell() async throws {
        while await !door.answers() { try await Task.sleep(for: .milliseconds(50)) }
        Console.out("")
        Console.out("The shop's rules:")
        Console.out("")
        for line in DemoShop.rules.split(separator: "\n", omittingEmptySubsequences: false) {
            Console.out("    \(line)")
        }
        Console.out("")
        Console.out("Three days in the shop. Lines that begin with a time say what happens;")
        Console.out("those with an arrow are what segmentd makes of it.")
        Console.out("")
        var crowd = (events: 0, day: 0)
        for step in shop.steps {
            if step.minute / 1_440 > crowd.day {
                try await endDay(&crowd)
                crowd = (0, step.minute / 1_440)
            }
            clock.jump(to: .minutes(Int64(step.minute)))
            if let line = step.line {
                // What time alone did to others before this line belongs to them.
                if step.entry != nil { try await takeTransitions(shows: DemoStory.isOfStory) }
                try await Task.sleep(for: pause)
                Console.out("\(DemoStory.text(clock.now))  \(line)")
            }
            if let entry = step.entry {
                try await send(entry)
                if step.line == nil { crowd.events += 1 }
            }
            if step.line != nil { try await takeTransitions(shows: DemoStory.isOfStory) }
        }
        try await endDay(&crowd)
        clock.becomeOrdinary()
        try await takeTransitions(shows: DemoStory.isOfStory)
        try await sumUp()
    }

    // MARK: - Sending and reading

    private mutating func send(_ entry: String) async throws {
        sent += 1
        let url = "http+unix://\(percentEncoded(socket))/v1/batch?wait=evaluated"
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.body = .bytes(ByteBuffer(string: "{\"batch\":[\(timed(entry))]}"))
        let answer = try await HTTPClient.shared.execute(
            request,
            timeout: DemoStory.answerTimeMax
        )
        let body = String(buffer: try await answer.body.collect(upTo: 1 << 20))
        guard answer.status == .ok, !body.contains("\"invalid\"") else {
            throw CommandFailure("the daemon did not take the demo's entry \(entry): \(body)")
        }
    }

    /// Puts in when a late entry happened.
    private func timed(_ entry: String) -> String {
        guard let mark = entry.range(of: "MINUTES-") else { return entry }
        let rest = entry[mark.upperBound...]
        guard let minutes = Int64(rest.prefix { $0.isNumber }) else { return entry }
        let at = clock.now - .minutes(minutes)
        return entry.replacingOccurrences(of: "MINUTES-\(minutes)", with: at.rfc3339)
    }

    /// Reads what was recorded since, and shows what is to be shown.
    private mutating func takeTransitions(
        shows: (TransitionView) -> Bool
    ) async throws {
        // Asking the daemon wakes it, so that it sees how late it has become; deadlines that are due are
        // dealt with when the entries up to it are.
        var status = try await door.segments()
        while true {
            let page = try await door.transitions(after: cursor, limit: 1_000)
            for row in page.transitions where row.kind == "transition" {
                rows.append(row)
                if shows(row) { try await show(row) }
            }
            cursor = page.next ?? cursor
            let again = try await door.segments()
            if page.transitions.isEmpty, again == status { return }
            status = again
        }
    }

    private func show(_ row: TransitionView) async throws {
        let at = Instant(rfc3339: row.at).map(DemoStory.text) ?? row.at
        let isIn = row.direction == "entered"
        let why =
            switch row.cause {
            case "time": "time alone, to the millisecond; no event said so"
            case "merge": "two became one person"
            case "attribute": "what is known of the person"
            default: "the event, entry \(row.sequence ?? 0) of the log"
            }
        try await Task.sleep(for: pause / 2)
        Console.out(
            "    → \(at)  \(DemoStory.name(row)) \(isIn ? "enters" : "leaves") \(row.segment ?? "")  (\(why))"
        )
    }

    // MARK: - Words

    private mutating func endDay(_ crowd: inout (events: Int, day: Int)) async throws {
        try await takeTransitions(shows: DemoStory.isOfStory)
        Console.out(
            "            Meanwhile \(crowd.events) events of forty other shoppers; "
                + "\(rows.count { $0.cause == "time" }) exits and entries by time alone so far"
        )
    }

    private func sumUp() async throws {
        let status = try await door.status()
        Console.out("")
        Console.out(
            "\(sent) events sent, \(status.duplicates) of them repeats that count for nothing; "
                + "\(status.people) people; \(rows.count) transitions:"
        )
        var table = Table([
            Column("SEGMENT", widthMin: 14), Column("ENTERED", isNumber: true),
            Column("LEFT", isNumber: true), Column("BY TIME", isNumber: true),
            Column("IN IT NOW", isNumber: true),
        ])
        table.print(
            try await door.segments().segments.map { segment in
                let own = rows.filter { $0.segment == segment.name }
                return [
                    segment.name, "\(own.count { $0.direction == "entered" })",
                    "\(own.count { $0.direction == "exited" })",
                    "\(own.count { $0.cause == "time" })", "\(segment.members)",
                ]
            }
        )
    }

    private static func isOfStory(_ row: TransitionView) -> Bool {
        !row.identifiers.contains { $0.value.hasPrefix("crowd-") || $0.value.hasPrefix("shopper-") }
    }

    private static func name(_ row: TransitionView) -> String {
        row.person.map { $0.prefix(1).uppercased() + $0.dropFirst() }
            ?? row.identifiers.first?.value ?? "person \(row.personID ?? 0)"
    }

    /// Day of the week and time, in UTC.
    private static func text(_ instant: Instant) -> String {
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let minutes = instant.milliseconds / 60_000
        let (hour, minute) = (minutes / 60 % 24, minutes % 60)
        let clock = (hour < 10 ? "0" : "") + "\(hour):" + (minute < 10 ? "0" : "") + "\(minute)"
        return "\(days[Int(minutes / 1_440 % 7)]) \(clock)"
    }
}
