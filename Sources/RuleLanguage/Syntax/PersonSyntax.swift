/// `person.path test`.
struct AttributeSyntax {
    var path: [TextSyntax]
    var test: TestSyntax
}

/// `person.path changed from … to … window`.
struct ChangeSyntax {
    var path: [TextSyntax]
    var from: LiteralSyntax?
    var to: LiteralSyntax?
    /// The window; nil where none is said: ever.
    var window: WindowSyntax?
}

/// `entered segment name window`, or `exited`.
struct TurnSyntax {
    var isEntry: Bool
    var segment: TextSyntax
    /// The window; nil where none is said: ever.
    var window: WindowSyntax?
}
