import EventModel

/// Turns syntax into checked rules, across all files of a rule set.
struct Checker {
    /// A file with everything that is wrong with it.
    struct File {
        var source: SourceText
        var complaints: Complaints
    }

    /// The files so far.
    var files: [File] = []
    /// Whether every file was read.
    private(set) var isComplete = true
    /// The segments so far.
    private(set) var segments: [SegmentRule] = []
    /// What is wrong with the file that is checked now.
    var complaints = Complaints()
    /// The references of the segment that is checked now, without their lines.
    var references: [SegmentReference] = []
    /// Which segment refers to which.
    var graph = SegmentGraph()
    /// What `any activity` means; empty for every event.
    let activities: [String]
    /// Those of them in the files so far.
    var activityNames: Set<String> = []
    /// Finds a zone by its name.
    let zones: (String) -> Zone?
    /// The zone of the file that is checked now.
    var zone = Zone.utc
    /// The text of the file that is checked now.
    var source = SourceText(path: "", text: "")
    /// The keys of events so far.
    var uniqueKeys: [UniqueKey] = []
    /// The identifiers' namespaces so far.
    var namespaces: [String] = []
    /// Where events and identifiers are declared.
    var declarationPlaces: [String: String] = [:]
    private var firstPlaces: [String: String] = [:]
    /// Where the segments' names stand, by file.
    private(set) var namePlaces: [String: (file: Int, range: Range<Int>)] = [:]

    init(activities: [String], zones: @escaping (String) -> Zone?) {
        self.activities = activities
        self.zones = zones
    }

    /// Takes a file that is not even read.
    mutating func refuse(_ source: SourceText, _ message: String) {
        isComplete = false
        var complaints = Complaints()
        complaints.error(0..<0, message)
        files.append(File(source: source, complaints: complaints))
    }

    /// Checks a file.
    mutating func check(_ file: FileSyntax) {
        complaints = file.complaints
        source = file.source
        zone = file.timezone.map { zone(of: $0) } ?? .utc
        var lines = LineReader(file.source)
        for event in file.events { check(event, in: &lines) }
        check(activities: file.activities)
        for name in file.identifiers { check(identifier: name, in: &lines) }
        for segment in file.segments { check(segment, in: &lines) }
        files.append(File(source: file.source, complaints: complaints))
    }

    private mutating func check(_ segment: SegmentSyntax, in lines: inout LineReader) {
        let name = segment.name
        if let first = firstPlaces[name.text] {
            complaints.error(
                name.range,
                "there is a segment '\(shortened(name.text))' already, at \(first)",
                fix: "give one of the two another name"
            )
        } else if !name.text.isEmpty {
            let place = lines.place(of: name.range.lowerBound)
            firstPlaces[name.text] = "\(lines.source.path):\(place.line):\(place.column)"
            namePlaces[name.text] = (files.count, name.range)
        }
        references = []
        let condition = segment.condition.flatMap { check($0) }
        for index in references.indices {
            references[index].line = lines.place(of: references[index].range.lowerBound).line
        }
        graph.add(name.text, references: references)
        guard segments.count < Limits.segmentsMax else {
            complaints.error(
                name.range,
                "a rule set may have \(Limits.segmentsMax) segments at most"
            )
            return
        }
        segments.append(
            SegmentRule(
                name: name.text,
                title: segment.title?.text ?? "",
                note: segment.note?.text ?? "",
                condition: condition ?? .any([])
            )
        )
    }
}
