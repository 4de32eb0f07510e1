internal import EventModel

/// What happens in the demo's shop over three days, by a seed: the same one gives the same story.
struct DemoShop {
    /// Something that the shop's site, app or till sends.
    struct Step {
        /// When it is sent, in minutes after the start.
        var minute: Int
        /// A line for whoever looks on; nil for shoppers of the crowd.
        var line: String?
        /// What is sent, as one entry of `POST /v1/batch`; nil where only time passes.
        var entry: String?
    }

    /// The rules that the shop runs on.
    static let rules = """
        event product_viewed
          sku text

        # The app has another name for it.
        event added_to_cart also known as add_to_cart
          sku text

        # An order counts once, however often the till sends it.
        event order_completed unique by order_id
          total number

        attribute email text

        segment cart_open "Cart, and no order yet"
          when added_to_cart in last 2 hours
            and no order_completed in last 2 hours

        segment customers "Has ordered"
          when at least 1 order_completed

        segment big_spenders "100 or more in a month"
          when sum of order_completed.total in last 30 days >= 100

        segment reachable "May be written to"
          when person.email is set

        segment gone_quiet "Nothing for a day"
          when any event and no any event in last 1 day
        """

    private static let day = 24 * 60
    private static let lamps = ["desk lamp", "floor lamp", "string of lights", "night light"]
    private static let names = ["Ann", "Bea", "Eva", "Ida", "Lea", "Mia", "Nora", "Zoe"]

    private var random: SplitMix
    /// What the person of the story is called in the end.
    let user: String
    /// Everything, in the order in which it is sent.
    let steps: [Step]

    init(seed: UInt64) {
        random = SplitMix(state: seed)
        let name = random.pick(DemoShop.names)
        user = name.lowercased()
        var steps = DemoShop.story(name, &random)
        for shopper in 0..<40 { steps += DemoShop.shopper(shopper, &random) }
        // By minute; of one minute in the order in which they were thought of.
        let order = steps.indices.sorted {
            (steps[$0].minute, $0) < (steps[$1].minute, $1)
        }
        self.steps = order.map { steps[$0] }
    }

    // MARK: - The two whom the story is about

    private static func story(_ name: String, _ random: inout SplitMix) -> [Step] {
        let lamp = random.pick(lamps)
        let price = random.number(in: 60...90)
        let start = random.number(in: 40...90)
        // Not a whole day later, or time would have the first word.
        let next = day + start - 3 * 60
        let email = "\(name.lowercased())@example.com"
        let order = "A-\(random.number(in: 1_000...9_999))"
        var steps: [Step] = []
        func add(_ minute: Int, _ line: String?, _ entry: String?) {
            steps.append(Step(minute: minute, line: line, entry: entry))
        }
        add(
            start,
            "Somebody looks at a \(lamp); the site knows only the browser, web-1",
            device("web-1", "product_viewed", "\"sku\":\"\(lamp)\"")
        )
        add(
            start + 6,
            "web-1 puts the \(lamp) into the cart",
            device("web-1", "added_to_cart", "\"sku\":\"\(lamp)\"", id: "cart-1")
        )
        add(
            start + 6,
            "The site sends that again, since no answer came: the same messageId, so it counts once",
            device("web-1", "added_to_cart", "\"sku\":\"\(lamp)\"", id: "cart-1")
        )
        add(start + 3 * 60, "Two hours pass, and nothing is sent:", nil)
        add(
            next,
            "The next day web-1 leaves an e-mail address",
            """
            {"type":"identify","anonymousId":"web-1","userId":"\(name.lowercased())",\
            "traits":{"email":"\(email)"}}
            """
        )
        add(
            next + 9,
            "\(name) opens the app on the phone, and looks around before she signs in: phone-1",
            device("phone-1", "product_viewed", "\"sku\":\"\(random.pick(lamps))\"")
        )
        add(
            next + 12,
            "The app calls it add_to_cart, not added_to_cart: the contract knows both",
            device("phone-1", "add_to_cart", "\"sku\":\"\(lamp)\"")
        )
        add(
            next + 15,
            "She signs in on the phone: phone-1 and \(name) become one person, with both pasts",
            """
            {"type":"identify","anonymousId":"phone-1","userId":"\(name.lowercased())"}
            """
        )
        add(
            next + 40,
            "\(name) buys the \(lamp) for \(price).50 (order \(order))",
            bought(name.lowercased(), order, "\(price).50")
        )
        add(
            next + 41,
            "The till sends the order again with another messageId: the same order_id, so it counts once",
            bought(name.lowercased(), order, "\(price).50")
        )
        add(
            2 * day + 30,
            "A till that was offline sends an order of 14 hours ago: 48.00 more for \(name)",
            bought(
                name.lowercased(),
                order + "-2",
                "48.00",
                minutesLate: 14 * 60
            )
        )
        add(
            2 * day + 35,
            "The old till writes order_total for total: an order, but no number that the rule sums",
            """
            {"type":"track","userId":"\(name.lowercased())","event":"order_completed",\
            "properties":{"order_id":"\(order)-3","order_total":5000}}
            """
        )
        return steps
    }

