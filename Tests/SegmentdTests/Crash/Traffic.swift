import SegmentTesting

/// One client's entries, by its seed: carts, orders and views, anonymous and known, identities that
/// join, and repeats.
struct Traffic {
    /// An entry to send, and to send again if it is not answered.
    struct Entry: Sendable {
        var messageID: String
        var json: String
    }

    private let client: Int
    private var random: SeededGenerator
    private var sent: [Entry] = []
    private var count = 0

    /// Windows so short that time alone moves people between any two kills.
    static let rules = """
        segment live_cart
          when added_to_cart in last 300ms
        segment stale_cart
          when added_to_cart in last 700ms and no order_placed in last 500ms
        segment busy
          when at least 3 event in last 150ms
        segment silent
          when no any event in last 450ms
        segment two_views
          when exactly 2 product_viewed in last 350ms
        segment big_spender
          when at least 2 order_placed where (total >= 50) in last 1s
        segment pro_without_order
          when person.plan = "pro" and no order_placed in last 600ms
        \(counted.map { "segment \($0.segment) when at least \($0.count) order_placed" }
            .joined(separator: "\n"))
        """

    /// Segments of all who placed so many orders, which show any order that counts twice.
    static let counted = [1, 2, 4, 8, 16, 32, 64, 128].map { (segment: "orders_\($0)", count: $0) }
    /// What the names of people begin with who are one `user` and nothing else, so that their
    /// orders can be counted without knowing about identity.
    static let plainPrefix = "plain-"

    init(client: Int, seed: UInt64) {
        self.client = client
        random = SeededGenerator(seed: seed &+ UInt64(client))
    }

    /// The next request's entries.
    mutating func next(entriesMax: Int) -> [Entry] {
        (0..<Int.random(in: 1...entriesMax, using: &random)).map { _ in entry() }
    }

    private mutating func entry() -> Entry {
        // A sender that repeats itself although it was answered.
        if !sent.isEmpty, chance(12) { return sent[Int.random(in: sent.indices, using: &random)] }
        count += 1
        let messageID = "c\(client)-\(count)"
        let entry = Entry(
            messageID: messageID,
            json: "{\"messageId\":\"\(messageID)\",\(identifiersAndContent())}"
        )
        sent.append(entry)
        return entry
    }

    private mutating func identifiersAndContent() -> String {
        // Users whom all clients speak of for a while, and devices of few entries: new ones join all
        // the time, and nobody's history grows with the length of the run.
        let number = count / 10 + Int.random(in: 0..<50, using: &random)
        let user = "\"userId\":\"user-\(number)\""
        let device = "\"anonymousId\":\"device-\(client)-\(count / 10)\""
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<25:
            // Some order much more often than others, so that every threshold parts them.
            let people = Int.random(in: 1...600, using: &random)
            let plain = "\(Traffic.plainPrefix)\(Int.random(in: 0..<people, using: &random))"
            return "\"userId\":\"\(plain)\",\(order())"
        case 25..<45: return "\(device),\(view())"
        case 45..<55: return "\(device),\(cart)"
        case 55..<70: return "\(user),\(cart)"
        case 70..<80: return "\(user),\(order())"
        case 80..<88: return "\(user),\(view())"
        case 88..<94: return "\(user),\(device),\"type\":\"identify\",\"traits\":{}"
        default:
            let plan = chance(50) ? "pro" : "free"
            return "\(user),\"type\":\"identify\",\"traits\":{\"plan\":\"\(plan)\"}"
        }
    }

    private let cart = "\"type\":\"track\",\"event\":\"added_to_cart\""

    private mutating func order() -> String {
        "\"type\":\"track\",\"event\":\"order_placed\","
            + "\"properties\":{\"total\":\(Int.random(in: 1...99, using: &random)).50}"
    }

    private mutating func view() -> String {
        "\"type\":\"track\",\"event\":\"product_viewed\","
            + "\"properties\":{\"sku\":\"sku-\(Int.random(in: 0..<500, using: &random))\"}"
    }

    private mutating func chance(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &random) < percent
    }
}
