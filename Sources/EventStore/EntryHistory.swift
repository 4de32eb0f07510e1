public import EventModel

/// Entries by number, and the chains that run through them.
public protocol EntryHistory {
    /// Hands one entry to `body`; nil where there is none of that number.
    func read<Result>(
        _ sequence: SequenceNumber,
        _ body: (EntryHead, Span<UInt8>) -> Result
    ) throws(StoreError) -> Result?

    /// An identifier, as it compares; nil where there is none of that number.
    func identifier(of id: IdentifierID) throws(StoreError) -> Identifier?
}

extension EntryHistory {
    /// An identifier that an entry names, as it compares.
    ///
    /// Traps where the store does not give it: then it is damaged, and what follows would be wrong.
    public func knownIdentifier(_ id: IdentifierID) -> Identifier {
        do {
            if let identifier = try identifier(of: id) { return identifier }
        } catch {
            fatalError("identifier \(id.rawValue): \(error)")
        }
        fatalError("identifier \(id.rawValue) of an entry is not in the store")
    }

    /// The entries that name an identifier, from the last of its chain down to `first`.
    ///
    /// - Complexity: O(length of that part of the chain).
    public func chain(
        of identifier: IdentifierID,
        from last: SequenceNumber,
        downTo first: SequenceNumber
    ) throws(StoreError) -> [SequenceNumber] {
        var found: [SequenceNumber] = []
        var next = last
        while next >= first, next != .zero {
            let step = try read(next) { head, _ in
                (0..<head.identifiers.count).first { head.identifiers[$0].id == identifier }
                    .map { head.identifiers[$0].previous }
            }
            guard let previous = step ?? nil else {
                throw .damaged(
                    table: "entries",
                    key: next.description,
                    what: "the chain of identifier \(identifier.rawValue) does not pass here"
                )
            }
            found.append(next)
            next = previous
        }
        return found
    }
}
