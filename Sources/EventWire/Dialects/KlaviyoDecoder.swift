import EventModel

/// Decodes the bodies of Klaviyo's API: events and profiles.
public struct KlaviyoDecoder: Sendable {
    private let limits: WireLimits

    /// A decoder with those bounds.
    public init(limits: WireLimits = WireLimits()) { self.limits = limits }

    /// `POST /api/events`.
    public func event(_ body: [UInt8]) throws(WireError) -> SenderItem {
        let (body, data) = try self.data(body)
        return try event(body, data, .body)
    }

    /// `POST /api/event-bulk-create-jobs`: the events of many profiles.
    public func events(_ body: [UInt8]) throws(WireError) -> [SenderItem] {
        let body = try SenderBody(body, limits, bytesMax: limits.batchBodyBytesMax)
        let path = ["data", "attributes", "events-bulk-create", "data"]
        var token: Int? = 0
        for name in path.dropLast() { token = token.flatMap { body.member(name, of: $0) } }
        guard let list = token else {
            throw WireError(
                .wrongShape,
                "\(path.joined(separator: ".")) is missing; send a list of events"
            )
        }
        var items: [SenderItem] = []
        for element in try body.elements("data", of: list) {
            do throws(WireError) { items += try bulk(body, element, items.count) } catch {
                let problem = EntryProblem(error.code, error.message, index: items.count)
                items.append(.problem(problem))
            }
        }
        guard items.count <= limits.batchEntriesMax else {
            throw NativeDecoder(limits: limits).tooManyEntries("has \(items.count)")
        }
        return items
    }

    /// `POST /api/profile-import`.
    public func profile(_ body: [UInt8]) throws(WireError) -> SenderItem {
        let (body, data) = try self.data(body)
        let entry = SenderEntry(body.document, data, .klaviyoProfileImport, limits)
        return .entries([try entry.entry(.identify)])
    }

    /// One profile of a bulk job, and its events.
    private func bulk(
        _ body: SenderBody,
        _ element: Int,
        _ start: Int
    ) throws(WireError) -> [SenderItem] {
        guard let attributes = body.member("attributes", of: element),
            let profile = body.member("profile", of: attributes),
            let events = body.member("events", of: attributes)
        else {
            throw WireError(
                .wrongShape,
                "an element has no attributes with profile and events; send both"
            )
        }
        let about = SenderEntry(body.document, profile, .klaviyoBulkProfile, limits)
        let identify: Result<EntryDraft, WireError>
        do throws(WireError) { identify = .success(try about.entry(.identify)) } catch {
            identify = .failure(error)
        }
        var items: [SenderItem] = []
        var tracks: [(item: Int, draft: EntryDraft)] = []
        for event in try body.elements("data", of: events) {
            let index = start + items.count
            do throws(WireError) {
                let place = EntryPlace.element("events", index)
                let entry = SenderEntry(body.document, event, .klaviyoEvent, limits, place)
                let who = try identify.get().identifiers
                let track = try entry.entry(.track, .init(identifiers: who))
                tracks.append((items.count, track))
                items.append(.entries([track]))
            } catch {
                items.append(.problem(EntryProblem(error.code, error.message, index: index)))
            }
        }
        if let first = tracks.first, let update = attributeEntry(identify, of: tracks.map(\.draft))
        {
            items[first.item] = .entries([update, first.draft])
        }
        return items
    }

    /// What is said of a profile besides its events, once for all of them; nil where that is nothing.
    ///
    /// It is as new as the latest of them.
    private func attributeEntry(
        _ identify: Result<EntryDraft, WireError>,
        of tracks: [EntryDraft]
    ) -> EntryDraft? {
        guard case .success(var draft) = identify,
            draft.content != EntryDraft(kind: .identify).content
        else { return nil }
        let times: [Instant] = tracks.compactMap(\.timestamp)
        draft.timestamp = times.count == tracks.count ? times.max() : nil
        draft.isBackfill = tracks.allSatisfy(\.isBackfill)
        return draft
    }

    private func event(
        _ body: SenderBody,
        _ data: Int,
        _ place: EntryPlace
    ) throws(WireError) -> SenderItem {
        let entry = SenderEntry(body.document, data, .klaviyoEvent, limits, place)
        return .entries(try entry.eventWithAttributes([.traits, .moreTraits]))
    }

    private func data(_ bytes: [UInt8]) throws(WireError) -> (SenderBody, Int) {
        let body = try SenderBody(bytes, limits, bytesMax: limits.singleBodyBytesMax)
        guard let data = body.member("data"), body.document.kind(data) == .object else {
            throw WireError(
                .wrongShape,
                #"the body has no "data"; send {"data":{"type":"event","attributes":{…}}}"#
            )
        }
        return (body, data)
    }
}
