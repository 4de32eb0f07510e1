import EventModel
import Foundation
import RuleLanguage
import SegmentTesting
import Testing

/// The rules that ship in `segments/` do what their titles say on the shop's journey.
@Suite struct StarterRulesTests {
    private static var rules: String {
        get throws {
            let folder = URL(filePath: #filePath).deletingLastPathComponent()
                .deletingLastPathComponent().deletingLastPathComponent()
                .appendingPathComponent("segments")
            let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            return try files.map {
                try String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8)
            }.joined(separator: "\n")
        }
    }

    @Test func theJourneyOfTheShop() throws {
        let world = EngineWorld(try Self.rules)
        world.putRulesInForce("0")
        // Browses, fills a cart, leaves; the cart goes stale.
        world.step("1h", [.track("product_viewed", anonymous: "web-7", ["sku": "A-1"])])
        world.step("1h10m", [.track("added_to_cart", anonymous: "web-7", ["sku": "A-1"])])
        // The e-mail comes the next day, then checkout and purchase.
        world.step("1d1h", [.identify(user: "c-1", anonymous: "web-7", ["email_consent": true])])
        world.step("1d2h", [.track("checkout_started", user: "c-1")])
        world.step("1d3h", [.track("order_completed", user: "c-1", ["order_id": "o-1"])])
        world.step("1d4h", [.identify(user: "c-1", ["lifetime_value": 1_200])])
        world.pass("30d")
        let isDiagnostic = { (line: String) in line.contains("diagnostic_") }
        #expect(
            world.lines.filter { !isDiagnostic($0) } == [
                "1h entered browsing_now anonymous:web-7 event #2",
                "1h10s exited browsing_now anonymous:web-7 time",
                "1h10m entered cart_abandoners anonymous:web-7 event #3",
                "3h10m exited cart_abandoners anonymous:web-7 time",
                "1d2h30m entered checkout_stalled user:c-1,anonymous:web-7 time",
                "1d3h exited checkout_stalled user:c-1,anonymous:web-7 event #6",
                "1d3h entered recent_buyers user:c-1,anonymous:web-7 event #6",
                "1d4h entered big_spenders user:c-1,anonymous:web-7 attribute #7",
                "1d4h entered vip_with_consent user:c-1,anonymous:web-7 attribute #7",
                "8d3h exited recent_buyers user:c-1,anonymous:web-7 time",
                "11d3h entered post_purchase_care user:c-1,anonymous:web-7 time",
                "15d3h entered lapsed user:c-1,anonymous:web-7 time",
                "15d3h exited post_purchase_care user:c-1,anonymous:web-7 time",
            ]
        )
        // One person is not enough to keep the smoke alarms silent.
        #expect(
            world.lines.filter { isDiagnostic($0) && $0.contains(" since ") } == [
                "1d1m broken segment diagnostic_checkouts: at least 1 entry in 1 day, 0 since 1d",
                "1d1h1m broken segment diagnostic_product_views: at least 1 entry in 1 day, 0 since 1d1h",
                "1d1h11m broken segment diagnostic_cart_additions: at least 1 entry in 1 day, "
                    + "0 since 1d1h10m",
                "1d2h1m met segment diagnostic_checkouts: at least 1 entry in 1 day, 1 since 1d2h",
                "2d2h1m broken segment diagnostic_checkouts: at least 1 entry in 1 day, 0 since 2d2h",
                "3d3h1m broken segment diagnostic_orders: at least 1 entry in 2 days, 0 since 3d3h",
            ]
        )
    }

    @Test func shoesAndRepeatedOrders() throws {
        let world = EngineWorld(try Self.rules)
        world.putRulesInForce("0")
        let shoes: [String: TestValue] = ["category": "shoes", "price": 80]
        for _ in 0..<5 { world.step("1h", [.track("product_viewed", user: "1", shoes)]) }
        for hour in ["2h", "3h", "4h"] {
            world.step(hour, [.track("order_completed", user: "2")])
        }
        #expect(world.lines.contains("1h entered shoe_browsers user:1 event #6"))
        #expect(world.lines.contains("4h entered repeat_buyers user:2 event #9"))
    }
}
