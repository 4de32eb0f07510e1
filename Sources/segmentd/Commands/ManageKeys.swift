internal import ArgumentParser
internal import EventStore
internal import EventWire
internal import Foundation
internal import Materializer
internal import SegmentServer

/// `segmentd keys`: who is let in over the network.
struct ManageKeys: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Lists, makes and revokes API keys; asks the daemon where one runs.",
        discussion: """
              segmentd keys create --scope ingest --name shop
              segmentd keys
              segmentd keys revoke shop

            As soon as there is a key, requests over the network need one, as 'Authorization: \
            Bearer KEY': ingest to send people and events, read to ask, admin for everything. \
            Commands on this machine go over the data directory's socket and need none.
            """,
        subcommands: [ListKeys.self, CreateKey.self, RevokeKey.self],
        defaultSubcommand: ListKeys.self
    )

    /// The daemon that has the directory; nil where none runs.
    static func daemon(of data: String) async throws(CommandFailure) -> RemoteDoor? {
        guard FileManager.default.fileExists(atPath: data) else { return nil }
        return try await Doors.daemon(of: data)
    }

    static func offline<Value>(
        _ body: () throws(DaemonError) -> Value
    ) throws(CommandFailure) -> Value {
        do throws(DaemonError) { return try body() } catch {
            throw CommandFailure(error.description)
        }
    }
}

struct ListKeys: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists API keys, without their secrets."
    )

    @OptionGroup var read: ReadOptions

    func run() async throws {
        let data = try read.data
        let keys: [KeyView]
        if let door = try await ManageKeys.daemon(of: data) {
            keys = try await door.keys().keys
        } else if FileManager.default.fileExists(atPath: data) {
            keys = try ManageKeys.offline { () throws(DaemonError) in
                KeyList(try Keys.all(of: data)).keys
            }
        } else {
            keys = []
        }
        if read.json {
            Console.out(json: keys)
            return
        }
        var table = Table([
            Column("ID"), Column("NAME"), Column("SCOPES"), Column("CREATED", widthMin: 24),
        ])
        table.print(
            keys.map { [$0.id, $0.name, $0.scopes.joined(separator: ", "), $0.createdAt] }
        )
        if keys.isEmpty { Console.note("No keys. Make one with: segmentd keys create") }
    }
}

struct CreateKey: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Makes an API key and prints it, this once."
    )

    @Option(
        name: .long,
        help: ArgumentHelp(
            "What it is good for: ingest, read, admin; may stand several times.",
            valueName: "scope"
        )
    )
    var scope: [String]

    @Option(name: .long, help: "What to call it. (default: its scopes)")
    var name: String?

    @OptionGroup var read: ReadOptions

    func run() async throws {
        let request = KeyRequest(name: name, scopes: scope)
        let view: KeyView
        if let door = try await ManageKeys.daemon(of: read.data) {
            view = try await door.create(key: request)
        } else {
            view = try CreateKey.offline(request, read.data)
        }
        if read.json {
            Console.out(json: [view])
        } else {
            let scopes = view.scopes.joined(separator: ", ")
            Console.out("\(view.name) (\(scopes)): \(view.key ?? "")")
            Console.note("The key is shown this once; only its hash is kept.")
        }
    }

    private static func offline(
        _ request: KeyRequest,
        _ data: String
    ) throws(CommandFailure) -> KeyView {
        let (name, scopes): (String, APIKey.Scopes)
        do throws(APIError) {
            (name, scopes) = try request.checked()
        } catch {
            throw CommandFailure(error)
        }
        let (key, text) = KeyRing.random(name: name, scopes: scopes, at: ClockSource.system.wall())
        try ManageKeys.offline { () throws(DaemonError) in try Keys.put(key, in: data) }
        return KeyView(key, text: text)
    }
}

struct RevokeKey: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Lets nobody in with a key any more, from now on."
    )

    @Argument(help: "The key's id, or its name.")
    var key: String
    @OptionGroup var read: ReadOptions

    func run() async throws {
        let data = try read.data
        let revoked: KeyView
        if let door = try await ManageKeys.daemon(of: data) {
            revoked = try await door.revoke(key: key)
        } else {
            let all = try ManageKeys.offline { () throws(DaemonError) in
                try Keys.all(of: data)
            }
            let found: APIKey
            do throws(APIError) {
                found = try KeyRing.find(key, among: all)
            } catch {
                throw CommandFailure(error)
            }
            try ManageKeys.offline { () throws(DaemonError) in
                try Keys.remove(found, from: data)
            }
            revoked = KeyView(found)
        }
        if read.json {
            Console.out(json: [revoked])
        } else {
            Console.out("\(printable(revoked.name)) (\(revoked.id)) is revoked")
        }
    }
}
