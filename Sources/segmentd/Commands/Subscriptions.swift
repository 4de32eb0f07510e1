internal import ArgumentParser
internal import EventWire
internal import Foundation
internal import SegmentServer

/// `segmentd subscriptions`: who is sent transitions.
struct Subscriptions: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "subscriptions",
        abstract: "Lists and changes who is sent transitions; asks the running daemon.",
        discussion: """
              segmentd subscriptions
              segmentd subscriptions create https://example.com/hooks --segment cart_abandoners
              segmentd subscriptions pause sub-1
              segmentd subscriptions dead-letters sub-1
              segmentd subscriptions redrive sub-1

            Each is served by itself: one that is dead holds up no other.
            """,
        subcommands: [
            ListSubscriptions.self, CreateSubscription.self, PauseSubscription.self,
            ResumeSubscription.self, DeleteSubscription.self, ListDeadLetters.self, ListGaps.self,
            RedriveDeadLetters.self, RotateSecret.self, RetireSecret.self,
        ],
        defaultSubcommand: ListSubscriptions.self
    )

    /// The daemon that has the directory.
    static func door(_ data: String) async throws(CommandFailure) -> RemoteDoor {
        guard let door = try await Doors.daemon(of: data) else {
            throw CommandFailure(
                "no daemon has the data directory \(printable(data)): subscriptions are changed "
                    + "through one that runs. Start it with 'segmentd serve'"
            )
        }
        return door
    }
}

/// One subscription, in a command's arguments.
struct SubscriptionName: ParsableArguments {
    @Argument(help: "The subscription's name.")
    var name: String
    @OptionGroup var read: ReadOptions

    /// Has the daemon do something with it.
    func post(_ action: String, after: String? = nil) async throws -> SubscriptionView {
        let query = after.map { "?after=\(percentEncoded($0))" } ?? ""
        return try await Subscriptions.door(read.data).change(subscription: name, action + query)
    }

    /// Shows what became of it.
    func show(_ view: SubscriptionView, _ words: String) {
        if read.json { Console.out(json: [view]) } else { Console.out("\(view.name): \(words)") }
    }
}

struct ListSubscriptions: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists subscriptions, and how each stands."
    )

    @OptionGroup var read: ReadOptions

    func run() async throws {
        let list = try await Subscriptions.door(read.data).subscriptions()
        if read.json {
            Console.out(json: list.subscriptions)
            return
        }
        var table = Table([
            Column("NAME"), Column("STATE", widthMin: 6), Column("SEGMENTS"),
            Column("WAITING", isNumber: true), Column("HELD", isNumber: true),
            Column("DEAD", isNumber: true), Column("URL"),
        ])
        table.print(
            list.subscriptions.map { view in
                [
                    view.name, view.state, view.segments?.joined(separator: ", ") ?? "all",
                    view.backlog.map { grouped($0) } ?? "-", grouped(view.held),
                    grouped(view.deadLetters), view.url,
                ]
            }
        )
        if list.subscriptions.isEmpty {
            Console.note("No subscriptions yet. Make one with: segmentd subscriptions create URL")
        }
    }
}