    // MARK: - The crowd

    /// One shopper: views, perhaps a cart, an address the day after, an order.
    private static func shopper(_ number: Int, _ random: inout SplitMix) -> [Step] {
        var minute = random.number(in: 10...2 * day + 20 * 60)
        let web = "crowd-\(number)"
        let user = "shopper-\(number)"
        var isKnown = false
        var steps: [Step] = []
        func add(_ entry: String) {
            if minute < 3 * day - 60 { steps.append(Step(minute: minute, entry: entry)) }
        }
        for session in 0..<random.number(in: 1...3) {
            for _ in 0..<random.number(in: 1...5) {
                add(device(web, "product_viewed", "\"sku\":\"\(random.pick(lamps))\""))
                minute += random.number(in: 1...7)
            }
            if random.number(in: 0...9) < 6 {
                let event = random.number(in: 0...4) == 0 ? "add_to_cart" : "added_to_cart"
                let id = "\(web)-\(session)"
                add(device(web, event, "\"sku\":\"\(random.pick(lamps))\"", id: id))
                if random.number(in: 0...4) == 0 {
                    add(device(web, event, "\"sku\":\"\(random.pick(lamps))\"", id: id))
                }
                minute += random.number(in: 1...20)
                if !isKnown, random.number(in: 0...9) < 6 {
                    isKnown = true
                    minute += day
                    add(
                        """
                        {"type":"identify","anonymousId":"\(web)","userId":"\(user)",\
                        "traits":{"email":"\(user)@example.com"}}
                        """
                    )
                }
                if isKnown, random.number(in: 0...9) < 7 {
                    let order = "\(user)-\(session)"
                    let total = "\(random.number(in: 9...120)).00"
                    add(bought(user, order, total))
                    if random.number(in: 0...5) == 0 { add(bought(user, order, total)) }
                }
            }
            minute += random.number(in: 60...day)
        }
        return steps
    }

    // MARK: - What is sent

    private static func device(
        _ device: String,
        _ event: String,
        _ properties: String,
        id: String? = nil
    ) -> String {
        let message = id.map { ",\"messageId\":\"\($0)\"" } ?? ""
        return """
            {"type":"track","anonymousId":"\(device)","event":"\(event)"\(message),\
            "properties":{\(properties)}}
            """
    }

    /// - Parameter minutesLate: How long before it is sent it happened; the sender puts in the time.
    private static func bought(
        _ user: String,
        _ order: String,
        _ total: String,
        minutesLate: Int? = nil
    ) -> String {
        let late = minutesLate.map { ",\"timestamp\":\"MINUTES-\($0)\"" } ?? ""
        return """
            {"type":"track","userId":"\(user)","event":"order_completed"\(late),\
            "properties":{"order_id":"\(order)","total":\(total)}}
            """
    }
}

/// Numbers from a seed, the same on every machine: splitmix64 (Steele, Lea, Flood 2014).
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }

    mutating func number(in range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(next() % UInt64(range.count))
    }

    mutating func pick(_ texts: [String]) -> String {
        texts[number(in: 0...texts.count - 1)]
    }
}
