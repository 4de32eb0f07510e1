/// Something wrong at a place of one file, before lines and columns are counted.
struct Complaint: Sendable {
    /// The bytes of the text that are wrong.
    var range: Range<Int>
    /// What is wrong.
    var message: String
    /// What to do about it; nil where the message says enough.
    var fix: String?
}

/// What is wrong with one file.
struct Complaints: Sendable {
    private var kept: [Complaint] = []
    private var starts: Set<Int> = []
    /// How many there are, those that were not kept included.
    private(set) var count = 0

    /// Adds an error, unless there is one at that place already: the second is mostly a
    /// consequence of the first.
    mutating func error(_ range: Range<Int>, _ message: String, fix: String? = nil) {
        guard starts.insert(range.lowerBound).inserted else { return }
        count += 1
        guard kept.count < Limits.complaintsKeptMax else { return }
        kept.append(Complaint(range: range, message: message, fix: fix))
    }

    /// Those kept, by place.
    var sorted: [Complaint] { kept.sorted { $0.range.lowerBound < $1.range.lowerBound } }
}