struct CreateSubscription: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract:
            "Has transitions sent to a URL from now on, and prints the secret that signs them.",
        discussion: """
            The secret is shown this once. Requests are signed by the Standard Webhooks \
            specification.

              segmentd subscriptions create https://example.com/hooks
              segmentd subscriptions create https://example.com/hooks --name mail \\
                --segment cart_abandoners --kind entered --start start
            """
    )

    @Argument(help: "Where to send to: an http or https URL.")
    var url: String

    @Option(name: .long, help: "What to call it. (default: sub-1 and so on)")
    var name: String?

    @OptionGroup var choice: ChoiceOptions

    @Flag(name: .long, help: "Also what is not announced, such as the effects of an import.")
    var unannounced = false

    @Flag(name: .long, help: "No exits that end a membership whose entry was not announced.")
    var noExitsOfUnannounced = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Begin behind this cursor, or with 'start' or 'now'. (default: now)",
            valueName: "cursor"
        )
    )
    var start: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A further field of each request; may stand several times.",
            valueName: "name: value"
        )
    )
    var header: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp("A file with the secret to sign with. (default: a new one)")
    )
    var secretFile: String?

    @Flag(name: .long, help: "First send who is a member now, and then what changes.")
    var includeMembers = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "An attribute of people to tell of; may stand several times.",
            valueName: "name"
        )
    )
    var attribute: [String] = []

    @Option(name: .long, help: "Transitions of one request at most, 1 to 100. (default: 1)")
    var batch: Int?

    @Option(name: .long, help: "Requests on their way at one time, 1 to 64. (default: 8)")
    var concurrency: Int?

    @OptionGroup var read: ReadOptions

    func run() async throws {
        let view = try await Subscriptions.door(read.data).create(subscription: try body())
        if read.json {
            Console.out(json: [view])
            return
        }
        Console.out("\(view.name): transitions are sent to \(view.url)")
        if let secret = view.secret {
            Console.out("secret, shown this once: \(secret)")
        }
        if let note = view.note { Console.note(note) }
    }

    private func body() throws(CommandFailure) -> [UInt8] {
        var fields: [(String, String)] = []
        for text in header {
            guard let colon = text.firstIndex(of: ":") else {
                throw CommandFailure(
                    "--header '\(printable(text, charactersMax: 60))' has no colon; give one such as "
                        + "--header 'X-Tenant: shop'"
                )
            }
            let value = text[text.index(after: colon)...].drop { $0 == " " }
            fields.append((String(text[..<colon]), String(value)))
        }
        let secret = try secretFile.map { path throws(CommandFailure) in
            try CreateSubscription.secret(path)
        }
        var json = JSONWriter()
        json.object { json in
            json.field("url", url)
            json.field("name", ifPresent: name)
            for (name, values) in [
                ("segments", choice.segment), ("kinds", choice.kind), ("causes", choice.cause),
                ("attributes", attribute),
            ] where !values.isEmpty {
                json.array(name) { for value in values { $0.item(value) } }
            }
            json.field("unannounced", unannounced)
            json.field("exitsOfUnannounced", !noExitsOfUnannounced)
            json.field("start", ifPresent: start)
            json.field("secret", ifPresent: secret)
            if includeMembers { json.field("includeMembers", true) }
            if let batch { json.field("batch", batch) }
            if let concurrency { json.field("concurrency", concurrency) }
            if !fields.isEmpty {
                json.object("headers") { for (name, value) in fields { $0.field(name, value) } }
            }
        }
        return json.bytes
    }

    private static func secret(_ path: String) throws(CommandFailure) -> String {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandFailure(
                "cannot read the secret from \(printable(path)); check that it is a file and who may "
                    + "read it"
            )
        }
        return String(decoding: data.prefix(4_096), as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

struct PauseSubscription: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Has nothing sent for now; nothing is lost."
    )

    @OptionGroup var subscription: SubscriptionName

    func run() async throws {
        subscription.show(try await subscription.post("pause"), "paused; nothing is lost meanwhile")
    }
}

struct ResumeSubscription: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Has deliveries go on where they were, also after a 410.",
        discussion: """
            After a suspension, say where to go on: what was missed may be old.

              segmentd subscriptions resume sub-1 --after missed
              segmentd subscriptions resume sub-1 --after members
            """
    )

    @OptionGroup var subscription: SubscriptionName

    @Option(
        name: .long,
        help: ArgumentHelp(
            """
            Where to go on: 'missed' for where it was, 'now', 'members' for who is a member now \
            and what changes then, 'start', or behind a cursor. (default: missed, but none after a \
            suspension)
            """,
            valueName: "place"
        )
    )
    var after: String?

    func run() async throws {
        let view = try await subscription.post("resume", after: after)
        let place = view.cursor ?? "the first transition"
        subscription.show(
            view,
            after == "members"
                ? "present members are sent first, and then what changes"
                : "deliveries go on from \(place)"
        )
    }
}

