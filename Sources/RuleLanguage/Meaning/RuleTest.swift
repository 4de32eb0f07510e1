public import EventModel

/// A test of rules: what happens to people in a world of its own, and who must be in which segment then.
public struct RuleTest: Sendable {
    /// Its name.
    public var name: String
    /// The file's name as it was given.
    public var file: String
    /// The line of its name, from 1.
    public var line: Int
    /// When it begins.
    public var start: Instant
    /// The steps, in order of time.
    public var steps: [Step]

    /// Something that happens, or is looked at.
    public struct Step: Sendable {
        /// When.
        public var at: Instant
        /// The line on which it begins, from 1.
        public var line: Int
        /// How it is written, on one line.
        public var text: String
        /// Whom it is about.
        public var identifiers: [Identifier]
        /// Whether the step names whom it is about; else that is the person without a name.
        public var namesSubject: Bool
        /// What happens, or is looked at.
        public var action: Action
    }

    /// What happens in a step, or is looked at behind everything of that time.
    public enum Action: Sendable {
        /// An entry of the log.
        case entry(EntryDraft)
        /// The person is a member of the segment, or is not.
        case membership(String, isMember: Bool)
        /// So many people are members.
        case members(Int, String)
        /// So many entries into the segment by then, or exits from it: of the person, or of all where the step
        /// names nobody.
        case turns(Int, String, isEntry: Bool)
    }
}
