internal import CMemory
internal import EventModel

/// Turns drafts into records: numbers for texts, links of chains, bytes.
///
/// Keeps in memory what that needs and the log does not say directly: the numbers of all texts, and
/// the last entry of every identifier.
struct EntryEncoder {
    private(set) var symbols = InternTable()
    private(set) var identifiers = InternTable()
    /// Identifiers that have their texts back and whose rows say so not yet.
    var restored: [UInt32] = []
    /// What is known of identifiers whose texts are gone.
    var scrubbed = ScrubbedNames()
    /// Per identifier the last entry that names it.
    private var chainHeads: [SequenceNumber] = []
    /// What the entry before was named, since the next one mostly is too: compared first, instead of searched.
    private var lastSource = SymbolID.none
    private var lastNamespace = SymbolID.none
    /// Per name the one that last came behind it in an object, or began the object of an event of that name.
    private var followers: [SymbolID] = []
    /// Of entries to come, what the table knows their first identifiers by; nil where that takes a search.
    private var tags: [UInt32?] = []

    /// Takes in the next text of the dictionary of names.
    mutating func loadSymbol(_ text: Span<UInt8>) throws(StoreError) {
        guard symbols.load(text) else { throw .exhausted("names") }
    }

    /// Makes room for so many identifiers.
    mutating func reserve(identifiers count: Int) {
        identifiers.reserve(count)
        chainHeads.reserveCapacity(count)
    }

    /// Makes what was taken in from the dictionaries findable.
    mutating func finishLoading() {
        symbols.finishLoading()
        identifiers.finishLoading()
    }

    /// Takes in the next row of the dictionary of identifiers.
    mutating func loadIdentifier(_ row: Span<UInt8>, isScrubbed: Bool) throws(StoreError) {
        var reader = ValueReader(at: 0)
        let namespace = SymbolID(UInt32(truncatingIfNeeded: reader.varint(row)))
        if isScrubbed {
            scrubbed.load(row, UInt32(identifiers.count))
            guard identifiers.loadGone(in: namespace) else { throw .exhausted("identifiers") }
            chainHeads.append(.zero)
            return
        }
        let text = row.extracting(reader.offset..<row.count)
        guard identifiers.load(text, in: namespace) else { throw .exhausted("identifiers") }
        chainHeads.append(.zero)
    }

    /// Gives the well-known names their numbers, in a log that has no names yet.
    mutating func begin() throws(StoreError) {
        guard symbols.count == 0 else { return }
        for text in SymbolID.wellKnown { _ = try intern(text.utf8.span, guess: .none) }
    }

    /// Moves the ends of the chains for entries that were encoded earlier.
    mutating func observe(_ heads: [EntryHead]) {
        let span = heads.span
        for place in span.indices {
            for index in 0..<span[place].identifiers.count {
                let id = span[place].identifiers[index].id
                chainHeads[Int(id.rawValue)] = span[place].sequence
            }
        }
    }

    /// Takes over the ends of the chains of the first identifiers.
    mutating func restore(_ heads: [SequenceNumber]) throws(StoreError) {
        guard heads.count <= chainHeads.count else {
            throw .damaged(table: "checkpoint", key: "chains", what: "it knows more identifiers")
        }
        chainHeads.replaceSubrange(..<heads.count, with: heads)
    }

    /// The last entry that names the identifier; zero where none does.
    func chainHead(of id: IdentifierID) -> SequenceNumber { chainHeads[Int(id.rawValue)] }

    func symbol(_ text: String) -> SymbolID? {
        symbols.find(text.utf8.span).map(SymbolID.init)
    }

    func identifierID(_ identifier: Identifier) -> IdentifierID? {
        let canonical = identifier.canonical
        guard let namespace = symbol(canonical.namespace) else { return nil }
        return identifiers.find(canonical.text.utf8.span, in: namespace).map(IdentifierID.init)
    }

    func text(of symbol: Int) -> (symbol: SymbolID, text: String) {
        let number = UInt32(truncatingIfNeeded: symbol)
        return (SymbolID(number), String(decoding: symbols.text(of: number), as: UTF8.self))
    }

    /// How many entries are looked ahead at once.
    private static let aheadEntries = 64

    /// Encodes entries onto the end of a group.
    ///
    /// - Parameters:
    ///   - last: The sequence number of the entry before the first.
    ///   - instants: Per entry its log time.
    mutating func encode(
        _ drafts: [EntryDraft],
        after last: SequenceNumber,
        receivedAt instants: [Instant],
        into group: inout AppendedGroup
    ) throws(StoreError) {
        var sequence = last
        for first in stride(from: 0, to: drafts.count, by: EntryEncoder.aheadEntries) {
            let end = min(drafts.count, first + EntryEncoder.aheadEntries)
            lookAhead(drafts.span, first..<end)
            try unsafe drafts.withUnsafeBufferPointer { (drafts) throws(StoreError) in
                for index in first..<end {
                    sequence = sequence.next
                    // Read in its place: a draft is many texts and lists to copy.
                    guard let draft = drafts.baseAddress else { return }
                    try unsafe encode(
                        draft + index,
                        sequence: sequence,
                        receivedAt: instants[index],
                        tag: tags[index - first],
                        into: &group
                    )
                }
            }
        }
    }

