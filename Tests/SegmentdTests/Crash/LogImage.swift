import EventModel
import EventStore

/// What the log of a data directory holds, read by the test itself.
struct LogImage {
    /// Per entry its message id, empty where it has none; the entry of sequence 1 first.
    private(set) var messageIDs: [String] = []
    /// The entries in which each message id stands, in order.
    private(set) var places: [String: [UInt64]] = [:]
    /// How many orders each plain user placed, each message id counted once.
    private(set) var orders: [String: Int] = [:]
    /// Where sequences are not dense, or log time goes back.
    private(set) var faults: [String] = []
    /// How many entries say that time has passed.
    private(set) var ticks = 0
    /// The id of the log.
    private(set) var logID = ""
    /// The recorded transitions, in the order of their cursors.
    private(set) var transitions: [Transition] = []

    /// Reads the directory, which no process may have.
    init(_ path: String) throws {
        let directory = try DataDirectory(path: path)
        let log = try EventLog(directory: directory.log, newID: "made by a test")
        logID = log.id
        try read(log)
        let state = try StateStore(directory: directory.state, logID: log.id)
        var recorded: [Transition] = []
        try state.scan(after: nil) { transition in
            recorded.append(transition)
            return true
        }
        transitions = recorded
        withExtendedLifetime(directory) {}
    }

    private mutating func read(_ log: EventLog) throws {
        var last = Instant.distantPast
        var orderers: [(user: IdentifierID, event: SymbolID)] = []
        var image = self
        try log.scan(from: SequenceNumber(1)) { head, bytes in
            let sequence = UInt64(image.messageIDs.count) + 1
            if head.sequence.rawValue != sequence {
                image.faults.append("entry \(head.sequence) stands at place \(sequence)")
            }
            if head.receivedAt < last { image.faults.append("log time goes back at \(sequence)") }
            last = head.receivedAt
            image.ticks += head.kind == .tick ? 1 : 0
            let id = String(decoding: head.messageID.map { bytes[$0] }, as: UTF8.self)
            image.messageIDs.append(id)
            guard !id.isEmpty else { return true }
            if image.places[id, default: []].isEmpty, head.kind == .track,
                head.identifiers.count == 1
            {
                orderers.append((head.identifiers[0].id, head.event))
            }
            image.places[id, default: []].append(head.sequence.rawValue)
            return true
        }
        var names: [IdentifierID: String] = [:]
        var events: [SymbolID: String] = [:]
        for (user, event) in orderers {
            let name = try names[user] ?? (try log.identifier(user)?.text ?? "")
            names[user] = name
            let what = try events[event] ?? (try log.text(of: event) ?? "")
            events[event] = what
            if what == "order_placed", name.hasPrefix(Traffic.plainPrefix) {
                image.orders[name, default: 0] += 1
            }
        }
        self = image
    }
}
