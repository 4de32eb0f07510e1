public import EventModel

/// Has the processor fetch what will be read soon.
extension ApplyStage {
    /// Has the processor fetch what entries to come will read and change; changes nothing.
    ///
    /// A step at a time, since what a record refers to is known when the record is there.
    /// - Parameter index: The entry that is applied next.
    public func lookAhead(_ heads: [EntryHead], _ group: [Admitted], from index: Int) {
        heads.withUnsafeBufferPointer { heads in
            group.withUnsafeBufferPointer { group in lookAhead(heads, group, from: index) }
        }
    }

    /// The same for lists whose memory is at hand.
    @inline(__always)
    public func lookAhead(
        _ heads: UnsafeBufferPointer<EntryHead>,
        _ group: UnsafeBufferPointer<Admitted>,
        from index: Int
    ) {
        if index + 12 < group.count, let head = heads.baseAddress, let first = group.baseAddress {
            lookAhead(head + index + 12, first + index + 12)
        }
        if index + 8 < group.count { people.prefetchDirectory(group[index + 8].person) }
        if index + 4 < group.count { people.prefetchSeries(group[index + 4].person) }
    }

    /// Has the processor fetch the record of the person of an entry to come, and the end of its chain.
    @inline(__always)
    func lookAhead(_ head: HeadPointer, _ admitted: AdmittedPointer) {
        people.prefetch(admitted.pointee.person)
        guard head.pointee.identifiers.count > 0 else { return }
        chainHeads.prefetch(Int(head.pointee.identifiers[0].id.rawValue))
    }

    /// Has it fetch the series of the person of an entry to come, and what a transition reads where something falls
    /// due before it.
    @inline(__always)
    func lookAtDue(_ head: HeadPointer, _ admitted: AdmittedPointer) {
        let person = admitted.pointee.person
        guard Int(person.rawValue) < people.count else { return }
        people.prefetchSeries(person)
        let record = people.record(person)
        if record.pointee.armed < head.pointee.receivedAt { people.prefetchTurn(record) }
    }
}
