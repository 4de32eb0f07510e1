// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "segmentd-benchmarks",
    targets: [
        // Rows of ratios, each measured against a baseline in the same run.
        .executableTarget(
            name: "segmentd-benchmarks",
            swiftSettings: [
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .enableUpcomingFeature("InternalImportsByDefault"),
                .treatAllWarnings(as: .error),
            ]
        )
    ],
    swiftLanguageModes: [.v6]
)
