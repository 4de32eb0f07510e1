internal import EventModel
internal import EventWire
internal import Materializer

extension Explanation {
    /// The answer's body.
    var json: [UInt8] {
        var json = JSONWriter()
        json.object {
            $0.field("personID", person.rawValue)
            $0.field("person", [IdentifierView](identifiers).user)
            $0.array("identifiers") { for one in [IdentifierView](identifiers) { $0.item(one) } }
            $0.field("segment", segment)
            $0.field("title", ifPresent: title.isEmpty ? nil : title)
            $0.field("at", at)
            $0.field("rules", rules)
            $0.field("member", isMember)
            $0.field("since", since)
            $0.field("turnsAt", turnsAt)
            $0.field("turnIsKnown", ifPresent: isTurnKnown ? nil : false)
            $0.array("parts") { for part in parts { $0.object { part.write(to: &$0) } } }
            $0.array("hints") { for hint in hints { $0.object { hint.write(to: &$0) } } }
        }
        return json.bytes
    }
}

extension Explanation.Part {
    fileprivate func write(to json: inout JSONObjectWriter) {
        json.field("text", text)
        json.field("depth", depth)
        json.field("holds", holds)
        json.field("turnsAt", turnsAt)
        json.field("found", ifPresent: count?.found)
        json.field("foundMore", ifPresent: count?.isMore ?? false ? true : nil)
        json.field("asked", ifPresent: count?.asked)
        json.array("witnesses") {
            for witness in witnesses { $0.object { witness.write(to: &$0) } }
        }
        json.field("moreWitnesses", ifPresent: hasMore ? true : nil)
    }
}

extension Explanation.Witness {
    fileprivate func write(to json: inout JSONObjectWriter) {
        let draft = entry.draft
        json.field("sequence", entry.sequence)
        json.field("receivedAt", entry.receivedAt)
        json.field("occurredAt", entry.occurredAt)
        json.field("type", draft.kind.name)
        json.field("event", ifPresent: draft.kind == .track ? draft.event : nil)
        json.field("list", ifPresent: draft.kind == .list ? draft.event : nil)
        json.field("messageId", ifPresent: draft.messageID.isEmpty ? nil : draft.messageID)
        json.array("identifiers") {
            for one in [IdentifierView](draft.identifiers) { $0.item(one) }
        }
        json.object("properties") {
            for member in ValueJSON.members(draft.content.span)
            where properties.contains(member.name) {
                $0.raw(member.name, member.json)
            }
        }
        if let link {
            json.object("link") {
                $0.field("sequence", link.sequence)
                $0.field("at", link.at)
                $0.field("personID", link.absorbed.rawValue)
            }
        }
    }
}

extension Explanation.Hint {
    fileprivate func write(to json: inout JSONObjectWriter) {
        json.field("event", event)
        json.object("properties") {
            for property in properties {
                $0.raw(property.name, ValueJSON.named(property.value.span))
            }
        }
        json.field("turns", turns)
        json.field("turnsAt", turnsAt)
    }
}

extension PastPerson {
    /// The answer's body.
    var json: [UInt8] {
        var json = JSONWriter()
        json.object {
            $0.field("personID", person.rawValue)
            $0.field("person", [IdentifierView](identifiers).user)
            $0.array("identifiers") { for one in [IdentifierView](identifiers) { $0.item(one) } }
            $0.field("at", at)
            $0.array("segments") {
                for stay in stays where stay.to == nil {
                    $0.object {
                        $0.field("name", stay.segment)
                        $0.field("since", stay.from)
                    }
                }
            }
            $0.array("stays") {
                for stay in stays {
                    $0.object {
                        $0.field("segment", stay.segment)
                        $0.field("from", stay.from)
                        $0.field("cause", stay.cause.name)
                        $0.field(
                            "sequence",
                            ifPresent: stay.sequence == .zero ? nil : stay.sequence
                        )
                        $0.field("to", stay.to)
                        $0.field("endCause", ifPresent: stay.endCause?.name)
                        $0.field("personID", stay.person.rawValue)
                    }
                }
            }
        }
        return json.bytes
    }
}
