internal import EventModel
internal import Foundation

/// The bodies of one sender's product from any bytes: decoded, and what was taken is given back.
///
/// An entry for libFuzzer, compiled into the module `EventWire`. FUZZ_DECODER says which one.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzWire(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    var form = 0
    var isDone = false
    while !isDone {
        do throws(WireError) {
            let items = try decode(bytes, form)
            isDone = items == nil
            for item in items ?? [] { check(item) }
        } catch {
            check(error.message)
        }
        form += 1
    }
    return 0
}

private let decoder = ProcessInfo.processInfo.environment["FUZZ_DECODER"]

/// What a body asks for in one of the forms that the decoder reads; nil behind the last form.
private func decode(_ body: [UInt8], _ form: Int) throws(WireError) -> [SenderItem]? {
    switch decoder {
    case "native": try native(body, form)
    case "customerio": try customerIO(body, form)
    case "posthog": form > 0 ? nil : try PostHogDecoder().messages(body)
    case "klaviyo": try klaviyo(body, form)
    case "ga4": form > 0 ? nil : try AnalyticsDecoder().collect(body)
    case "shopify": try shopify(body, form)
    default: fatalError("FUZZ_DECODER names no decoder")
    }
}

private func native(_ body: [UInt8], _ form: Int) throws(WireError) -> [SenderItem]? {
    var entries: [DecodedEntry] = []
    switch form {
    case 0: entries = try NativeDecoder().decodeBatch(body: body)
    case 1:
        _ = NativeDecoder().writeKey(body)
        entries = [try NativeDecoder().decodeSingle(.identify, body: body)]
    default: return nil
    }
    return entries.map { entry in
        switch entry {
        case .success(let draft): .entries([draft])
        case .failure(let problem): .problem(problem)
        }
    }
}

private func customerIO(_ body: [UInt8], _ form: Int) throws(WireError) -> [SenderItem]? {
    let decoder = CustomerIODecoder()
    switch form {
    case 0: return [try decoder.customer("a@x.org", body)]
    case 1: return [try decoder.event(nil, body)]
    case 2: return [try decoder.merge(body)]
    case 3: return [try decoder.entity(body)]
    case 4: return try decoder.batch(body)
    case 5: return try decoder.list("l", adds: true, idType: "email", body)
    default: return nil
    }
}

private func klaviyo(_ body: [UInt8], _ form: Int) throws(WireError) -> [SenderItem]? {
    switch form {
    case 0: return [try KlaviyoDecoder().event(body)]
    case 1: return try KlaviyoDecoder().events(body)
    case 2: return [try KlaviyoDecoder().profile(body)]
    default: return nil
    }
}

private let topics = [
    "orders/create", "orders/cancelled", "carts/update", "customers/update", "customers/redact",
]

private func shopify(_ body: [UInt8], _ form: Int) throws(WireError) -> [SenderItem]? {
    guard form < topics.count else { return nil }
    let decoder = ShopifyDecoder()
    return [try decoder.webhook(topic: topics[form], eventID: "e", triggeredAt: nil, body)]
}

private func check(_ item: SenderItem) {
    switch item {
    case .entries(let drafts):
        precondition(!drafts.isEmpty)
        for draft in drafts { check(draft) }
    case .erase(let identifiers, _):
        precondition(!identifiers.isEmpty)
        for identifier in identifiers { check(identifier) }
    case .nothing: break
    case .problem(let problem): check(problem.message)
    }
}

private func check(_ draft: EntryDraft) {
    precondition(!draft.identifiers.isEmpty)
    precondition(draft.identifiers.count <= EntryHead.identifiersMax)
    for identifier in draft.identifiers { check(identifier) }
    precondition(draft.messageID.utf8.count <= 255)
    precondition(draft.event.utf8.count <= 150)
    precondition((draft.kind == .track || draft.kind == .list) == !draft.event.isEmpty)
    // What was taken can be given back, and is JSON.
    precondition(isObject(ValueJSON.named(draft.content.span)))
}

private func isObject(_ json: [UInt8]) -> Bool {
    do throws(WireError) { return try JSONParser().parse(json.span).kind(0) == .object } catch {
        return false
    }
}

private func check(_ identifier: Identifier) {
    precondition(!identifier.namespace.isEmpty && !identifier.text.isEmpty)
    precondition(identifier.text.utf8.count <= 255)
}

private func check(_ message: String) {
    precondition(!message.isEmpty)
    precondition(!message.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F })
}
