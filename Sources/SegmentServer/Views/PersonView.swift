internal import EventModel
internal import EventWire
internal import Materializer

extension PersonProfile {
    /// The answer's body.
    var json: [UInt8] {
        var json = JSONWriter()
        json.object {
            $0.field("personID", person.rawValue)
            $0.field("mergedInto", ifPresent: mergedInto?.rawValue)
            $0.field("person", identifiers.map(\.identifier).first(where: \.isUser)?.text)
            $0.array("identifiers") {
                for linked in identifiers {
                    $0.object {
                        $0.field("namespace", linked.identifier.namespace)
                        $0.field("value", linked.identifier.text)
                        $0.field("since", linked.since)
                        $0.field("sequence", linked.sequence)
                        $0.field("by", linked.kind.name)
                    }
                }
            }
            $0.array("merges") {
                for merge in merges {
                    $0.object {
                        $0.field("personID", merge.absorbed.rawValue)
                        $0.field("at", merge.at)
                        $0.field("sequence", merge.sequence)
                        $0.field("by", merge.kind.name)
                    }
                }
            }
            $0.array("refusedLinks") {
                for refusal in refusals {
                    $0.object {
                        $0.field("namespace", refusal.identifier.namespace)
                        $0.field("value", refusal.identifier.text)
                        $0.field("at", refusal.at)
                        $0.field("sequence", refusal.sequence)
                        $0.field("holder", refusal.holder?.rawValue)
                        $0.field("reason", refusal.reason.rawValue)
                    }
                }
            }
            $0.object("attributes") {
                for attribute in attributes {
                    $0.raw(attribute.name, ValueJSON.named(attribute.value.span))
                }
            }
            $0.array("segments") {
                for stay in segments {
                    $0.object {
                        $0.field("name", stay.segment)
                        $0.field("since", stay.since)
                    }
                }
            }
            $0.field("nextChange", nextChange)
            $0.array("activity") { for entry in activity { $0.item(ActivityView(entry: entry)) } }
            $0.field("next", next)
        }
        return json.bytes
    }
}

extension LoggedEntries {
    /// The answer's body.
    var json: [UInt8] {
        var json = JSONWriter()
        json.object {
            $0.array("entries") { for entry in entries { $0.item(EntryView(entry: entry)) } }
            $0.field("next", next)
        }
        return json.bytes
    }
}

extension Identifier {
    fileprivate var isUser: Bool { namespace == "user" }
}
