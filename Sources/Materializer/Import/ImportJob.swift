public import EventModel
internal import EventStore

/// What an import is about: which files, named by what is in them.
public struct ImportJob: Equatable, Sendable {
    /// A file of the job.
    public struct File: Equatable, Sendable {
        /// Its name, for people.
        public var name: String
        /// The SHA-256 of its bytes, in hexadecimal.
        public var hash: String

        /// A file of that name and content.
        public init(name: String, hash: String) {
            self.name = name
            self.hash = hash
        }
    }

    /// Names the job: the same files read in the same way have the same id.
    public var id: String
    /// The files, in the order in which they were named.
    public var files: [File]

    /// A job over those files.
    public init(id: String, files: [File]) {
        self.id = id
        self.files = files
    }

    /// The entry that opens or closes the job.
    ///
    /// - Parameters:
    ///   - isOn: Whether it opens it.
    ///   - isLive: Whether its rows come among live entries, each marked by itself.
    public func draft(isOn: Bool, isLive: Bool) -> EntryDraft {
        var draft = EntryDraft(kind: .job)
        draft.isOn = isOn
        draft.isBackfill = isLive
        var writer = ValueWriter()
        let root = writer.begin(.object)
        writer.name("job")
        writer.text(id)
        writer.name("files")
        let list = writer.begin(.list)
        for file in files {
            let object = writer.begin(.object)
            writer.name("name")
            writer.text(file.name)
            writer.name("sha256")
            writer.text(file.hash)
            writer.end(object)
        }
        writer.end(list)
        writer.end(root)
        draft.content = writer.bytes
        return draft
    }

    /// The id of the job that an entry in the named form opens or closes.
    static func id(of draft: EntryDraft) -> String? {
        let bytes = draft.content.span
        var root = ValueReader(at: 0)
        guard case .object(let members) = root.value(bytes) else { return nil }
        var reader = ValueReader(at: members.lowerBound)
        while reader.offset < members.upperBound {
            let name = reader.text(bytes)
            let value = reader.value(bytes)
            guard name.count == 3, case .text(let range) = value else { continue }
            return String(decoding: range.map { bytes[$0] }, as: UTF8.self)
        }
        return nil
    }
}

/// How a log stands to a job that is to be imported into it.
public enum ImportStanding: Sendable {
    /// The log holds nothing but rules and ticks, or an unfinished import of the same job from its
    /// beginning: it begins anew with this one.
    case anew
    /// It holds other entries: rows are late data that arrive now.
    case late
    /// It holds other entries, and an unfinished import of the same job among them, opened then.
    case resumed(since: Instant)
    /// The job is in the log already, between these entries, closed then.
    case done(ClosedRange<SequenceNumber>, at: Instant)
}

/// Finds out how a log stands to a job, entry by entry.
struct ImportScan {
    private let job: String
    private var isEmpty = true
    private var open: (id: String?, sequence: SequenceNumber, at: Instant, isLive: Bool)?
    private var own: ImportStanding?

    init(job: String) { self.job = job }

    mutating func look(
        _ head: EntryHead,
        _ bytes: Span<UInt8>,
        _ drafts: inout DraftReader
    ) throws(StoreError) {
        switch head.kind {
        case .rules, .tick, .quarantine: return
        case .job: break
        case .track, .identify, .merge, .suppress, .list, .erase:
            if open == nil || open?.isLive == true { isEmpty = false }
            return
        }
        let id = ImportJob.id(of: try drafts.draft(head, bytes))
        if head.isOn {
            open = (id, head.sequence, head.receivedAt, head.isBackfill)
            if id == job { own = .resumed(since: head.receivedAt) }
        } else if let opened = open {
            if id == job { own = .done(opened.sequence...head.sequence, at: head.receivedAt) }
            isEmpty = false
            open = nil
        }
    }

    /// How the log stands, once all of it was looked at.
    ///
    /// - Throws: Where another job from the beginning of the log is unfinished.
    func standing() throws(PartitionError) -> ImportStanding {
        if let open, !open.isLive {
            guard open.id == job else {
                throw PartitionError(
                    .rules,
                    "another import into this directory is unfinished. Run it again with the same "
                        + "files and mapping, or remove the directory, and import then"
                )
            }
            return .anew
        }
        return own ?? (isEmpty ? .anew : .late)
    }
}

extension Partition {
    /// How the log of a directory that no daemon has stands to a job.
    public static func standing(
        of job: ImportJob,
        in dataDirectory: String
    ) throws(PartitionError) -> ImportStanding {
        var scan = ImportScan(job: job.id)
        try PartitionError.wrap { () throws(StoreError) in
            let directory = try DataDirectory(path: dataDirectory)
            let log = try EventLog(directory: directory.log, newID: newLogID())
            var drafts = DraftReader(log)
            var failure: StoreError?
            try log.scan(from: SequenceNumber(1)) { head, bytes in
                do throws(StoreError) {
                    try scan.look(head, bytes, &drafts)
                    return true
                } catch {
                    failure = error
                    return false
                }
            }
            if let failure { throw failure }
        }
        return try scan.standing()
    }
}
