internal import EventModel
internal import EventStore
internal import EventWire
internal import RuleLanguage
internal import WebhookDelivery

/// A subscription that somebody asks for, read from the JSON of a request.
struct SubscriptionRequest: Sendable {
    static let bodyBytesMax = 64 << 10
    private static let segmentsMax = 10_000
    private static let headersMax = 20
    private static let headerBytesMax = 2_048
    private static let nameBytesMax = 64
    private static let fields = [
        "name", "url", "segments", "kinds", "causes", "unannounced", "exitsOfUnannounced",
        "secret", "headers", "start", "includeMembers", "attributes", "batch", "concurrency",
    ]
    private static let example = #"{"url": "https://example.com/hooks/segmentd"}"#

    /// What it is to be called; nil for a name of ours.
    private(set) var name: String?
    private(set) var url: WebhookURL
    /// The URL as it was sent.
    private(set) var urlText: String
    /// Where and what, in words, for the filter.
    private(set) var wanted = TransitionRequest()
    private(set) var takesExitsOfUnannounced = true
    /// The secret to sign with; nil for one of ours.
    private(set) var secret: String?
    private(set) var headers: [Subscription.Header] = []
    /// Whether present members are sent first.
    private(set) var includesMembers = false
    /// Attributes of people to tell of.
    private(set) var attributes: [String] = []
    /// Transitions of one request at most.
    private(set) var batchMax = 1
    /// Requests on their way at the same time.
    private(set) var inFlightMax = 8

    private static let batchesMax = 1...100
    private static let concurrencies = 1...64
    private static let attributesMax = 50

    init(_ body: [UInt8]) throws(APIError) {
        let document: JSONDocument
        do throws(WireError) {
            document = try JSONParser().parse(body.span)
        } catch {
            throw APIError(error)
        }
        guard document.kind(0) == .object else {
            throw SubscriptionRequest.invalid(
                "the body is no object; send one such as \(SubscriptionRequest.example)"
            )
        }
        let reader = FieldReader(document: document, root: 0)
        try reader.checkNames(SubscriptionRequest.fields)
        try self.init(reader)
        secret = try reader.text("secret")
        if let secret { try SubscriptionRequest.check(secret, from: "the field 'secret'") }
    }

    /// One that a settings file declares, which has its secret in a file.
    ///
    /// - Parameters:
    ///   - root: The place of its object.
    ///   - resolved: Gives the path of a file that the settings file names.
    init(
        declaredIn document: JSONDocument,
        at root: Int,
        resolved: (String) -> String
    ) throws(APIError) {
        guard document.kind(root) == .object else {
            throw SubscriptionRequest.invalid("it is no object")
        }
        let reader = FieldReader(document: document, root: root)
        try reader.checkNames(SubscriptionRequest.fields.filter { $0 != "secret" } + ["secretFile"])
        try self.init(reader)
        guard name != nil else { throw SubscriptionRequest.invalid("name is missing") }
        guard let file = try reader.text("secretFile") else {
            throw SubscriptionRequest.invalid(
                "secretFile is missing: name a file with the secret that signs, whsec_ and base 64"
            )
        }
        do throws(WebhookError) {
            let text = try WebhookOptions.secret(file: resolved(file))
            secret = text.filter { !$0.isWhitespace }
        } catch {
            throw SubscriptionRequest.invalid(error.description)
        }
        if let secret { try SubscriptionRequest.check(secret, from: printable(file)) }
    }

    private static func check(_ secret: String, from origin: String) throws(APIError) {
        do throws(WebhookError) { _ = try WebhookSecret(secret, from: origin) } catch {
            throw invalid(error.description)
        }
    }

    private init(_ reader: FieldReader) throws(APIError) {
        guard let text = try reader.text("url") else {
            throw SubscriptionRequest.invalid(
                "url is missing; send one such as \(SubscriptionRequest.example)"
            )
        }
        do throws(WebhookError) {
            url = try WebhookURL(text)
        } catch {
            throw SubscriptionRequest.invalid(error.description)
        }
        urlText = text
        name = try SubscriptionRequest.name(reader.text("name"))
        wanted.after = try reader.text("start")
        _ = try wanted.start()
        wanted.segments = try reader.texts("segments", max: SubscriptionRequest.segmentsMax)
        wanted.kinds = try reader.texts("kinds", max: 10)
        wanted.causes = try reader.texts("causes", max: 10)
        wanted.announcedOnly = try !(reader.boolean("unannounced") ?? false)
        takesExitsOfUnannounced = try reader.boolean("exitsOfUnannounced") ?? true
        headers = try SubscriptionRequest.headers(reader)
        includesMembers = try reader.boolean("includeMembers") ?? false
        guard !includesMembers || wanted.after == nil || wanted.after == "now" else {
            throw SubscriptionRequest.invalid(
                "includeMembers begins now, with who is a member now; leave start out"
            )
        }
        attributes = try reader.texts("attributes", max: SubscriptionRequest.attributesMax)
        batchMax = try reader.number("batch", SubscriptionRequest.batchesMax) ?? 1
        inFlightMax = try reader.number("concurrency", SubscriptionRequest.concurrencies) ?? 8
    }

