import EventModel

/// The members of an entry that mean something, as token indexes; others are ignored.
///
/// Of members with the same name the last one counts; null counts as absent.
struct EntryFields {
    var type: Int?
    var userID: Int?
    var anonymousID: Int?
    var identifiers: Int?
    var previousID: Int?
    var primary: Int?
    var secondary: Int?
    var event: Int?
    var list: Int?
    var properties: Int?
    var traits: Int?
    var timestamp: Int?
    var sentAt: Int?
    var messageID: Int?
    var backfill: Int?

    init(_ document: JSONDocument, entry: Int) {
        let text = document.text.span
        var key = entry + 1
        while key < document.end(entry) {
            let value = key + 1
            let present = document.kind(value) == .null ? nil : value
            // As bytes: a String for each name would be most of the work.
            switch text.extracting(document.range(key)) {
            case "type": type = present
            case "userId": userID = present
            case "anonymousId": anonymousID = present
            case "identifiers": identifiers = present
            case "previousId": previousID = present
            case "primary": primary = present
            case "secondary": secondary = present
            case "event": event = present
            case "list": list = present
            case "properties": properties = present
            case "traits": traits = present
            case "timestamp": timestamp = present
            case "sentAt": sentAt = present
            case "messageId": messageID = present
            case "backfill": backfill = present
            default: break
            }
            key = document.end(value)
        }
    }
}

/// Whether bytes are a text.
private func ~= (text: StaticString, bytes: Span<UInt8>) -> Bool {
    guard text.utf8CodeUnitCount == bytes.count else { return false }
    return text.withUTF8Buffer { unsafe bytes.isEqual(to: $0.span) }
}
