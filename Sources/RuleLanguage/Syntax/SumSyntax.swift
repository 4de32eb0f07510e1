/// `sum of events.path where window compare number`.
struct SumSyntax {
    var events: EventsSyntax
    var path: [TextSyntax]
    var filter: FilterSyntax?
    /// The window; nil where none is said: ever.
    var window: WindowSyntax?
    var comparison: Comparison
    var number: NumberSyntax
}