    static func invalid(_ message: String) -> APIError {
        APIError(400, "invalid_subscription", message)
    }

    private static func name(_ text: String?) throws(APIError) -> String? {
        guard let text else { return nil }
        let isPlain = text.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte)
                || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "_")
                || byte == UInt8(ascii: "-")
        }
        guard isPlain, (1...nameBytesMax).contains(text.utf8.count), text != configuredName else {
            throw invalid(
                "name is '\(printable(text, charactersMax: 80))'; a name has 1 to \(nameBytesMax) "
                    + "letters, digits, _ and -, and is not '\(configuredName)'"
            )
        }
        return text
    }

    /// What the webhook is called that flags or the settings file name.
    static let configuredName = "configured"

    /// Fields that are ours to set, or that say how the request is sent.
    private static let ownHeaders: Set<String> = [
        "host", "content-length", "content-type", "connection", "transfer-encoding", "te",
        "upgrade", "expect", "trailer", "user-agent", "webhook-id", "webhook-timestamp",
        "webhook-signature",
    ]

    private static func headers(_ reader: FieldReader) throws(APIError) -> [Subscription.Header] {
        var headers: [Subscription.Header] = []
        for (name, value) in try reader.members("headers") {
            let shown = printable(name, charactersMax: 60)
            let isToken =
                !name.isEmpty
                && name.utf8.allSatisfy { byte in
                    (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte)
                        || (0x30...0x39).contains(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            guard isToken else { throw invalid("headers: '\(shown)' is no name of a header") }
            guard !ownHeaders.contains(name.lowercased()) else {
                throw invalid("headers: '\(shown)' is set by segmentd; leave it out")
            }
            guard value.utf8.allSatisfy({ (0x20...0x7E).contains($0) }),
                name.utf8.count + value.utf8.count <= headerBytesMax
            else {
                throw invalid(
                    "headers: the value of '\(shown)' has characters beyond printable ASCII, or more "
                        + "than \(headerBytesMax) bytes"
                )
            }
            headers.append(Subscription.Header(name: name, value: value))
        }
        guard headers.count <= headersMax else {
            throw invalid("headers has \(headers.count) fields; at most \(headersMax) fit")
        }
        return headers
    }
}

/// Reads the members of a JSON object, and says which of them is what it should not be.
private struct FieldReader {
    let document: JSONDocument
    /// The place of the object.
    let root: Int

    /// Refuses members of other names: a typo must not be passed over.
    func checkNames(_ known: [String]) throws(APIError) {
        var key = root + 1
        while key < document.end(root) {
            let name = document.string(key)
            guard known.contains(name) else {
                let near = nearest(to: name, among: known).map { "did you mean '\($0)'?" }
                throw SubscriptionRequest.invalid(
                    "there is no field '\(printable(name, charactersMax: 60))'; "
                        + (near ?? "there are: \(known.joined(separator: ", "))")
                )
            }
            key = document.end(key + 1)
        }
    }

    private func value(_ name: String) -> Int? {
        guard let index = document.member(name, of: root), document.kind(index) != .null else {
            return nil
        }
        return index
    }

    func text(_ name: String) throws(APIError) -> String? {
        guard let index = value(name) else { return nil }
        guard document.kind(index) == .string else {
            throw SubscriptionRequest.invalid("\(name) is no text")
        }
        return document.string(index)
    }

    func boolean(_ name: String) throws(APIError) -> Bool? {
        guard let index = value(name) else { return nil }
        guard document.kind(index) == .boolean else {
            throw SubscriptionRequest.invalid("\(name) is neither true nor false")
        }
        return document.isTrue(index)
    }

    func number(_ name: String, _ range: ClosedRange<Int>) throws(APIError) -> Int? {
        guard let index = value(name) else { return nil }
        guard document.kind(index) == .number, let number = Int(document.string(index)),
            range.contains(number)
        else {
            throw SubscriptionRequest.invalid(
                "\(name) is no whole number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return number
    }

    func texts(_ name: String, max: Int) throws(APIError) -> [String] {
        guard let index = value(name) else { return [] }
        guard document.kind(index) == .array, document.elementCount(index) <= max else {
            throw SubscriptionRequest.invalid("\(name) is no list of \(max) texts at most")
        }
        var texts: [String] = []
        var element = index + 1
        while element < document.end(index) {
            guard document.kind(element) == .string else {
                throw SubscriptionRequest.invalid("\(name)[\(texts.count)] is no text")
            }
            texts.append(document.string(element))
            element = document.end(element)
        }
        guard !texts.isEmpty else {
            throw SubscriptionRequest.invalid("\(name) is empty: leave it out for all")
        }
        return texts
    }

    func members(_ name: String) throws(APIError) -> [(name: String, value: String)] {
        guard let index = value(name) else { return [] }
        guard document.kind(index) == .object else {
            throw SubscriptionRequest.invalid("\(name) is no object")
        }
        var members: [(name: String, value: String)] = []
        var key = index + 1
        while key < document.end(index) {
            guard document.kind(key + 1) == .string else {
                throw SubscriptionRequest.invalid("\(name): a value is no text")
            }
            members.append((document.string(key), document.string(key + 1)))
            key = document.end(key + 1)
        }
        return members
    }
}
