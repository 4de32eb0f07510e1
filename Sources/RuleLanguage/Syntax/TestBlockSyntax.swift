import EventModel

/// A `test` block as written.
struct TestBlockSyntax {
    var name: TextSyntax
    /// What stands behind `starting`.
    var start: LiteralSyntax?
    var steps: [StepSyntax] = []
}

/// `at time …`: one thing that happens in a test, or is looked at.
struct StepSyntax {
    enum Time {
        case offset(DurationSyntax)
        case date(LiteralSyntax)
    }

    var time: Time
    var late: DurationSyntax?
    var subjects: [SubjectSyntax] = []
    var action: Action
    /// From `at` to the end.
    var range: Range<Int>
    /// The same on one line, without comments.
    var text = ""

    enum Action {
        /// `expect in segment`, `expect not in segment`.
        case membership(TextSyntax, isMember: Bool)
        /// `expect 2 members in segment` and the like.
        case count(NumberSyntax, Counted, TextSyntax)
        case list(TextSyntax, isAddition: Bool)
        case merge(SubjectSyntax)
        case erase
        case identify([PairSyntax])
        case track(TextSyntax, [PairSyntax])
    }

    enum Counted {
        case members
        case entries
        case exits
    }
}

/// `user "a"`: whom a step is about.
struct SubjectSyntax {
    var namespace: TextSyntax
    var value: TextSyntax
}

/// `name value`.
struct PairSyntax {
    var path: [TextSyntax]
    var value: StepValueSyntax
}

/// A value that a step gives.
indirect enum StepValueSyntax {
    case literal(LiteralSyntax)
    case now
    case ago(DurationSyntax)
    case ahead(DurationSyntax)
    case unset
    case list([StepValueSyntax])
    case object([PairSyntax])
}
