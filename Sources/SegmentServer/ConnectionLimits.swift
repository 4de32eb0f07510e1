/// What connections over TCP may cost.
package struct ConnectionLimits: Sendable {
    /// Connections at one time; more of them wait until one is closed.
    package var connectionsMax = 500
    /// How long a connection may be silent: between two requests, within a header or a body.
    package var idleSecondsMax = 30
    /// How long a body may take to arrive, and an answer to be taken.
    package var transferSecondsMax = 60

    /// The defaults.
    package init() {}
}
