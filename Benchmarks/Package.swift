// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "segmentd-benchmarks",
    dependencies: [.package(name: "segmentd", path: "..")],
    targets: [
        // The generated shop, and the six rules by hand.
        .target(name: "CLoop", linkerSettings: [.linkedLibrary("m")]),
        // Rows of ratios, each measured against a baseline in the same run.
        .executableTarget(
            name: "segmentd-benchmarks",
            dependencies: ["CLoop", .product(name: "SegmentCore", package: "segmentd")],
            swiftSettings: [
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .enableUpcomingFeature("InternalImportsByDefault"),
                .treatAllWarnings(as: .error),
            ]
        ),
    ],
    swiftLanguageModes: [.v6]
)
