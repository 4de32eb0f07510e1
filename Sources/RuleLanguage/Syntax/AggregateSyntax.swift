/// `sum of events.path where window compare number`, and its kin.
struct AggregateSyntax {
    var figure: Figure
    var events: EventsSyntax
    var path: [TextSyntax]
    var filter: FilterSyntax?
    /// The window; nil where none is said: ever.
    var window: WindowSyntax?
    var comparison: Comparison
    var number: NumberSyntax
}

/// What is worked out over the events.
enum Figure: String, CaseIterable {
    case sum
    case average
    case minimum
    case maximum
    case distinct

    /// The words before the events.
    var lead: String { self == .distinct ? rawValue : "\(rawValue) of" }

    /// The figure as messages name it.
    var noun: String {
        switch self {
        case .average: "an average"
        case .sum, .minimum, .maximum: "a \(rawValue)"
        case .distinct: "a number of different values"
        }
    }

    /// The figure where messages mean this one.
    var definite: String {
        switch self {
        case .sum, .average, .minimum, .maximum: "the \(rawValue)"
        case .distinct: "'distinct'"
        }
    }
}
