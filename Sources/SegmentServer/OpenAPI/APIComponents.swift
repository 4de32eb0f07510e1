/// The parts of the API document that several operations share, as JSON.
enum APIComponents {
    static let securitySchemes = #"""
        {
          "bearer": {"type": "http", "scheme": "bearer", "description": "An API key: segmentd keys create"},
          "basic": {"type": "http", "scheme": "basic", "description": "An API key as the user, or as the password; also in the body, as writeKey or api_key, where the sender's product has it there"},
          "apiSecret": {"type": "apiKey", "in": "query", "name": "api_secret"},
          "klaviyo": {"type": "apiKey", "in": "header", "name": "Authorization", "description": "Klaviyo-API-Key KEY"}
        }
        """#

    static let headers = #"""
        {
          "RetryAfter": {"description": "Seconds to wait before it is sent again", "schema": {"type": "integer"}}
        }
        """#

    static let parameters = #"""
        {
          "personID": {"name": "id", "in": "path", "required": true, "description": "A customer id or a device; namespace:text for another identifier (email:ann@example.com); #12 for a personID", "schema": {"type": "string", "minLength": 1}, "example": "u-42"},
          "segmentName": {"name": "name", "in": "path", "required": true, "description": "A segment's name", "schema": {"type": "string", "minLength": 1}},
          "subscriptionName": {"name": "name", "in": "path", "required": true, "description": "A subscription's name", "schema": {"type": "string", "minLength": 1}},
          "keyName": {"name": "name", "in": "path", "required": true, "description": "A key's id, or its name where no other has it", "schema": {"type": "string", "minLength": 1}},
          "listName": {"name": "name", "in": "path", "required": true, "description": "A list's name", "schema": {"type": "string", "minLength": 1, "maxLength": 150}},
          "customer": {"name": "id", "in": "path", "required": true, "description": "A customer id; with an @ an e-mail address; behind cio_ an id of Customer.io's", "schema": {"type": "string", "minLength": 1, "maxLength": 255}},
          "device": {"name": "device", "in": "path", "required": true, "schema": {"type": "string", "minLength": 1}},

          "waitEvaluated": {"name": "wait", "in": "query", "description": "Answer only when every entry of the request is evaluated; else after at most 50 ms", "schema": {"const": "evaluated"}},
          "idempotencyKey": {"name": "Idempotency-Key", "in": "header", "description": "Sent again within a day with the same one, the request gets its first answer again", "schema": {"type": "string", "minLength": 1, "maxLength": 200}},
          "after": {"name": "after", "in": "query", "description": "A cursor, as an answer gave it: begin behind it", "schema": {"type": "string"}},
          "afterPerson": {"name": "after", "in": "query", "description": "The 'next' of an earlier answer", "schema": {"type": "integer", "minimum": 0}},
          "segment": {"name": "segment", "in": "query", "description": "Only of these segments", "schema": {"type": "array", "items": {"type": "string"}}},
          "kind": {"name": "kind", "in": "query", "description": "Only of these kinds", "schema": {"type": "array", "items": {"enum": ["entered", "exited", "expectation"]}}},
          "cause": {"name": "cause", "in": "query", "description": "Only with these causes", "schema": {"type": "array", "items": {"enum": ["erased", "merge", "rules", "backfill", "attribute", "event", "time"]}}},
          "announced": {"name": "announced", "in": "query", "description": "Only those that subscribers hear of", "schema": {"type": "boolean"}},
          "limit": {"name": "limit", "in": "query", "description": "How many at most", "schema": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}},
          "waitSeconds": {"name": "wait", "in": "query", "description": "Where there is nothing yet, wait so many seconds", "schema": {"type": "integer", "minimum": 0, "maximum": 60}},
          "lastEventID": {"name": "Last-Event-ID", "in": "header", "description": "The cursor of the last event that came through", "schema": {"type": "string"}},
          "at": {"name": "at", "in": "query", "description": "As it was at this instant, under the rules that were in force", "schema": {"type": "string", "format": "date-time"}},
          "from": {"name": "from", "in": "query", "schema": {"type": "string", "format": "date-time"}},
          "to": {"name": "to", "in": "query", "schema": {"type": "string", "format": "date-time"}},
          "every": {"name": "every", "in": "query", "description": "How many seconds lie between two instants", "schema": {"type": "integer", "minimum": 1, "default": 86400}},
          "before": {"name": "before", "in": "query", "description": "The 'next' of an earlier answer: older activity", "schema": {"type": "integer", "minimum": 1}},
          "fromEntry": {"name": "from", "in": "query", "description": "The first entry", "schema": {"type": "integer", "minimum": 1}},
          "toEntry": {"name": "to", "in": "query", "description": "The last entry", "schema": {"type": "integer", "minimum": 1}},
          "person": {"name": "person", "in": "query", "description": "Only entries about this person", "schema": {"type": "string"}},
          "entryKind": {"name": "kind", "in": "query", "description": "Only entries of this kind", "schema": {"enum": ["track", "identify", "rules", "tick", "merge", "suppress", "import", "quarantine", "list", "erase"]}},
          "suppress": {"name": "suppress", "in": "query", "description": "Whether entries that name the person's identifiers have no effect from here on", "schema": {"type": "boolean", "default": false}},
          "beforeTime": {"name": "before", "in": "query", "description": "Entries that came before this; 30 days ago without it", "schema": {"type": "string", "format": "date-time"}},
          "idType": {"name": "id_type", "in": "query", "schema": {"enum": ["id", "email", "cio_id"], "default": "id"}},
          "apiSecret": {"name": "api_secret", "in": "query", "description": "An API key", "schema": {"type": "string"}},
          "shopifyTopic": {"name": "X-Shopify-Topic", "in": "header", "required": true, "schema": {"type": "string", "minLength": 1}, "example": "orders/create"},
          "shopifySignature": {"name": "X-Shopify-Hmac-Sha256", "in": "header", "required": true, "description": "The HMAC-SHA256 of the body, in base 64", "schema": {"type": "string"}},
          "shopifyEventID": {"name": "X-Shopify-Event-Id", "in": "header", "description": "The idempotency key, together with the topic", "schema": {"type": "string", "maxLength": 200}}
        }
        """#
}
