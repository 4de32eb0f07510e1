/// What webhooks say, as a JSON Schema (draft 2020-12): served at `GET /v1/schemas/webhook`.
///
/// Members may be added to what it describes; receivers pass over those that they do not know.
package enum WebhookSchema {
    /// The schema's text.
    package static let text = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "A webhook of segmentd",
          "oneOf": [{"$ref": "#/$defs/message"}, {"$ref": "#/$defs/batch"}],
          "$defs": {
            "batch": {
              "title": "Several messages in one request, of subscriptions that take batches",
              "type": "object",
              "required": ["type", "timestamp", "data"],
              "properties": {
                "type": {"const": "segmentd.batch"},
                "timestamp": {"$ref": "#/$defs/time"},
                "data": {
                  "type": "object",
                  "required": ["messages"],
                  "properties": {
                    "messages": {
                      "type": "array",
                      "minItems": 1,
                      "items": {
                        "allOf": [
                          {"$ref": "#/$defs/message"},
                          {
                            "required": ["id"],
                            "properties": {
                              "id": {"type": "string", "description": "What webhook-id is of a message alone: drop those that you have seen."}
                            }
                          }
                        ]
                      }
                    }
                  }
                }
              }
            },
            "message": {
              "type": "object",
              "required": ["type", "timestamp", "data"],
              "properties": {
                "type": {"enum": ["segment.entered", "segment.exited", "expectation.broken", "expectation.met", "expectation.withdrawn"]},
                "timestamp": {"$ref": "#/$defs/time", "description": "The instant of the transition."}
              },
              "if": {"properties": {"type": {"pattern": "^segment"}}},
              "then": {"properties": {"data": {"$ref": "#/$defs/transition"}}},
              "else": {"properties": {"data": {"$ref": "#/$defs/notice"}}}
            },
            "common": {
              "type": "object",
              "required": ["cursor", "id", "kind", "identifiers", "direction", "at", "cause", "ruleHash", "announced"],
              "properties": {
                "cursor": {"type": "string", "description": "Its place in the order of all transitions: texts sort by bytes as the transitions do. Hand it to GET /v1/transitions?after=."},
                "id": {"type": "string", "description": "The same in every attempt."},
                "at": {"$ref": "#/$defs/time"},
                "ruleHash": {"type": "string", "pattern": "^[0-9a-f]{16}$", "description": "Names the meaning of the rule that decided."},
                "announced": {"type": "boolean"},
                "identifiers": {
                  "type": "array",
                  "items": {
                    "type": "object",
                    "required": ["namespace", "value"],
                    "properties": {"namespace": {"type": "string"}, "value": {"type": "string"}}
                  }
                }
              }
            },
            "transition": {
              "allOf": [{"$ref": "#/$defs/common"}],
              "required": ["segment", "person", "personID", "sequence"],
              "properties": {
                "kind": {"const": "transition"},
                "segment": {"type": "string"},
                "title": {"type": "string", "description": "The segment's title in the rules in force."},
                "person": {"type": ["string", "null"], "description": "The customer id; null for somebody who is not known."},
                "personID": {"type": "integer", "minimum": 1, "description": "Who, for good: by the first entry that named the person."},
                "direction": {"enum": ["entered", "exited"]},
                "cause": {"enum": ["erased", "merge", "rules", "backfill", "attribute", "event", "time"]},
                "sequence": {"type": ["integer", "null"], "description": "The causing entry; null where time alone caused it."},
                "causedBy": {
                  "type": "object",
                  "required": ["kind"],
                  "properties": {
                    "kind": {"type": "string"},
                    "event": {"type": "string"},
                    "messageID": {"type": "string"},
                    "timestamp": {"$ref": "#/$defs/time"}
                  }
                },
                "entryAnnounced": {"type": "boolean", "description": "Of an exit, whether the entry was announced that it ends."},
                "until": {"oneOf": [{"$ref": "#/$defs/time"}, {"type": "null"}], "description": "Of an entry, as known when the attempt is made: when the membership ends if nothing but time passes; null where it never does so, where it has ended, and where that is not known."},
                "mergedInto": {"type": "integer", "description": "Of an exit by merge: the personID of whom the person became one with."},
                "snapshot": {"const": true, "description": "A membership that began before the subscription, which asked for present members."},
                "attributes": {"type": "object", "description": "Those that the subscription asked for, as known when the attempt is made."}
              }
            },
            "notice": {
              "allOf": [{"$ref": "#/$defs/common"}],
              "required": ["expectation", "since", "count"],
              "anyOf": [{"required": ["segment"]}, {"required": ["event"]}],
              "properties": {
                "kind": {"const": "expectation"},
                "segment": {"type": "string"},
                "event": {"type": "string"},
                "expectation": {"type": "string"},
                "direction": {"enum": ["broken", "met", "withdrawn"]},
                "since": {"$ref": "#/$defs/time"},
                "count": {"type": "integer", "minimum": 0},
                "cause": {"const": "time"}
              }
            },
            "time": {"type": "string", "pattern": "^-?\\d{4,}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$"}
          }
        }
        """#
}
