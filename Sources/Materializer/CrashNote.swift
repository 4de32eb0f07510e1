internal import CCrashNote
internal import EventModel
internal import EventStore
internal import Glibc

/// What a process that crashed says of the entry it was at work on.
///
/// A file of one line beside the environments, `ENTRY COUNT`, written by the handler of fatal signals.
/// Not derivable, and of no harm if it is lost: then an entry has one more try.
struct CrashNote {
    /// How often an entry may crash the process before it is set aside.
    static let crashesMax = 2

    let sequence: SequenceNumber
    let count: Int

    /// The note of a directory; nil where there is none.
    static func read(_ directory: DataDirectory) -> CrashNote? {
        let descriptor = unsafe Glibc.open(directory.crashNote, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = unsafe bytes.withUnsafeMutableBytes {
            unsafe pread(descriptor, $0.baseAddress, $0.count, 0)
        }
        let line = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        let words = line.split { $0 == " " || $0 == "\n" }
        guard words.count == 2, let sequence = UInt64(words[0]), let crashes = Int(words[1]) else {
            return nil
        }
        return CrashNote(sequence: SequenceNumber(sequence), count: crashes)
    }

    /// Has a crash of this process write the next note.
    static func install(_ directory: DataDirectory, after note: CrashNote?) {
        let descriptor = unsafe Glibc.open(
            directory.crashNote,
            O_RDWR | O_CREAT | O_CLOEXEC,
            0o644
        )
        // Without the file a crash is a crash; nothing else depends on it.
        guard descriptor >= 0 else { return }
        crash_note_install(
            descriptor,
            note?.sequence.rawValue ?? 0,
            UInt32(clamping: note?.count ?? 0)
        )
    }

    /// Forgets the note: the entry it names has been got over.
    static func clear(_ directory: DataDirectory) {
        _ = unsafe truncate(directory.crashNote, 0)
        crash_note_forget()
    }

    /// Does work on an entry, which a crash meanwhile is put down to.
    static func working<Result, Failure: Error>(
        on sequence: SequenceNumber,
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        crash_note_at(sequence.rawValue)
        defer { crash_note_at(0) }
        return try body()
    }

    /// Does work on entries, of which `body` says whenever it begins with one.
    static func working(onEach body: (_ next: (SequenceNumber) -> Void) -> Void) {
        defer { crash_note_at(0) }
        body { crash_note_at($0.rawValue) }
    }
}

/// What a `quarantine` entry holds: which entry has no effect, since it crashes the engine.
struct QuarantineEntry {
    let entry: SequenceNumber

    /// The entry to append.
    var draft: EntryDraft {
        var writer = ValueWriter()
        let root = writer.begin(.object)
        writer.name("entry")
        writer.number(Array(entry.description.utf8).span)
        writer.name("reason")
        writer.text("it crashed segmentd \(CrashNote.crashesMax) times")
        writer.end(root)
        var draft = EntryDraft(kind: .quarantine)
        draft.content = writer.bytes
        return draft
    }

    init(_ entry: SequenceNumber) { self.entry = entry }

    /// Reads an entry of the log; nil where it has another shape.
    init?(_ head: EntryHead, _ bytes: Span<UInt8>, symbol: (String) -> SymbolID?) {
        var root = ValueReader(at: head.content.lowerBound)
        guard case .object(let members) = root.value(bytes), let name = symbol("entry"),
            let offset = ValueReader.member(name, of: members, in: bytes)
        else { return nil }
        var reader = ValueReader(at: offset)
        guard case .number(let number?) = reader.value(bytes) else { return nil }
        entry = SequenceNumber(UInt64(truncatingIfNeeded: number.units / ExactDecimal.one))
    }
}

/// The entries of a log that were set aside.
enum Quarantine {
    /// Reads them, and sets aside what crashed the process too often.
    ///
    /// - Parameter mayAppend: Whether an entry that is to be set aside is; else that is an error.
    static func entries(
        _ directory: DataDirectory,
        _ log: EventLog,
        _ writer: LogWriter,
        _ state: StateStore,
        mayAppend: Bool,
        report: (String) -> Void
    ) throws(PartitionError) -> Set<SequenceNumber> {
        var entries = try recorded(log) { writer.symbol($0) }
        let note = CrashNote.read(directory)
        if let note, note.count >= CrashNote.crashesMax, !entries.contains(note.sequence),
            try isBehindTransitions(note.sequence, log, state)
        {
            guard mayAppend else {
                throw PartitionError(
                    .damaged,
                    "entry \(note.sequence) of the log crashed segmentd \(note.count) times. Start "
                        + "the daemon: it sets the entry aside and goes on"
                )
            }
            try append(note.sequence, log, writer)
            entries.insert(note.sequence)
        }
        CrashNote.install(directory, after: note)
        for entry in entries.sorted() {
            report(
                "entry \(entry) is set aside and counts for nothing: it crashed segmentd "
                    + "\(CrashNote.crashesMax) times. Please report it, with what "
                    + "'segmentd log --from \(entry) --to \(entry)' shows"
            )
        }
        return entries
    }

    /// Those that the log itself sets aside.
    static func recorded(
        _ log: EventLog,
        symbol: (String) -> SymbolID?
    ) throws(PartitionError) -> Set<SequenceNumber> {
        try PartitionError.wrap { () throws(StoreError) in
            var entries: Set<SequenceNumber> = []
            for sequence in try log.quarantineSequences() {
                let entry = try log.read(sequence) { head, bytes in
                    QuarantineEntry(head, bytes, symbol: symbol)
                }
                if let entry = entry ?? nil { entries.insert(entry.entry) }
            }
            return entries
        }
    }

    /// Whether nothing was recorded yet of what came after the entry: then it can still have no effect.
    private static func isBehindTransitions(
        _ sequence: SequenceNumber,
        _ log: EventLog,
        _ state: StateStore
    ) throws(PartitionError) -> Bool {
        try PartitionError.wrap { () throws(StoreError) in
            guard let kind = try log.read(sequence, { head, _ in head.kind }) else { return false }
            switch kind {
            case .track, .identify, .merge, .suppress, .list, .erase: break
            // Without them the log means something else.
            case .rules, .tick, .job, .quarantine: return false
            }
            return try state.applied().map { $0.sequence < sequence } ?? true
        }
    }

    /// Right behind the last entry, so that every replay finds the same instant.
    private static func append(
        _ entry: SequenceNumber,
        _ log: EventLog,
        _ writer: LogWriter
    ) throws(PartitionError) {
        try PartitionError.wrap { () throws(StoreError) in
            let last = try log.read(writer.lastSequence) { head, _ in head.receivedAt }
            guard let last else { return }
            _ = try writer.append(
                [QuarantineEntry(entry).draft],
                receivedAt: last + TimeSpan(milliseconds: 1)
            )
        }
    }
}
