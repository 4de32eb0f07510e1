extension Parser {
    /// `settings`.
    mutating func settings() throws(Reported) -> SettingsSyntax {
        var settings = SettingsSyntax(range: token.range)
        advance()
        while token.kind != .end, !atBlock {
            marks?[index] = .clause
            if take("skew", "tolerance") {
                complainOfSecond(settings.skewTolerance != nil, "skew tolerance", words: 2)
                settings.skewTolerance = try duration(after: "skew tolerance")
            } else if take("duplicate", "horizon") {
                complainOfSecond(settings.duplicateHorizon != nil, "duplicate horizon", words: 2)
                settings.duplicateHorizon = try duration(after: "duplicate horizon")
            } else if take("identifiers", "at", "most") {
                complainOfSecond(settings.identifiersMax != nil, "identifiers at most", words: 3)
                guard case .number(let value) = token.kind else {
                    throw fail(
                        "a number is missing behind 'identifiers at most'",
                        fix: "write for example: identifiers at most 100 per person"
                    )
                }
                settings.identifiersMax = NumberSyntax(value: value, range: token.range)
                advance()
                guard take("per", "person") else {
                    throw fail(
                        "'per person' is missing here",
                        fix: "write for example: identifiers at most 100 per person"
                    )
                }
            } else {
                let words = ["skew", "duplicate", "identifiers"]
                throw fail(
                    "\(tokenSpelling) is no setting: there are 'skew tolerance', "
                        + "'duplicate horizon' and 'identifiers at most … per person'",
                    fix: token.kind == .word
                        ? nearest(to: token.text, among: words).map {
                            "write \(Parser.settingForms[$0] ?? $0)"
                        } : nil
                )
            }
        }
        return settings
    }

    private static let settingForms = [
        "skew": "skew tolerance 5 minutes", "duplicate": "duplicate horizon 7 days",
        "identifiers": "identifiers at most 100 per person",
    ]

    private mutating func complainOfSecond(_ isSecond: Bool, _ form: String, words: Int) {
        guard isSecond else { return }
        complain(range(from: index - words), "'\(form)' is said already", fix: "leave one out")
    }
}
