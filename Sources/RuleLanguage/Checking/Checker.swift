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
    /// The tests so far.
    var tests: [RuleTest] = []
    /// What is wrong with the file that is checked now.
    var complaints = Complaints()
    /// The references of the segment that is checked now, without their lines.
    var references: [SegmentReference] = []
    /// Which segment refers to which.
    var graph = SegmentGraph()
    /// All that is declared.
    var contract = DataContract()
    /// Whether rules may use only what is declared, where any event is.
    var checksNames = true
    /// Whether names must be declared.
    var isStrict: Bool { checksNames && !contract.events.isEmpty }
    /// What `any activity` means; empty for every event.
    var activities: [String] { contract.activities }
    /// The names behind `activity`, and where they stand, by file.
    var activityNames: Set<String> = []
    var activityPlaces: [(file: Int, name: TextSyntax)] = []
    /// The declared events and attributes by their names, and by other names their canonical ones.
    var declaredEvents: [String: EventDeclaration] = [:]
    var declaredAttributes: [String: FieldDeclaration] = [:]
    var canonicalEvents: [String: String] = [:]
    var canonicalAttributes: [String: String] = [:]
    /// How many names may still be compared, to suggest the nearest.
    var suggestionsLeft = 10 * Limits.comparisonsMax
    /// What names of properties mean in the filter that is checked now.
    var scope = PropertyScope()
    /// Finds a zone by its name.
    let zones: (String) -> Zone?
    /// The zone of the file that is checked now.
    var zone = Zone.utc
    /// The text of the file that is checked now.
    var source = SourceText(path: "", text: "")
    /// The place of the file that is checked now.
    var fileIndex = 0
    /// Where things are declared.
    var declarationPlaces: [String: String] = [:]
    private var firstPlaces: [String: String] = [:]
    /// Where the segments' names stand, by file.
    private(set) var namePlaces: [String: (file: Int, range: Range<Int>)] = [:]

    init(zones: @escaping (String) -> Zone?) {
        self.zones = zones
    }

    /// Takes a file that is not even read.
    mutating func refuse(_ source: SourceText, _ message: String) {
        isComplete = false
        var complaints = Complaints()
        complaints.error(0..<0, message)
        files.append(File(source: source, complaints: complaints))
    }

    /// Checks a file, behind the last declaration of all of them.
    mutating func check(_ file: FileSyntax, at index: Int) {
        complaints = files[index].complaints
        fileIndex = index
        source = file.source
        zone = file.timezone.map { zone(of: $0) } ?? .utc
        var lines = LineReader(file.source)
        for segment in file.segments { check(segment, in: &lines) }
        files[index].complaints = complaints
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
            namePlaces[name.text] = (fileIndex, name.range)
        }
        references = []
        let condition = segment.condition.flatMap { check($0) }
        let expectations = check(segment.expectations)
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
                condition: condition ?? .any([]),
                expectations: expectations
            )
        )
    }
}
