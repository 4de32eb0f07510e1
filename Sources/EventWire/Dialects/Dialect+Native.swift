extension Dialect {
    /// The native API's, which is the Segment spec's and RudderStack's; in the latter an identify has its traits in the
    /// context.
    static let native = Dialect(
        source: "",
        shape: [
            "type": .role(.type),
            "userId": .role(.userID),
            "anonymousId": .role(.anonymousID),
            "identifiers": .role(.identifiers),
            "previousId": .role(.previousID),
            "primary": .role(.primary),
            "secondary": .role(.secondary),
            "keepPrimary": .role(.keepPrimary),
            "event": .role(.event),
            "list": .role(.list),
            "name": .role(.name),
            "category": .role(.category),
            "groupId": .role(.groupID),
            "properties": .role(.properties),
            "traits": .role(.traits),
            "context": ["traits": .role(.moreTraits)],
            "timestamp": .role(.timestamp),
            "sentAt": .role(.sentAt),
            "messageId": .role(.messageID),
            "backfill": .role(.backfill),
        ],
        types: Dictionary(
            uniqueKeysWithValues: NativeKind.allCases.map { ($0.rawValue, .entry($0)) }
        ),
        contents: [
            .track: [.members(.properties)],
            .page: [
                .member(.category, "category"), .member(.name, "name"), .members(.properties),
            ],
            .screen: [
                .member(.category, "category"), .member(.name, "name"), .members(.properties),
            ],
            .identify: [.members(.moreTraits), .members(.traits)],
            .group: [.member(.groupID, "groupId"), .members(.traits)],
        ],
        contacts: [("email", "email"), ("phone", "phone")],
        namespaces: ["userId": "user", "anonymousId": "anonymous"],
        takesOtherNamespaces: true,
        isLenient: false,
        example: NativeKind.example
    )
}
