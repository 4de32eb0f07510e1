package import EventModel
package import EventWire

/// What is to be imported, and how it is read.
package struct ImportOptions: Sendable {
    /// The files, in order.
    package var files: [String]
    /// How CSV files are read; nil for files of one JSON entry a line.
    package var mapping: CSVMapping?
    /// Whether a CSV file's first record names its columns.
    package var hasHeader = true
    /// Where bad rows go.
    package var rejects: String
    /// Rows before this are refused.
    package var notBefore: Instant
    /// Rows behind this are refused.
    package var notAfter: Instant
    /// Whether late rows are announced like live ones.
    package var isLive = false
    /// Whether to go on with a job that was begun longer ago than keys are remembered.
    package var isForced = false
    /// How much memory sorting takes.
    package var sortBytesMax = 256 << 20

    /// The import of those files.
    package init(files: [String], rejects: String, notBefore: Instant, notAfter: Instant) {
        self.files = files
        self.rejects = rejects
        self.notBefore = notBefore
        self.notAfter = notAfter
    }
}

/// What an import did.
package struct ImportReport: Sendable {
    /// Rows that were taken.
    package var rows = 0
    /// Rows that went to the rejects.
    package var rejected = 0
    /// Of late rows: that repeat an entry of the log.
    package var duplicates = 0
    /// Of late rows: that name a suppressed identifier.
    package var suppressed = 0

    /// Nothing yet.
    package init() {}
}
