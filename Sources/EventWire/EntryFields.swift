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
    var properties: Int?
    var traits: Int?
    var timestamp: Int?
    var sentAt: Int?
    var messageID: Int?
    var backfill: Int?

    private static let nameBytesMax = 11

    init(_ document: JSONDocument, entry: Int) {
        var key = entry + 1
        while key < document.end(entry) {
            let value = key + 1
            let present = document.kind(value) == .null ? nil : value
            // Spares the other names, which may be long, a String.
            if document.byteCount(key) <= EntryFields.nameBytesMax {
                switch document.string(key) {
                case "type": type = present
                case "userId": userID = present
                case "anonymousId": anonymousID = present
                case "identifiers": identifiers = present
                case "previousId": previousID = present
                case "primary": primary = present
                case "secondary": secondary = present
                case "event": event = present
                case "properties": properties = present
                case "traits": traits = present
                case "timestamp": timestamp = present
                case "sentAt": sentAt = present
                case "messageId": messageID = present
                case "backfill": backfill = present
                default: break
                }
            }
            key = document.end(value)
        }
    }
}
