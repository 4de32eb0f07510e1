extension Dialect {
    private static let customerIOPerson = [
        "id": "user", "email": "email", "cio_id": "cio_id", "anonymous_id": "anonymous",
    ]

    /// The body of `PUT /api/v1/customers/{id}`: attributes side by side.
    static let customerIOCustomer = Dialect(
        source: "customer.io",
        shape: [
            "id": .role(.userID),
            "cio_id": .role(.serviceID),
            "anonymous_id": .role(.anonymousID),
            "_timestamp": .role(.timestamp),
        ],
        types: [:],
        contents: [
            .identify: [.entry(without: ["_timestamp", "_update", "anonymous_id", "cio_id"])]
        ],
        contacts: [("email", "email")],
        serviceNamespace: "cio_id"
    )

    /// The body of `POST /api/v1/customers/{id}/events` and `/api/v1/events`.
    static let customerIOEvent = Dialect(
        source: "customer.io",
        shape: [
            "type": .role(.type),
            "name": .role(.event),
            "id": .role(.messageID),
            "anonymous_id": .role(.anonymousID),
            "timestamp": .role(.timestamp),
            "data": .both(.properties, ["recipient": .role(.recipient)]),
        ],
        types: ["event": .entry(.track), "page": .entry(.page), "screen": .entry(.screen)],
        contents: [
            .track: [.members(.properties)],
            .page: [.member(.event, "name"), .members(.properties)],
            .screen: [.member(.event, "name"), .members(.properties)],
        ]
    )

    /// The body of `POST /api/v1/merge_customers`.
    static let customerIOMerge = Dialect(
        source: "customer.io",
        shape: ["primary": .role(.primary), "secondary": .role(.secondary)],
        types: [:],
        contents: [:],
        namespaces: customerIOPerson,
        mergesKeepPrimary: true
    )

    /// An entry of `POST /api/v2/batch`, and the body of `/api/v2/entity`.
    static let customerIOEntity = Dialect(
        source: "customer.io",
        shape: [
            "action": .role(.type),
            "identifiers": .role(.identifiers),
            "primary": .role(.primary),
            "secondary": .role(.secondary),
            "name": .role(.event),
            "id": .role(.messageID),
            "timestamp": .role(.timestamp),
            "attributes": .both(
                .properties,
                [
                    "anonymous_id": .role(.anonymousID),
                    "_timestamp": .role(.timestamp),
                    "recipient": .role(.recipient),
                ]
            ),
        ],
        types: [
            "identify": .entry(.identify),
            "event": .entry(.track),
            "page": .entry(.page),
            "screen": .entry(.screen),
            "merge": .entry(.merge),
            "suppress": .erase(suppresses: true),
            "unsuppress": .entry(.unsuppress),
            "delete": .erase(suppresses: false),
            "add_device": .nothing,
            "delete_device": .nothing,
            "add_relationships": .nothing,
            "delete_relationships": .nothing,
            "identify_anonymous": .nothing,
            "delete_anonymous": .nothing,
        ],
        contents: [
            .track: [.members(.properties)],
            .page: [.member(.event, "name"), .members(.properties)],
            .screen: [.member(.event, "name"), .members(.properties)],
            .identify: [
                .members(.properties, without: ["_timestamp", "_update", "anonymous_id"])
            ],
        ],
        contacts: [("email", "email")],
        namespaces: customerIOPerson,
        serviceNamespace: "cio_id",
        mergesKeepPrimary: true
    )
}
