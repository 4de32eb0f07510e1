import EventModel
import EventWire
import Foundation
import RuleLanguage
import SegmentServer
import Testing

struct ViewTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var name: String
        var direction = TransitionDirection.entered
        var cause = TransitionCause.event
        var identifiers = [Identifier.user("u1"), .anonymous("a\"1\u{1B}")]
        var expected: String
        var testDescription: String { name }
    }

    static let transitions = [
        Case(
            name: "an entry by an event",
            expected: #"""
                {"cursor":"V--0b0C6oc----------25CWRbF","id":"log-12-1769850000000-entered-cart",\#
                "kind":"transition","segment":"cart","person":"u1","personID":12,"identifiers":[\#
                {"namespace":"user","value":"u1"},\#
                {"namespace":"anonymous","value":"a\"1\u001b"}],"direction":"entered",\#
                "at":"2026-01-31T09:00:00.000Z","cause":"event","sequence":17,\#
                "ruleHash":"00000000000000ab","announced":true}
                """#
        ),
        Case(
            name: "an exit by time alone of somebody unknown",
            direction: .exited,
            cause: .time,
            identifiers: [.anonymous("a1")],
            expected: #"""
                {"cursor":"V--0b0C6oc----------25CWRbF","id":"log-12-1769850000000-exited-cart",\#
                "kind":"transition","segment":"cart","person":null,"personID":12,"identifiers":[\#
                {"namespace":"anonymous","value":"a1"}],"direction":"exited",\#
                "at":"2026-01-31T09:00:00.000Z","cause":"time","sequence":null,\#
                "ruleHash":"00000000000000ab","announced":true,"entryAnnounced":false}
                """#
        ),
    ]

    @Test(arguments: transitions)
    func transitionsHaveTheirKeysInOrder(_ test: Case) throws {
        let transition = Transition(
            at: Instant(milliseconds: 1_769_850_000_000),
            person: PersonID(12),
            segment: "cart",
            direction: test.direction,
            cause: test.cause,
            sequence: SequenceNumber(17),
            ruleHash: 0xAB,
            isAnnounced: true,
            entryIsAnnounced: false,
            identifiers: []
        )
        let view = TransitionView(
            transition,
            id: transition.id(log: "log"),
            identifiers: test.identifiers
        )
        #expect(text(view) == test.expected)
        // What the daemon answers is what a command reads.
        #expect(try read(TransitionView.self, text(view)) == view)
    }

    @Test func noticesHaveTheirKeysInOrder() throws {
        let notice = ExpectationNotice(
            subject: .event,
            name: "order",
            expectation: "at least 1 in 1 hour",
            since: Instant(milliseconds: 1_769_850_000_000),
            count: 0
        )
        let transition = Transition(
            at: Instant(milliseconds: 1_769_850_060_000),
            .broken,
            notice,
            ruleHash: 0xAB
        )
        let view = TransitionView(transition, id: transition.id(log: "log"), identifiers: [])
        #expect(
            text(view)
                == #"{"cursor":"\#(transition.cursor.text)","#
                + #""id":"log-0-1769850060000-broken-event%20order%3A%20at%20least%201%20in%201%20hour","#
                + #""kind":"expectation","event":"order","expectation":"at least 1 in 1 hour","#
                + #""identifiers":[],"direction":"broken","at":"2026-01-31T09:01:00.000Z","#
                + #""since":"2026-01-31T09:00:00.000Z","count":0,"cause":"time","sequence":null,"#
                + #""ruleHash":"00000000000000ab","announced":true}"#
        )
        #expect(try read(TransitionView.self, text(view)) == view)
    }

    @Test func membersHaveTheirKeysInOrder() throws {
        let known = MemberView(PersonID(3), identifiers: [.user("u1"), .user("old")])
        #expect(
            text(known)
                == #"{"person":"u1","personID":3,"identifiers":[{"namespace":"user","value":"u1"},"#
                + #"{"namespace":"user","value":"old"}]}"#
        )
        let nobody = MemberView(PersonID(.max), identifiers: [])
        #expect(
            text(nobody) == #"{"person":null,"personID":18446744073709551615,"identifiers":[]}"#
        )
        #expect(try read(MemberView.self, text(nobody)) == nobody)
    }

    @Test(arguments: [("", "null"), ("Cart abandoners", #""Cart abandoners""#)])
    func segmentsHaveTheirKeysInOrder(title: String, expected: String) throws {
        let rule = SegmentRule(name: "cart", title: title, note: "", condition: .all([]))
        let view = SegmentView(rule, ruleHash: rule.ruleHash, memberCount: 4)
        let hash = String(rule.ruleHash, radix: 16)
        let digits = String(repeating: "0", count: 16 - hash.count) + hash
        #expect(
            text(view)
                == #"{"name":"cart","title":\#(expected),"members":4,"ruleHash":"\#(digits)"}"#
        )
        #expect(try read(SegmentView.self, text(view)) == view)
    }

    @Test func pagesSayWhereToGoOn() throws {
        let member = MemberView(PersonID(3), identifiers: [])
        let full = MemberPage(members: [member, member], next: 3, cursor: nil)
        let row = #"{"person":null,"personID":3,"identifiers":[]}"#
        #expect(text(full.json) == #"{"members":[\#(row),\#(row)],"next":3,"cursor":null}"#)
        #expect(try read(MemberPage.self, text(full.json)) == full)
        let empty = TransitionPage(transitions: [], next: nil)
        #expect(text(empty.json) == #"{"transitions":[],"next":null}"#)
        #expect(try read(TransitionPage.self, text(empty.json)) == empty)
        #expect(text(SegmentList(segments: []).json) == #"{"segments":[]}"#)
    }

    @Test func refusalsHaveCodeAndMessage() {
        let error = APIError(404, "unknown_segment", "no segment is called 'x'")
        #expect(
            text(error.json)
                == #"{"code":"unknown_segment","message":"no segment is called 'x'"}"#
        )
    }

    private func text(_ value: some JSONRepresentable) -> String {
        var bytes: [UInt8] = []
        value.appendJSON(to: &bytes)
        return text(bytes)
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private func read<Value: Decodable>(_ type: Value.Type, _ json: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(json.utf8))
    }
}
