/// An `event` block as written.
struct EventTypeSyntax {
    /// The event's name.
    var name: TextSyntax
    /// The properties behind `unique by`; empty where there are none.
    var key: [[TextSyntax]] = []
}
