import EventModel
import RuleLanguage
import SegmentTesting
import Testing

private typealias World = NaiveWorld

/// The naive reference: values, items and texts.
@Suite struct NaiveValueTests {
    private func field(_ name: String, _ test: ValueTest) -> PropertyFilter {
        .property(path: [name], test)
    }

    @Test func oneItemNotTwoHalves() {
        let both = PropertyFilter.all([
            field("sku", .equal(.text("A"))),
            field("qty", .greaterOrEqual(.number(ExactDecimal(2)))),
        ])
        func items(_ items: [[String: TestValue]]) -> [String: TestValue] {
            ["items": .list(items.map { .object($0) })]
        }
        let any = PropertyFilter.items(path: ["items"], .any, both)
        #expect(World.passes(any, items([["sku": "A", "qty": 2]])))
        #expect(!World.passes(any, items([["sku": "A", "qty": 1], ["sku": "B", "qty": 2]])))
        let every = PropertyFilter.items(path: ["items"], .every, both)
        #expect(World.passes(every, items([["sku": "A", "qty": 2]])))
        #expect(!World.passes(every, items([["sku": "A", "qty": 2], ["sku": "A", "qty": 1]])))
        #expect(!World.passes(every, items([])))
        #expect(!World.passes(every, [:]))
        #expect(World.passes(.not(every), [:]))
    }

    @Test func whatAnItemLacks() {
        func any(_ filter: PropertyFilter, _ item: TestValue) -> Bool {
            let items = PropertyFilter.items(path: ["items"], .any, filter)
            return World.passes(items, ["items": .list([item])])
        }
        let dear = field("price", .greater(.number(ExactDecimal(5))))
        let red = field("colour", .equal(.text("red")))
        let lacking = TestValue.object(["sku": "A"])
        #expect(!any(dear, lacking))
        #expect(!any(.not(dear), lacking))
        #expect(any(.not(field("price", .isSet)), lacking))
        #expect(any(.not(field("price", .isSet)), 7))
        #expect(any(.not(dear), .object(["price": 5])))
        #expect(!any(.not(.any([dear, red])), .object(["price": 5])))
        #expect(any(.not(.all([dear, red])), .object(["price": 5])))
        #expect(World.passes(.not(dear), [:]))
    }

    @Test func texts() {
        func isSo(_ test: ValueTest, _ value: TestValue) -> Bool {
            World.passes(field("p", test), ["p": value])
        }
        #expect(isSo(.contains(.text("b")), "abc"))
        #expect(!isSo(.contains(.text("B")), "abc"))
        #expect(!isSo(.contains(.text("5")), 151))
        #expect(isSo(.contains(.text("5")), .list(["x", 5])))
        #expect(isSo(.contains(.number(ExactDecimal(5))), .list(["5"])))
        #expect(!isSo(.contains(.text("a")), .list(["ab"])))
        #expect(isSo(.startsWith("ab"), "abc"))
        #expect(!isSo(.startsWith("abcd"), "abc"))
        #expect(isSo(.endsWith("bc"), "abc"))
        #expect(isSo(.like("*@example.com"), "a@example.com"))
        #expect(!isSo(.like("*@example.com"), "a@example.com.org"))
        #expect(isSo(.like("a*b*c"), "a-bbb-c"))
        #expect(!isSo(.like("a*b"), "abc"))
        // One letter in two spellings.
        #expect(!isSo(.equal(.text("\u{e9}")), "e\u{301}"))
    }

    @Test func theCaseOfLetters() {
        func isSo(_ literal: String, _ value: String) -> Bool {
            World.passes(field("p", .ignoringCase(.equal(.text(literal)))), ["p": .text(value)])
        }
        #expect(isSo("Straße", "STRAẞE"))
        #expect(!isSo("Straße", "STRASSE"))
        #expect(isSo("ΣΑΣ", "σας"))
        #expect(isSo("É", "é"))
        #expect(!isSo("İ", "i"))
        #expect(!isSo("ı", "I"))
        #expect(isSo("\u{212a}", "k"))
        #expect(
            World.passes(
                field("p", .ignoringCase(.contains(.text("CARS")))),
                ["p": .list(["Cars"])]
            )
        )
        #expect(
            World.passes(field("p", .ignoringCase(.like("A*Z"))), ["p": "abcz"])
        )
    }
}