    /// Has the processor fetch what the search for the entries' first identifiers will read, a step at a time.
    private mutating func lookAhead(_ drafts: Span<EntryDraft>, _ range: Range<Int>) {
        tags.removeAll(keepingCapacity: true)
        for index in range { tags.append(tag(ofFirst: drafts[index].identifiers.span)) }
        for case let tag? in tags { identifiers.prefetchSlot(tag) }
        for case let tag? in tags {
            guard let id = identifiers.firstGuess(tag) else { continue }
            identifiers.prefetchStart(id)
            unsafe chainHeads.withUnsafeBufferPointer { heads in
                guard let base = heads.baseAddress else { return }
                unsafe prefetch_line(base + Int(id))
            }
        }
        for case let tag? in tags {
            if let id = identifiers.firstGuess(tag) { identifiers.prefetchText(id) }
        }
    }

    @inline(__always)
    private func tag(ofFirst all: Span<Identifier>) -> UInt32? {
        guard !all.isEmpty, lastNamespace != .email,
            symbols.holds(lastNamespace.rawValue, all[0].namespace.utf8.span)
        else { return nil }
        return identifiers.tag(all[0].text.utf8.span, in: lastNamespace)
    }

    private mutating func encode(
        _ draft: UnsafePointer<EntryDraft>,
        sequence: SequenceNumber,
        receivedAt: Instant,
        tag: UInt32?,
        into group: inout AppendedGroup
    ) throws(StoreError) {
        if !scrubbed.isEmpty, let named = unsafe scrubbedNames(of: draft.pointee) {
            return try unsafe encodeTombstone(
                of: draft.pointee,
                naming: named,
                sequence: sequence,
                receivedAt: receivedAt,
                into: &group
            )
        }
        var event = SymbolID.none
        try group.add(
            sequence,
            receivedAt: receivedAt,
            kind: unsafe draft.pointee.kind,
            messageID: unsafe draft.pointee.messageID.utf8.span,
            // A name of one byte may become a number of five.
            contentBytesMax: unsafe 3 * draft.pointee.content.count,
            identify: { (head) throws(StoreError) in
                let spellings = try unsafe identify(draft, tag, &head)
                event = head.event
                return spellings
            },
            content: { (output) throws(StoreError) in
                var reader = ValueReader(at: 0)
                try unsafe intern(draft.pointee.content.span, &reader, after: event, into: &output)
            }
        )
    }

    /// Of an entry's identifiers those whose texts are gone and that are known by their hashes; nil where there is
    /// none.
    ///
    /// Where the entry says that they are suppressed no longer, they have texts again.
    private mutating func scrubbedNames(
        of draft: EntryDraft
    ) -> [(id: UInt32, namespace: SymbolID)]? {
        var found: [(id: UInt32, namespace: SymbolID)] = []
        for named in draft.identifiers.prefix(EntryHead.identifiersMax) {
            let canonical = named.canonical
            guard identifierID(canonical) == nil, let id = scrubbed.find(canonical) else {
                continue
            }
            found.append((id, namespace(of: id)))
            guard draft.kind == .suppress, !draft.isOn else { continue }
            // Whoever may be named again has a name again; whether it is suppressed is not decided here.
            identifiers.restore(id, canonical.text.utf8.span, in: namespace(of: id))
            scrubbed.forget(id)
            restored.append(id)
        }
        return found.isEmpty || draft.kind == .suppress && !draft.isOn ? nil : found
    }

    private func namespace(of id: UInt32) -> SymbolID {
        var reader = ValueReader(at: 0)
        return SymbolID(UInt32(truncatingIfNeeded: reader.varint(identifiers.text(of: id).span)))
    }

    /// Encodes an entry about somebody whose identifiers were erased and are suppressed: no more of it than that it
    /// came.
    private mutating func encodeTombstone(
        of draft: EntryDraft,
        naming named: [(id: UInt32, namespace: SymbolID)],
        sequence: SequenceNumber,
        receivedAt: Instant,
        into group: inout AppendedGroup
    ) throws(StoreError) {
        // A name that only such entries have is not kept.
        let event = symbol(draft.event) ?? .none
        try group.add(
            sequence,
            receivedAt: receivedAt,
            kind: draft.kind,
            messageID: [UInt8]().span,
            contentBytesMax: EntryRecord.emptyContent.count,
            identify: { (head) throws(StoreError) in
                head.isErased = true
                head.isBackfill = draft.isBackfill
                head.isOn = draft.isOn
                head.isAlias = draft.isAlias
                head.timestamp = draft.timestamp
                head.sentAt = draft.sentAt
                head.event = draft.kind == .track ? event : .none
                for (id, namespace) in named {
                    head.identifiers.append(
                        IdentifierReference(
                            id: IdentifierID(id),
                            namespace: namespace,
                            previous: chainHeads[Int(id)]
                        )
                    )
                    chainHeads[Int(id)] = sequence
                }
                return []
            },
            content: { (output) throws(StoreError) in output.raw(EntryRecord.emptyContent.span) }
        )
    }

