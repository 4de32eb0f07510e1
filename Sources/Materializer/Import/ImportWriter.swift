public import EventModel
internal import EventStore

/// Writes a log that begins with an import: the past at its own pace, under rules in force from before
/// its first row.
public final class ImportWriter {
    private static let groupEntriesMax = 10_000
    private static let groupBytesMax = 8 << 20

    private let directory: DataDirectory
    private let writer: LogWriter
    private let job: ImportJob
    private var drafts: [EntryDraft] = []
    private var instants: [Instant] = []
    private var bytesCount = 0

    /// Begins the log of a directory anew: what it holds, which are rules, ticks and an unfinished
    /// import only, is deleted with all that was derived from it.
    ///
    /// - Parameters:
    ///   - earliest: The instant of the first row.
    public init(
        _ dataDirectory: String,
        _ job: ImportJob,
        rules: ProposedRules,
        earliest: Instant
    ) throws(PartitionError) {
        self.job = job
        (directory, writer) = try PartitionError.wrap {
            () throws(StoreError) -> (DataDirectory, LogWriter) in
            let directory = try DataDirectory(path: dataDirectory)
            // What knows of deliveries goes by the log's id, which stays.
            let id = try EventLog(directory: directory.log, newID: Partition.newLogID()).id
            directory.removeLog()
            let log = try EventLog(directory: directory.log, newID: id)
            return (directory, try LogWriter(log))
        }
        let millisecond = TimeSpan(milliseconds: 1)
        let entry = RulesEntry(rules).draft(
            RuleChangeNote(author: "import", reason: "rules of an import")
        )
        try add(entry, at: earliest - millisecond - millisecond)
        try add(job.draft(isOn: true, isLive: false), at: earliest - millisecond)
        try flush()
    }

    /// Appends a row; rows come in order of their instants.
    public func add(_ draft: EntryDraft, at instant: Instant) throws(PartitionError) {
        drafts.append(draft)
        instants.append(instant)
        bytesCount += draft.content.count
        if drafts.count >= ImportWriter.groupEntriesMax || bytesCount >= ImportWriter.groupBytesMax
        {
            try flush()
        }
    }

    /// Closes the job behind its latest row.
    public func close(latest: Instant) throws(PartitionError) {
        try add(
            job.draft(isOn: false, isLive: false),
            at: latest + TimeSpan(milliseconds: 1)
        )
        try flush()
    }

    private func flush() throws(PartitionError) {
        guard !drafts.isEmpty else { return }
        try PartitionError.wrap { () throws(StoreError) in
            _ = try writer.append(drafts, receivedAt: instants)
        }
        drafts.removeAll(keepingCapacity: true)
        instants.removeAll(keepingCapacity: true)
        bytesCount = 0
    }
}
