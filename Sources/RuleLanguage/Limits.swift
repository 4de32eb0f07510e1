/// The bounds of a rule set; crossing one is an error that names it.
package enum Limits {
    /// How large a file may be.
    package static let fileBytesMax = 1 << 20
    /// How deep brackets and `not` may nest.
    package static let depthMax = 64
    /// How many references may lead from a segment through others to one without any.
    package static let segmentDepthMax = 64
    /// How many elements a list, or a chain of `and` or `or`, may have.
    package static let listElementsMax = 10_000
    /// How many parts a condition may have, written out.
    package static let conditionSizeMax = 100_000
    /// How many properties an event, and how many fields an item, may declare.
    package static let fieldsMax = 1_000
    /// How many steps a test may have.
    package static let stepsMax = 10_000
    /// How many other names a thing may have.
    package static let aliasesMax = 100
    /// How long a name may be in UTF-8.
    package static let nameBytesMax = 150
    /// How many segments a rule set may have.
    package static let segmentsMax = 10_000
    /// The largest number that `at least` and the like may name.
    package static let countMax = 1_000_000_000
    /// The largest number of entries, exits or events that an expectation may name: so many times are kept.
    package static let expectedMax = 100_000
    /// The longest duration.
    package static let durationDaysMax = 36_500
    /// How many errors a run shows.
    package static let errorsMax = 100
    /// How many names a run compares with misspelt ones of segments, to suggest the nearest.
    static let comparisonsMax = 100_000
    /// How many complaints are kept of one file; the rest is counted.
    static let complaintsKeptMax = 1_000
    /// How many characters of a source line a diagnostic carries.
    static let sourceLineCharactersMax = 160
}
