internal import EventWire
internal import Materializer
package import RuleLanguage

/// A segment in force as JSON shows it.
package struct SegmentView: Codable, Equatable, Sendable {
    /// The segment's name.
    package var name: String
    /// The title for people; nil where there is none.
    package var title: String?
    /// How many members it has.
    package var members: Int
    /// The rule's hash, in 16 hexadecimal digits.
    package var ruleHash: String

    /// The view of a segment.
    init(_ status: SegmentStatus) {
        self.init(status.rule, ruleHash: status.ruleHash, memberCount: status.memberCount)
    }

    /// The view of a segment with that rule and hash and so many members.
    package init(_ rule: SegmentRule, ruleHash: UInt64, memberCount: Int) {
        name = rule.name
        title = rule.title.isEmpty ? nil : rule.title
        members = memberCount
        self.ruleHash = hexadecimal(ruleHash)
    }
}

extension SegmentView: JSONRepresentable {
    /// Appends the view as an object.
    package func appendJSON(to bytes: inout [UInt8]) {
        var json = JSONWriter()
        json.object {
            $0.field("name", name)
            $0.field("title", title)
            $0.field("members", members)
            $0.field("ruleHash", ruleHash)
        }
        bytes.append(contentsOf: json.bytes)
    }
}
