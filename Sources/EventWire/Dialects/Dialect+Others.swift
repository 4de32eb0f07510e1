extension Dialect {
    /// A message of PostHog's `POST /batch/`.
    static let postHog = Dialect(
        source: "posthog",
        shape: [
            "event": .role(.event),
            "distinct_id": .role(.userID),
            "uuid": .role(.messageID),
            "timestamp": .role(.timestamp),
            "$set": .role(.traits),
            "properties": .both(
                .properties,
                [
                    "distinct_id": .role(.userID),
                    "$is_identified": .role(.isIdentified),
                    "$process_person_profile": .role(.isIdentified),
                    "$anon_distinct_id": .role(.anonymousID),
                    "$set": .role(.moreTraits),
                ]
            ),
        ],
        types: [:],
        contents: [
            .track: [.members(.properties)],
            .identify: [.members(.moreTraits), .members(.traits)],
        ],
        contacts: [("email", "email")]
    )

    /// One of them by which two ids are one person: `$create_alias`.
    static let postHogAlias = Dialect(
        source: "posthog",
        shape: [
            "uuid": .role(.messageID),
            "timestamp": .role(.timestamp),
            "properties": ["alias": .role(.userID), "distinct_id": .role(.previousID)],
            "distinct_id": .role(.previousID),
        ],
        types: [:],
        contents: [:]
    )

    private static let klaviyoProfile: EntryShape.Meaning = .both(
        .moreTraits,
        [
            "external_id": .role(.userID),
            "email": .role(.email),
            "phone_number": .role(.phone),
            "anonymous_id": .role(.anonymousID),
            "properties": .role(.traits),
        ]
    )
    private static let klaviyoTraits: [Part] = [
        .members(
            .moreTraits,
            without: ["external_id", "anonymous_id", "_kx", "properties", "meta", "subscriptions"]
        ),
        .members(.traits),
    ]

    /// The `data` of Klaviyo's `POST /api/events`.
    static let klaviyoEvent = Dialect(
        source: "klaviyo",
        shape: [
            "attributes": [
                "metric": ["data": ["attributes": ["name": .role(.event)]]],
                "properties": .role(.properties),
                "time": .role(.timestamp),
                "value": .role(.value),
                "value_currency": .role(.currency),
                "unique_id": .role(.uniqueID),
                "backfill": .role(.backfill),
                "profile": [
                    "data": ["id": .role(.serviceID), "attributes": klaviyoProfile]
                ],
            ]
        ],
        types: [:],
        contents: [
            .track: [
                .member(.uniqueID, "unique_id"), .member(.value, "value"),
                .member(.currency, "value_currency"), .members(.properties),
            ],
            .identify: klaviyoTraits,
        ],
        serviceNamespace: "klaviyo_id"
    )

    /// The `data` of Klaviyo's `POST /api/profile-import`.
    static let klaviyoProfileImport = Dialect(
        source: "klaviyo",
        shape: ["id": .role(.serviceID), "attributes": klaviyoProfile],
        types: [:],
        contents: [.identify: klaviyoTraits],
        serviceNamespace: "klaviyo_id"
    )

    /// A profile of a bulk job of events.
    static let klaviyoBulkProfile = Dialect(
        source: "klaviyo",
        shape: ["data": ["id": .role(.serviceID), "attributes": klaviyoProfile]],
        types: [:],
        contents: [.identify: klaviyoTraits],
        serviceNamespace: "klaviyo_id"
    )

    /// A whole request of GA4's Measurement Protocol, so far as it says who somebody is.
    static let analyticsUser = Dialect(
        source: "ga4",
        shape: [
            "user_id": .role(.userID),
            "client_id": .role(.anonymousID),
            "app_instance_id": .role(.anonymousID),
            "timestamp_micros": .role(.microseconds),
            "user_properties": .role(.traits),
        ],
        types: [:],
        contents: [.identify: [.wrapped(.traits, in: "value")]]
    )

    /// One of its events.
    static let analyticsEvent = Dialect(
        source: "ga4",
        shape: [
            "name": .role(.event),
            "params": .role(.properties),
            "timestamp_micros": .role(.microseconds),
        ],
        types: [:],
        contents: [.track: [.members(.properties)]]
    )

    /// A webhook of Shopify's by its topic: about a customer, or about an order, a checkout or a cart.
    static func shopify(_ topic: String) -> Dialect {
        switch topic {
        case "orders/cancelled": shopifyCancelled
        case _ where topic.hasPrefix("customers/"):
            topic.hasSuffix("/create") ? shopifyNewCustomer : shopifyCustomer
        case _ where topic.hasPrefix("carts/"):
            topic.hasSuffix("/create") ? shopifyNewCart : shopifyCart
        case _ where topic.hasSuffix("/create"): shopifyNewOrder
        default: shopifyOrder
        }
    }

    private static let shopifyNewOrder = shopifyThing("cart_token", ["created_at", "updated_at"])
    private static let shopifyOrder = shopifyThing("cart_token", ["updated_at", "created_at"])
    private static let shopifyCancelled = shopifyThing(
        "cart_token",
        ["cancelled_at", "updated_at", "created_at"]
    )
    private static let shopifyNewCart = shopifyThing("token", ["created_at", "updated_at"])
    private static let shopifyCart = shopifyThing("token", ["updated_at", "created_at"])
    private static let shopifyNewCustomer = shopifyPerson(["created_at", "updated_at"])
    private static let shopifyCustomer = shopifyPerson(["updated_at", "created_at"])
    /// A request to forget a customer.
    static let shopifyRedact = shopifyThing("cart_token", [])

    /// - Parameters:
    ///   - cart: The member that has the cart's token, by which a visitor is known.
    ///   - times: The members that say when it happened, the best first.
    private static func shopifyThing(_ cart: String, _ times: [String]) -> Dialect {
        Dialect(
            source: "shopify",
            shape: EntryShape(
                [
                    (
                        "customer",
                        [
                            "id": .role(.userID), "email": .role(.email),
                            "phone": .role(.phone),
                        ]
                    ),
                    ("customer_id", .role(.userID)),
                    ("email", .role(.email)),
                    ("contact_email", .role(.email)),
                    ("phone", .role(.phone)),
                    (cart, .role(.anonymousID)),
                ] + times.map { ($0, .role(.timestamp)) }
            ),
            types: [:],
            contents: [.track: [.entry()]]
        )
    }

    private static func shopifyPerson(_ times: [String]) -> Dialect {
        Dialect(
            source: "shopify",
            shape: EntryShape(
                [
                    ("id", .role(.userID)), ("email", .role(.email)), ("phone", .role(.phone)),
                ]
                    + times.map { ($0, .role(.timestamp)) }
            ),
            types: [:],
            contents: [.identify: [.entry(without: ["id", "admin_graphql_api_id"])]]
        )
    }
}
