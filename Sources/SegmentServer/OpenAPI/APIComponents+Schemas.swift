extension APIComponents {
    static let schemas = #"""
        {
          "Anything": {"type": "object"},
          "Object": {"type": "object"},
          "Time": {"type": "string", "description": "RFC 3339 in UTC", "examples": ["2026-01-31T09:00:00.000Z"]},
          "Refusal": {
            "type": "object", "required": ["code", "message"],
            "properties": {
              "code": {"type": "string", "description": "For programs; never changes its meaning"},
              "message": {"type": "string", "description": "What is wrong, where, and what to do"}
            }
          },
          "Health": {"type": "object", "required": ["status"], "properties": {"status": {"enum": ["ok", "ready"]}}},

          "Id": {"type": ["string", "integer", "null"], "maxLength": 255},
          "SentTime": {"type": ["string", "integer", "null"], "description": "RFC 3339, or whole seconds or milliseconds since 1970"},
          "Entry": {
            "type": "object",
            "description": "Who is named by userId, anonymousId or identifiers; what else counts depends on what the entry says. An entry that is not as it should be is answered with the verdict 'invalid'.",
            "properties": {
              "userId": {"$ref": "#/components/schemas/Id"},
              "anonymousId": {"$ref": "#/components/schemas/Id"},
              "identifiers": {"type": ["object", "null"], "description": "Further ones by namespace"},
              "name": {"type": ["string", "null"], "description": "Of a page or a screen"},
              "category": {"type": ["string", "null"], "description": "Of a page or a screen"},
              "groupId": {"$ref": "#/components/schemas/Id"},
              "previousId": {"$ref": "#/components/schemas/Id", "description": "Of an alias: what userId was called before"},
              "primary": {"type": ["object", "null"], "description": "Of a merge: whom it keeps"},
              "secondary": {"type": ["object", "null"], "description": "Of a merge: the other"},
              "keepPrimary": {"type": ["boolean", "null"], "description": "Of a merge: attributes that the primary has stay as they are, even where the secondary's were set later"},
              "properties": {"type": ["object", "null"]},
              "traits": {"type": ["object", "null"], "description": "Attributes; null unsets"},
              "timestamp": {"$ref": "#/components/schemas/SentTime"},
              "sentAt": {"$ref": "#/components/schemas/SentTime"},
              "messageId": {"$ref": "#/components/schemas/Id", "description": "The idempotency key of the entry"},
              "backfill": {"type": ["boolean", "null"], "description": "History sent late on purpose: counts, and is not announced"}
            }
          },
          "Track": {
            "allOf": [{"$ref": "#/components/schemas/Entry"}],
            "type": "object", "required": ["event"],
            "properties": {"event": {"type": "string", "minLength": 1, "maxLength": 150}},
            "examples": [{"userId": "u-42", "event": "order_completed", "properties": {"order_id": "A-1", "total": 27.5}, "messageId": "m-1"}]
          },
          "Identify": {
            "allOf": [{"$ref": "#/components/schemas/Entry"}],
            "type": "object",
            "examples": [{"userId": "u-42", "anonymousId": "web-7", "traits": {"email": "ann@example.com"}}]
          },
          "Batch": {
            "type": "object", "required": ["batch"],
            "properties": {
              "batch": {
                "type": "array", "maxItems": 5000,
                "items": {
                  "allOf": [{"$ref": "#/components/schemas/Entry"}],
                  "type": "object", "required": ["type"],
                  "properties": {
                    "type": {"enum": ["track", "identify", "page", "screen", "group", "alias", "merge", "suppress", "unsuppress", "add_to_list", "remove_from_list"]},
                    "event": {"type": ["string", "null"], "maxLength": 150},
                    "list": {"type": ["string", "null"], "description": "Of add_to_list and remove_from_list"}
                  }
                }
              },
              "sentAt": {"$ref": "#/components/schemas/SentTime"},
              "writeKey": {"type": ["string", "null"], "description": "The API key, for senders that put it there"}
            },
            "examples": [{"batch": [{"type": "track", "userId": "u-42", "event": "added_to_cart"}]}]
          },
          "Verdicts": {
            "type": "object", "required": ["entries", "evaluatedThrough"],
            "properties": {
              "entries": {
                "type": "array",
                "items": {
                  "type": "object", "required": ["status"],
                  "properties": {
                    "status": {"enum": ["accepted", "duplicate", "suppressed", "invalid"]},
                    "sequence": {"type": "integer", "minimum": 1},
                    "duplicateOf": {"type": "integer", "minimum": 1},
                    "conflict": {"const": true},
                    "code": {"type": "string"},
                    "message": {"type": "string"}
                  }
                }
              },
              "evaluatedThrough": {"type": "integer", "minimum": 0, "description": "All entries up to this one are evaluated"}
            }
          },
          "Job": {
            "type": "object", "required": ["job", "files", "open"],
            "properties": {
              "job": {"type": "string"},
              "files": {"type": "array", "items": {"type": "object", "required": ["name", "sha256"], "properties": {"name": {"type": "string"}, "sha256": {"type": "string"}}}},
              "open": {"type": "boolean"}
            }
          },

          "Identifiers": {
            "type": "array",
            "items": {"type": "object", "required": ["namespace", "value"], "properties": {"namespace": {"type": "string"}, "value": {"type": "string"}}}
          },
          "Transition": {
            "type": "object",
            "required": ["cursor", "id", "kind", "identifiers", "direction", "at", "cause", "ruleHash", "announced"],
            "properties": {
              "cursor": {"type": "string", "description": "Its place in the order of all: texts sort as the transitions do"},
              "id": {"type": "string"},
              "kind": {"enum": ["transition", "expectation"]},
              "segment": {"type": "string"},
              "title": {"type": "string"},
              "event": {"type": "string"},
              "expectation": {"type": "string"},
              "person": {"type": ["string", "null"]},
              "personID": {"type": "integer", "minimum": 1},
              "identifiers": {"$ref": "#/components/schemas/Identifiers"},
              "direction": {"enum": ["entered", "exited", "broken", "met", "withdrawn"]},
              "at": {"$ref": "#/components/schemas/Time"},
              "since": {"$ref": "#/components/schemas/Time"},
              "count": {"type": "integer"},
              "cause": {"enum": ["erased", "merge", "rules", "backfill", "attribute", "event", "time"]},
              "sequence": {"type": ["integer", "null"]},
              "causedBy": {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}, "event": {"type": "string"}, "messageID": {"type": "string"}, "timestamp": {"$ref": "#/components/schemas/Time"}}},
              "ruleHash": {"type": "string", "pattern": "^[0-9a-f]{16}$"},
              "announced": {"type": "boolean"},
              "entryAnnounced": {"type": "boolean"}
            }
          },
          "TransitionPage": {
            "type": "object", "required": ["transitions", "next"],
            "properties": {"transitions": {"type": "array", "items": {"$ref": "#/components/schemas/Transition"}}, "next": {"type": ["string", "null"], "description": "To hand back as after"}}
          },
          "SegmentList": {
            "type": "object", "required": ["segments"],
            "properties": {
              "segments": {
                "type": "array",
                "items": {
                  "type": "object", "required": ["name", "title", "members", "ruleHash"],
                  "properties": {"name": {"type": "string"}, "title": {"type": ["string", "null"]}, "members": {"type": "integer", "minimum": 0}, "ruleHash": {"type": "string"}}
                }
              }
            }
          },
          "MemberPage": {
            "type": "object", "required": ["members", "next"],
            "properties": {
              "members": {
                "type": "array",
                "items": {
                  "type": "object", "required": ["person", "personID", "identifiers"],
                  "properties": {"person": {"type": ["string", "null"]}, "personID": {"type": "integer"}, "identifiers": {"$ref": "#/components/schemas/Identifiers"}}
                }
              },
              "next": {"type": ["integer", "null"]},
              "cursor": {"type": ["string", "null"], "description": "The last transition that they take account of"},
              "at": {"$ref": "#/components/schemas/Time"}
            }
          },
          "Sizes": {
            "type": "object", "required": ["segment", "sizes"],
            "properties": {"segment": {"type": "string"}, "sizes": {"$ref": "#/components/schemas/SizeList"}}
          },
          "SizeList": {
            "type": "array",
            "items": {"type": "object", "required": ["at", "members"], "properties": {"at": {"$ref": "#/components/schemas/Time"}, "members": {"type": ["integer", "null"]}}}
          },
          "PersonOrStays": {"anyOf": [{"$ref": "#/components/schemas/Person"}, {"$ref": "#/components/schemas/Stays"}], "description": "With at, the memberships of that instant"},
          "Person": {
            "type": "object",
            "required": ["personID", "person", "identifiers", "merges", "refusedLinks", "attributes", "segments", "nextChange", "activity", "next"],
            "properties": {
              "personID": {"type": "integer", "minimum": 1},
              "mergedInto": {"type": "integer"},
              "person": {"type": ["string", "null"]},
              "identifiers": {"type": "array", "items": {"type": "object", "required": ["namespace", "value", "since", "sequence", "by"]}},
              "merges": {"type": "array", "items": {"type": "object", "required": ["personID", "at", "sequence", "by"]}},
              "refusedLinks": {"type": "array", "items": {"type": "object", "required": ["namespace", "value", "at", "sequence", "holder", "reason"]}},
              "attributes": {"type": "object"},
              "segments": {"type": "array", "items": {"type": "object", "required": ["name", "since"]}},
              "nextChange": {"type": ["string", "null"], "description": "When time alone changes a membership next"},
              "activity": {"type": "array", "items": {"type": "object", "required": ["sequence", "receivedAt", "occurredAt", "type"]}},
              "next": {"type": ["integer", "null"]}
            }
          },
          "Stays": {
            "type": "object", "required": ["personID", "person", "identifiers", "at", "segments", "stays"],
            "properties": {
              "personID": {"type": "integer"},
              "person": {"type": ["string", "null"]},
              "identifiers": {"$ref": "#/components/schemas/Identifiers"},
              "at": {"$ref": "#/components/schemas/Time"},
              "segments": {"type": "array", "items": {"type": "object", "required": ["name", "since"]}},
              "stays": {"type": "array", "items": {"type": "object", "required": ["segment", "from", "to"]}}
            }
          },
          "Explanation": {
            "type": "object", "required": ["personID", "person", "segment", "at", "member", "parts", "hints"],
            "properties": {
              "personID": {"type": "integer"},
              "person": {"type": ["string", "null"]},
              "segment": {"type": "string"},
              "at": {"$ref": "#/components/schemas/Time"},
              "member": {"type": "boolean"},
              "since": {"type": ["string", "null"]},
              "turnsAt": {"type": ["string", "null"], "description": "When time alone changes it"},
              "parts": {"type": "array", "items": {"type": "object", "required": ["text", "depth", "holds"]}},
              "hints": {"type": "array", "items": {"type": "object"}, "description": "What would change it sooner"}
            }
          },
          "Status": {
            "type": "object",
            "required": ["logId", "entries", "people", "duplicates", "conflicts", "latestConflicts", "suppressed", "refusedLinks", "latestRefusedLinks"],
            "properties": {
              "logId": {"type": "string"}, "entries": {"type": "integer"}, "people": {"type": "integer"},
              "duplicates": {"type": "integer"}, "conflicts": {"type": "integer"},
              "latestConflicts": {"type": "array", "items": {"type": "object", "required": ["sequence", "duplicateOf"]}},
              "suppressed": {"type": "integer"}, "refusedLinks": {"type": "integer"},
              "latestRefusedLinks": {"type": "array", "items": {"type": "object", "required": ["sequence", "namespace", "value"]}}
            }
          },
          "DataHealth": {
            "type": "object", "required": ["through", "expectations", "events", "attributes", "refusedLinks", "unknownNamespaces"],
            "properties": {
              "through": {"type": "integer", "description": "The last entry that it takes account of"},
              "expectations": {"type": "array", "items": {"type": "object", "required": ["expectation", "state"]}},
              "events": {"type": "array", "items": {"type": "object", "required": ["name", "declared", "seen", "properties"]}},
              "attributes": {"type": "array", "items": {"type": "object", "required": ["name", "declared", "seen"]}},
              "refusedLinks": {"type": "array", "items": {"type": "object"}},
              "unknownNamespaces": {"type": "array", "items": {"type": "object"}}
            }
          },
          "LogPage": {
            "type": "object", "required": ["entries", "next"],
            "properties": {
              "entries": {"type": "array", "items": {"type": "object", "required": ["sequence", "receivedAt", "kind", "identifiers"]}},
              "next": {"type": ["integer", "null"]}
            }
          },
          "Verification": {
            "type": "object", "required": ["state", "entries"],
            "properties": {
              "state": {"enum": ["none", "running", "equal", "different", "failed"]},
              "entries": {"type": "integer"}, "total": {"type": "integer"}, "transitions": {"type": "integer"},
              "unrecorded": {"type": "integer"}, "people": {"type": "integer"}, "checkpoint": {"type": "integer"}, "message": {"type": "string"}
            }
          },
          "Erasure": {
            "type": "object", "required": ["sequence", "personID", "suppressed", "erasedAt", "scrubbedAt"],
            "properties": {
              "sequence": {"type": "integer"}, "personID": {"type": ["integer", "null"]}, "suppressed": {"type": "boolean"},
              "erasedAt": {"$ref": "#/components/schemas/Time"},
              "scrubbedAt": {"type": ["string", "null"], "description": "When what the person said was gone from the disk; null while it is there"}
            }
          },
          "ErasureList": {"type": "object", "required": ["erasures"], "properties": {"erasures": {"type": "array", "items": {"$ref": "#/components/schemas/Erasure"}}}},
          "BackupRequest": {"type": "object", "required": ["directory"], "properties": {"directory": {"type": "string", "pattern": "^/", "description": "A path on the daemon's machine where nothing is yet"}}},
          "Backup": {"type": "object", "required": ["directory", "entries", "through"], "properties": {"directory": {"type": "string"}, "entries": {"type": "integer"}, "through": {"type": ["string", "null"]}}},
          "Compaction": {
            "type": "object", "required": ["sealedThrough", "sealed", "bytesBefore", "bytesAfter"],
            "properties": {"sealedThrough": {"type": "integer"}, "sealed": {"type": "integer"}, "bytesBefore": {"type": "integer"}, "bytesAfter": {"type": "integer"}}
          },
          "KeyRequest": {
            "type": "object", "required": ["scopes"],
            "properties": {"name": {"type": "string"}, "scopes": {"type": "array", "minItems": 1, "items": {"enum": ["ingest", "read", "admin"]}}}
          },
          "Key": {
            "type": "object", "required": ["id", "name", "scopes", "createdAt"],
            "properties": {
              "id": {"type": "string"}, "name": {"type": "string"}, "scopes": {"type": "array", "items": {"enum": ["ingest", "read", "admin"]}},
              "createdAt": {"$ref": "#/components/schemas/Time"}, "key": {"type": "string", "description": "The key itself, in the answer that makes it"}
            }
          },
          "KeyList": {"type": "object", "required": ["keys"], "properties": {"keys": {"type": "array", "items": {"$ref": "#/components/schemas/Key"}}}},

          "SubscriptionRequest": {
            "type": "object", "required": ["url"],
            "properties": {
              "name": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"},
              "url": {"type": "string", "description": "http or https"},
              "segments": {"type": "array", "minItems": 1, "items": {"type": "string"}, "description": "Only of these; all without it"},
              "kinds": {"type": "array", "minItems": 1, "items": {"enum": ["entered", "exited", "expectation"]}},
              "causes": {"type": "array", "minItems": 1, "items": {"enum": ["erased", "merge", "rules", "backfill", "attribute", "event", "time"]}},
              "unannounced": {"type": "boolean", "default": false},
              "exitsOfUnannounced": {"type": "boolean", "default": true},
              "secret": {"type": "string", "description": "whsec_ and 24 to 64 bytes in base 64; made without it"},
              "headers": {"type": "object", "maxProperties": 20, "additionalProperties": {"type": "string"}},
              "start": {"type": "string", "description": "now, start (of all transitions), or a cursor"},
              "includeMembers": {"type": "boolean", "default": false, "description": "First a message for everybody who is a member now"},
              "attributes": {"type": "array", "minItems": 1, "items": {"type": "string"}},
              "batch": {"type": "integer", "minimum": 1},
              "concurrency": {"type": "integer", "minimum": 1}
            },
            "additionalProperties": false,
            "examples": [{"url": "https://example.com/hooks/segmentd", "segments": ["cart_abandoners"]}]
          },
          "Subscription": {
            "type": "object",
            "required": ["name", "url", "state", "segments", "kinds", "causes", "batch", "concurrency", "secrets", "cursor", "backlog", "held", "deadLetters", "createdAt"],
            "properties": {
              "name": {"type": "string"}, "url": {"type": "string"}, "state": {"type": "string"}, "reason": {"type": "string"}, "failingSince": {"$ref": "#/components/schemas/Time"},
              "segments": {"type": ["array", "null"], "items": {"type": "string"}}, "kinds": {"type": ["array", "null"], "items": {"type": "string"}}, "causes": {"type": ["array", "null"], "items": {"type": "string"}},
              "unannounced": {"type": "boolean"}, "exitsOfUnannounced": {"type": "boolean"},
              "headers": {"type": "array", "items": {"type": "string"}}, "attributes": {"type": "array", "items": {"type": "string"}},
              "batch": {"type": "integer"}, "concurrency": {"type": "integer"}, "secrets": {"type": "integer"},
              "cursor": {"type": ["string", "null"]}, "backlog": {"type": ["integer", "null"]}, "held": {"type": "integer"}, "deadLetters": {"type": "integer"},
              "createdAt": {"type": ["string", "null"]},
              "secret": {"type": "string", "description": "In the answer that makes it, and no other"}, "note": {"type": "string"}
            }
          },
          "SubscriptionList": {"type": "object", "required": ["subscriptions"], "properties": {"subscriptions": {"type": "array", "items": {"$ref": "#/components/schemas/Subscription"}}}},
          "DeadLetters": {
            "type": "object", "required": ["deadLetters", "next"],
            "properties": {
              "deadLetters": {"type": "array", "items": {"type": "object", "required": ["cursor", "segment", "personID", "at", "attempts", "since", "reason"]}},
              "next": {"type": ["string", "null"]}
            }
          },
          "Gaps": {"type": "object", "required": ["gaps"], "properties": {"gaps": {"type": "array", "items": {"type": "object", "required": ["after", "through", "recordedAt", "reason"]}}}},
          "Redriven": {"type": "object", "required": ["redriven"], "properties": {"redriven": {"type": "integer"}}},

          "RuleFiles": {
            "type": "array", "minItems": 1,
            "items": {"type": "object", "required": ["path", "text"], "properties": {"path": {"type": "string"}, "text": {"type": "string"}}}
          },
          "PlanRequest": {
            "type": "object", "required": ["files"],
            "properties": {
              "files": {"$ref": "#/components/schemas/RuleFiles"},
              "days": {"type": "integer", "minimum": 0, "maximum": 365, "default": 28, "description": "For how many days back sizes are wanted"}
            },
            "examples": [{"files": [{"path": "cart.seg", "text": "segment carts when added_to_cart"}]}]
          },
          "ApplyRequest": {
            "type": "object", "required": ["files", "plan"],
            "properties": {
              "files": {"$ref": "#/components/schemas/RuleFiles"},
              "plan": {"type": "string", "pattern": "^[0-9a-f]{16}$", "description": "The hash of the plan that was seen"},
              "author": {"type": "string", "maxLength": 4096}, "reason": {"type": "string", "maxLength": 4096},
              "announce": {"enum": ["none", "exits", "all"], "default": "none"},
              "confirm": {"type": "integer", "minimum": 0, "description": "How many people at most may be announced to have moved"}
            }
          },
          "ReplayRequest": {
            "type": "object",
            "properties": {
              "files": {"$ref": "#/components/schemas/RuleFiles"},
              "from": {"type": "string", "format": "date-time"}, "to": {"type": "string", "format": "date-time"},
              "diff": {"type": "boolean"}, "count": {"type": "boolean"},
              "segments": {"type": "array", "items": {"type": "string"}}
            }
          },
          "Plan": {
            "type": "object", "required": ["hash", "at", "entries", "people", "moved", "left", "announcedMax", "segments", "subscribers", "warnings"],
            "properties": {
              "hash": {"type": "string", "pattern": "^[0-9a-f]{16}$"}, "at": {"$ref": "#/components/schemas/Time"}, "entries": {"type": "integer"}, "people": {"type": "integer"},
              "moved": {"type": "integer"}, "left": {"type": "integer"}, "announcedMax": {"type": "integer"},
              "segments": {
                "type": "array",
                "items": {
                  "type": "object", "required": ["name", "kind", "before", "entered", "exited", "stayed", "after", "samples", "sizes", "overlaps"],
                  "properties": {"sizes": {"$ref": "#/components/schemas/SizeList"}}
                }
              },
              "subscribers": {"type": "array", "items": {"type": "object", "required": ["name", "none", "exits", "all"]}},
              "warnings": {"type": "array", "items": {"type": "string"}, "description": "What is legal in the rules, and probably wrong"}
            }
          },
          "AppliedRules": {
            "type": "object", "required": ["changed", "at", "segments"],
            "properties": {
              "changed": {"type": "boolean"}, "sequence": {"type": ["integer", "null"]}, "at": {"$ref": "#/components/schemas/Time"},
              "author": {"type": "string"}, "reason": {"type": "string"}, "announce": {"type": "string"},
              "segments": {"type": "array", "items": {"type": "object", "required": ["name", "kind", "entered", "exited"]}},
              "staysAtStart": {"type": ["boolean", "null"]}, "rulesFolder": {"type": ["string", "null"]}
            }
          },
          "Work": {"type": "object", "required": ["work", "percent"], "properties": {"work": {"type": ["string", "null"]}, "percent": {"type": ["integer", "null"]}}},

          "CustomerIOEvent": {
            "type": "object", "required": ["name"],
            "properties": {
              "name": {"type": "string"}, "type": {"enum": ["event", "page", "screen"]}, "id": {"$ref": "#/components/schemas/Id"},
              "anonymous_id": {"$ref": "#/components/schemas/Id"}, "timestamp": {"$ref": "#/components/schemas/SentTime"}, "data": {"type": ["object", "null"]}
            }
          },
          "CustomerIOPerson": {"type": "object", "properties": {"id": {"$ref": "#/components/schemas/Id"}, "email": {"type": ["string", "null"]}, "cio_id": {"type": ["string", "null"]}, "anonymous_id": {"$ref": "#/components/schemas/Id"}}},
          "CustomerIOMerge": {
            "type": "object", "required": ["primary", "secondary"],
            "properties": {"primary": {"$ref": "#/components/schemas/CustomerIOPerson"}, "secondary": {"$ref": "#/components/schemas/CustomerIOPerson"}}
          },
          "CustomerIOIds": {"type": "object", "required": ["ids"], "properties": {"ids": {"type": "array", "maxItems": 5000, "items": {"type": ["string", "integer"]}}}},
          "CustomerIOEntity": {
            "type": "object", "required": ["action"],
            "properties": {
              "type": {"type": "string", "description": "What is no person is answered, and not kept"},
              "action": {"enum": ["identify", "event", "page", "screen", "merge", "suppress", "unsuppress", "delete", "add_device", "delete_device", "add_relationships", "delete_relationships", "identify_anonymous", "delete_anonymous"]},
              "identifiers": {"$ref": "#/components/schemas/CustomerIOPerson"},
              "primary": {"$ref": "#/components/schemas/CustomerIOPerson"}, "secondary": {"$ref": "#/components/schemas/CustomerIOPerson"},
              "name": {"type": ["string", "null"]}, "id": {"$ref": "#/components/schemas/Id"}, "timestamp": {"$ref": "#/components/schemas/SentTime"}, "attributes": {"type": ["object", "null"]}
            }
          },
          "CustomerIOBatch": {"type": "object", "required": ["batch"], "properties": {"batch": {"type": "array", "maxItems": 5000, "items": {"$ref": "#/components/schemas/CustomerIOEntity"}}}},
          "CustomerIOErrors": {
            "type": "object", "required": ["errors"],
            "properties": {"errors": {"type": "array", "minItems": 1, "items": {"type": "object", "required": ["batch_index", "reason", "message"], "properties": {"batch_index": {"type": "integer"}, "reason": {"type": "string"}, "message": {"type": "string"}}}}}
          },

          "AnalyticsRequest": {
            "type": "object", "required": ["events"],
            "properties": {
              "client_id": {"$ref": "#/components/schemas/Id"}, "app_instance_id": {"$ref": "#/components/schemas/Id"}, "user_id": {"$ref": "#/components/schemas/Id"},
              "timestamp_micros": {"type": ["string", "integer", "null"]},
              "user_properties": {"type": ["object", "null"]},
              "events": {"type": "array", "items": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}, "params": {"type": ["object", "null"]}}}}
            }
          },
          "AnalyticsValidation": {
            "type": "object", "required": ["validationMessages"],
            "properties": {"validationMessages": {"type": "array", "items": {"type": "object", "required": ["description", "validationCode"], "properties": {"description": {"type": "string"}, "validationCode": {"type": "string"}}}}}
          },

          "JSONAPI": {"type": "object", "required": ["data"], "properties": {"data": {"type": "object", "properties": {"type": {"type": "string"}, "id": {"type": ["string", "null"]}, "attributes": {"type": "object"}}}}},
          "JSONAPIErrors": {"type": "object", "required": ["errors"], "properties": {"errors": {"type": "array", "minItems": 1, "items": {"type": "object", "required": ["status", "code", "title", "detail"]}}}},

          "PostHogMessage": {
            "type": "object", "required": ["event"],
            "properties": {
              "event": {"type": "string"}, "distinct_id": {"$ref": "#/components/schemas/Id"}, "uuid": {"type": ["string", "null"]},
              "timestamp": {"$ref": "#/components/schemas/SentTime"}, "properties": {"type": ["object", "null"]}, "$set": {"type": ["object", "null"]}
            }
          },
          "PostHogRequest": {
            "type": "object",
            "anyOf": [{"required": ["batch"]}, {"$ref": "#/components/schemas/PostHogMessage"}],
            "properties": {
              "api_key": {"type": ["string", "null"]}, "sent_at": {"$ref": "#/components/schemas/SentTime"}, "historical_migration": {"type": ["boolean", "null"]},
              "batch": {"type": "array", "maxItems": 5000, "items": {"$ref": "#/components/schemas/PostHogMessage"}}
            }
          },
          "PostHogAnswer": {
            "type": "object", "required": ["status"],
            "properties": {
              "status": {"const": "Ok"},
              "errors": {"type": "array", "items": {"type": "object", "required": ["index", "code", "message"]}, "description": "What was refused: its SDKs send a whole batch again for any status but 200"}
            }
          }
        }
        """#
}