struct ListGaps: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gaps",
        abstract: "Lists what a subscription was not sent and will not be, from where to where."
    )

    @OptionGroup var subscription: SubscriptionName

    func run() async throws {
        let door = try await Subscriptions.door(subscription.read.data)
        let gaps = try await door.gaps(of: subscription.name).gaps
        if subscription.read.json {
            Console.out(json: gaps)
            return
        }
        var table = Table([
            Column("AFTER"), Column("THROUGH"), Column("RECORDED", widthMin: 24), Column("REASON"),
        ])
        table.print(
            gaps.map { [$0.after ?? "the start", $0.through ?? "open", $0.recordedAt, $0.reason] }
        )
        if gaps.isEmpty { Console.note("No gaps.") }
    }
}

struct DeleteSubscription: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Removes a subscription with its dead letters."
    )

    @OptionGroup var subscription: SubscriptionName

    func run() async throws {
        try await Subscriptions.door(subscription.read.data).delete(subscription: subscription.name)
        Console.out("\(printable(subscription.name)) is deleted")
    }
}

struct ListDeadLetters: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead-letters",
        abstract: "Lists deliveries that were given up, and why."
    )

    @OptionGroup var subscription: SubscriptionName
    @OptionGroup var range: RangeOptions

    func run() async throws {
        let door = try await Subscriptions.door(subscription.read.data)
        var table = Table([
            Column("AT", widthMin: 24), Column("SEGMENT"), Column("PERSON ID", isNumber: true),
            Column("ATTEMPTS", isNumber: true), Column("GIVEN UP", widthMin: 24), Column("REASON"),
        ])
        var after: String?
        var shown = 0
        while let wanted = range.nextPage(after: shown) {
            let page = try await door.deadLetters(
                of: subscription.name,
                after: after,
                limit: wanted
            )
            after = page.next
            shown += page.deadLetters.count
            if subscription.read.json {
                Console.out(json: page.deadLetters)
            } else {
                table.print(
                    page.deadLetters.map { letter in
                        [
                            letter.at, letter.segment, String(letter.personID),
                            String(letter.attempts), letter.since, letter.reason,
                        ]
                    }
                )
            }
            if page.deadLetters.count < wanted { break }
        }
        if shown == 0, !subscription.read.json { Console.note("No dead letters.") }
    }
}

struct RedriveDeadLetters: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redrive",
        abstract: "Has dead letters delivered again, the eldest first."
    )

    @OptionGroup var subscription: SubscriptionName
    @OptionGroup var range: RangeOptions

    func run() async throws {
        let door = try await Subscriptions.door(subscription.read.data)
        var count = 0
        while let wanted = range.nextPage(after: count) {
            let redriven = try await door.redrive(subscription.name, limit: wanted)
            count += redriven
            if redriven < wanted { break }
        }
        Console.out(
            "\(counted(count, "dead letter")) of \(printable(subscription.name)) on the way again"
        )
    }
}

struct RotateSecret: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate-secret",
        abstract: "Makes a new secret; the one before goes on signing beside it."
    )

    @OptionGroup var subscription: SubscriptionName

    func run() async throws {
        let view = try await subscription.post("rotate-secret")
        subscription.show(
            view,
            "signed with both secrets now. The new one, shown this once: \(view.secret ?? "")"
        )
    }
}

struct RetireSecret: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retire-secret",
        abstract: "Has the newest secret alone sign, once receivers know it."
    )

    @OptionGroup var subscription: SubscriptionName

    func run() async throws {
        subscription.show(try await subscription.post("retire-secret"), "signed with one secret")
    }
}