    /// Forgets the texts of identifiers.
    mutating func forget(_ names: [ScrubbedName]) {
        for name in names {
            identifiers.forget(name.id)
            scrubbed.add(name)
        }
    }

    /// Says of an entry what it is called and whom it names.
    ///
    /// - Returns: Identifiers that were received otherwise than they compare, with their places.
    @inline(__always)
    private mutating func identify(
        _ draft: UnsafePointer<EntryDraft>,
        _ tag: UInt32?,
        _ head: inout EntryHead
    ) throws(StoreError) -> [(place: Int, text: String)] {
        head.isBackfill = unsafe draft.pointee.isBackfill
        head.isOn = unsafe draft.pointee.isOn
        head.isAlias = unsafe draft.pointee.isAlias
        head.isErased = unsafe draft.pointee.isErased
        head.repeated = unsafe draft.pointee.repeated
        head.repeatIsConflict = unsafe draft.pointee.repeatIsConflict
        head.timestamp = unsafe draft.pointee.timestamp
        head.sentAt = unsafe draft.pointee.sentAt
        lastSource = try unsafe intern(draft.pointee.source.utf8.span, guess: lastSource)
        head.source = lastSource
        head.event = try unsafe intern(draft.pointee.event.utf8.span, guess: .none)
        var spellings: [(place: Int, text: String)] = []
        let named = unsafe draft.pointee.identifiers.span
        for place in 0..<min(named.count, EntryHead.identifiersMax) {
            lastNamespace = try intern(named[place].namespace.utf8.span, guess: lastNamespace)
            if lastNamespace == .email {
                // The only ones that may compare otherwise than they were received.
                let canonical = named[place].canonical.text
                if canonical != named[place].text { spellings.append((place, named[place].text)) }
                head.identifiers.append(
                    try reference(canonical.utf8.span, tag: nil, by: head.sequence)
                )
            } else {
                head.identifiers.append(
                    try reference(
                        named[place].text.utf8.span,
                        tag: place == 0 ? tag : nil,
                        by: head.sequence
                    )
                )
            }
        }
        return spellings
    }

    /// A reference to an identifier of the namespace `lastNamespace`.
    @inline(__always)
    private mutating func reference(
        _ text: Span<UInt8>,
        tag: UInt32?,
        by sequence: SequenceNumber
    ) throws(StoreError) -> IdentifierReference {
        guard let (id, isNew) = identifiers.intern(text, in: lastNamespace, tag: tag) else {
            throw .exhausted("identifiers")
        }
        if isNew { chainHeads.append(.zero) }
        let previous = chainHeads[Int(id)]
        chainHeads[Int(id)] = sequence
        return IdentifierReference(
            id: IdentifierID(id),
            namespace: lastNamespace,
            previous: previous
        )
    }

    /// The number of a name.
    ///
    /// - Parameter guess: The name that it most often is.
    @inline(__always)
    private mutating func intern(
        _ text: Span<UInt8>,
        guess: SymbolID
    ) throws(StoreError) -> SymbolID {
        if symbols.holds(guess.rawValue, text) { return guess }
        guard let (id, _) = symbols.intern(text) else { throw .exhausted("names") }
        return SymbolID(id)
    }

    /// Copies one value from the named into the interned form; its depth is bounded by the decoder.
    ///
    /// - Parameter name: What the value belongs to.
    private mutating func intern(
        _ source: Span<UInt8>,
        _ reader: inout ValueReader,
        after name: SymbolID,
        into output: inout OutputSpan<UInt8>
    ) throws(StoreError) {
        let tag = source[reader.offset]
        switch ValueTag(rawValue: tag) {
        case .list:
            guard case .list(let range) = reader.value(source) else { return }
            output.begin(tag)
            let mark = output.count
            var items = ValueReader(at: range.lowerBound)
            while items.offset < range.upperBound {
                try intern(source, &items, after: name, into: &output)
            }
            output.end(mark)
        case .object:
            guard case .object(let range) = reader.value(source) else { return }
            output.begin(tag)
            let mark = output.count
            var members = ValueReader(at: range.lowerBound)
            var former = name
            while members.offset < range.upperBound {
                let text = source.extracting(members.text(source))
                while followers.count <= Int(former.rawValue) { followers.append(.none) }
                let symbol = try intern(text, guess: followers[Int(former.rawValue)])
                followers[Int(former.rawValue)] = symbol
                output.varint(UInt64(symbol.rawValue))
                try intern(source, &members, after: symbol, into: &output)
                former = symbol
            }
            output.end(mark)
        default:
            let start = reader.offset
            reader.skip(source)
            output.raw(source.extracting(start..<reader.offset))
        }
    }
}
