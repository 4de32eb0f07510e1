// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]
/// Everywhere but in `LMDBStore` and the windowing core, where unsafe code lives.
let safe: [SwiftSetting] = strict + [.strictMemorySafety()]

let package = Package(
    name: "segmentd",
    products: [
        .executable(name: "segmentd", targets: ["segmentd"]),
        // For Benchmarks: what needs nothing third-party.
        .library(
            name: "SegmentCore",
            targets: [
                "EventModel", "RuleLanguage", "SegmentEngine", "LMDBStore", "EventStore",
                "Materializer",
            ]
        ),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections.git", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.34.1"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // The vocabulary: entry, event, value, identifiers, instant, sequence number, transition.
        .target(name: "EventModel", swiftSettings: safe),
        // Source text to checked rules, or diagnostics.
        .target(name: "RuleLanguage", dependencies: ["EventModel"], swiftSettings: safe),
        // What C can say about memory: lines to fetch ahead of their use, large pages.
        .target(name: "CMemory"),
        // Pure: state and an entry in, transitions and the next deadline out.
        .target(
            name: "SegmentEngine",
            dependencies: ["EventModel", "RuleLanguage", "CMemory"],
            swiftSettings: strict
        ),
        // Debian's liblmdb.
        .systemLibrary(
            name: "CLMDB",
            pkgConfig: "lmdb",
            providers: [.apt(["liblmdb-dev"])]
        ),
        // Debian's zlib.
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        // Debian's zstd.
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        // Debian's libsodium.
        .systemLibrary(
            name: "CSodium",
            pkgConfig: "libsodium",
            providers: [.apt(["libsodium-dev"])]
        ),
        // Typed transactions, tables and cursors on LMDB.
        .target(name: "LMDBStore", dependencies: ["CLMDB", "CMemory"], swiftSettings: strict),
        // CRC-32C by the processor's instruction where it has one.
        .target(name: "CChecksum"),
        // What a crashing process can still write down.
        .target(name: "CCrashNote"),
        // What is on disk: the log with its dictionaries, the transitions, record formats.
        .target(
            name: "EventStore",
            dependencies: [
                "EventModel", "LMDBStore", "CChecksum", "CMemory", "CSodium", "CZstd",
            ],
            swiftSettings: safe
        ),
        // A C header over Debian's libsimdjson.
        .target(name: "CSimdJSON", linkerSettings: [.linkedLibrary("simdjson")]),
        // Bytes to entries and back.
        .target(
            name: "EventWire",
            dependencies: ["EventModel", "CSimdJSON"],
            swiftSettings: safe
        ),
        // The loop: append, apply, commit; recovery.
        .target(
            name: "Materializer",
            dependencies: [
                "EventModel", "RuleLanguage", "SegmentEngine", "EventStore", "CCrashNote",
            ],
            swiftSettings: safe
        ),
        // Drains the outbox: lanes per person, attempts, retry schedule, signatures, dead letters.
        .target(
            name: "WebhookDelivery",
            dependencies: [
                "EventModel", "EventStore", "EventWire",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: safe
        ),
        // HTTP edge: ingest and queries.
        .target(
            name: "SegmentServer",
            dependencies: [
                "EventModel", "RuleLanguage", "EventStore", "EventWire", "Materializer",
                "WebhookDelivery", "CZlib",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: safe
        ),
        // The executable: one file per subcommand; the only place that wires things together.
        .executableTarget(
            name: "segmentd",
            dependencies: [
                "EventModel", "RuleLanguage", "EventStore", "EventWire", "Materializer",
                "SegmentServer",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: safe
        ),
        // For tests only: the same daemon with a fault in it, on which the crash test must fail.
        .executableTarget(
            name: "segmentd-faults",
            dependencies: [
                "Materializer", "SegmentServer",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: safe
        ),
        // For tests only: virtual clock, temporary stores, seeded generators, drafts.
        .target(
            name: "SegmentTesting",
            dependencies: ["EventModel", "RuleLanguage", "EventStore"],
            swiftSettings: safe
        ),
        // For tests only: a receiver of webhooks with faults.
        .target(
            name: "WebhookTesting",
            dependencies: [
                "SegmentTesting",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: safe
        ),
        // Times, numbers and cursors by table.
        .testTarget(
            name: "EventModelTests",
            dependencies: ["EventModel"],
            swiftSettings: safe
        ),
        // Records, dictionaries and chains, reopened and damaged.
        .testTarget(
            name: "EventStoreTests",
            dependencies: ["EventModel", "EventStore", "CChecksum", "SegmentTesting"],
            swiftSettings: safe
        ),
        // The loop on a real directory with a virtual clock.
        .testTarget(
            name: "MaterializerTests",
            dependencies: [
                "EventModel", "RuleLanguage", "EventStore", "Materializer", "SegmentTesting",
            ],
            exclude: ["Golden"],
            swiftSettings: safe
        ),
        // Decisions by table and by seed, signatures, addresses, attempts on a real connection.
        .testTarget(
            name: "WebhookDeliveryTests",
            dependencies: [
                "EventModel", "EventStore", "WebhookDelivery", "SegmentTesting", "WebhookTesting",
            ],
            swiftSettings: safe
        ),
        // Windows, instants, identity, values: the engine by hand-checked cases.
        .testTarget(
            name: "SegmentEngineTests",
            dependencies: [
                "EventModel", "RuleLanguage", "SegmentEngine", "EventStore", "SegmentTesting",
            ],
            swiftSettings: safe
        ),
        // Conformance, every field's good and bad forms, bounds, round trips, mutated input.
        .testTarget(
            name: "EventWireTests",
            dependencies: ["EventModel", "EventWire"],
            swiftSettings: safe
        ),
        // Golden pairs of source and diagnostics, bounds, damaged files.
        .testTarget(
            name: "RuleLanguageTests",
            dependencies: ["EventModel", "RuleLanguage"],
            exclude: ["Golden", "Mistakes", "Formatting"],
            swiftSettings: safe
        ),
        // What answers and tables look like, addresses, folders of rules.
        .testTarget(
            name: "SegmentServerTests",
            dependencies: [
                "EventModel", "EventWire", "RuleLanguage", "Materializer", "SegmentServer",
                "SegmentTesting",
            ],
            swiftSettings: safe
        ),
        // The real process: killed, stopped, refused, restarted.
        .testTarget(
            name: "SegmentdTests",
            dependencies: [
                "EventModel", "RuleLanguage", "EventStore", "Materializer", "WebhookDelivery",
                "SegmentServer", "SegmentTesting", "WebhookTesting",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            exclude: ["PowerLoss/recorder.c"],
            swiftSettings: safe
        ),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
