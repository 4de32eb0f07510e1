internal import Glibc
internal import NIOCore

/// Why the daemon does not start, or ended.
package struct DaemonError: Error, CustomStringConvertible, Sendable {
    /// What is wrong and what to do.
    package let description: String

    init(_ description: String) {
        self.description = description
    }

    /// Why an address cannot be listened on.
    init(listening address: ListenAddress, _ error: any Error) {
        let remedy = "Choose another one with --listen HOST:PORT (port 0 takes any free one)."
        let code = (error as? IOError)?.errnoCode
        switch code {
        case EADDRINUSE:
            self.init(
                "cannot listen on \(address): the port is in use, perhaps by another segmentd. "
                    + "Stop what uses it. \(remedy)"
            )
        case let code?: self.init("cannot listen on \(address): \(reason(code)). \(remedy)")
        case nil: self.init("cannot listen on \(address): \(error). \(remedy)")
        }
    }

    /// Why the directory's socket cannot be listened on.
    init(socket path: String, _ error: any Error) {
        let why = (error as? IOError).map { reason($0.errnoCode) } ?? "\(error)"
        self.init(
            "cannot listen on the socket \(printable(path)): \(why). Remove what is in its place, "
                + "and check that this user may write to the folder."
        )
    }
}
