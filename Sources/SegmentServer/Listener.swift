internal import Glibc
internal import Hummingbird
internal import HummingbirdCore
internal import HummingbirdTLS
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle

/// One door to the daemon.
struct Listener: Service {
    /// Connections over the directory's socket at one time.
    static let socketConnectionsMax = 50
    /// Bytes of a request's header.
    static let headerBytesMax = 16 << 10
    /// Fields of a request's header.
    static let headerFieldsMax = 100

    private let application: Application<RouterResponder<DoorContext>>
    private let wrap: @Sendable (any Error) -> DaemonError
    private let cleanUp: @Sendable () -> Void

    /// The door for everybody on this machine.
    static func tcp(
        _ address: ListenAddress,
        _ limits: ConnectionLimits,
        _ responder: RouterResponder<DoorContext>,
        _ opening: OpeningDoors,
        _ logger: Logger,
        _ tls: ServerTLS?
    ) throws -> Listener {
        let configuration = ApplicationConfiguration(
            address: .hostname(address.boundHost, port: address.port),
            availableConnectionsDelegate: .maximum(limits.connectionsMax, logger: logger)
        )
        let application = Application(
            responder: responder,
            server: try tls.map { try .tls(server(limits), tlsConfiguration: $0.configuration) }
                ?? server(limits),
            configuration: configuration,
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? address.port
                let opened = ListenAddress(host: address.host, port: port)
                opening.opened(url: tls == nil ? opened.url : opened.secureURL)
            },
            logger: logger
        )
        return Listener(
            application: application,
            wrap: { DaemonError(listening: address, $0) },
            cleanUp: {}
        )
    }

    /// The door for commands of the same user, in the data directory.
    static func socket(
        _ path: String,
        _ responder: RouterResponder<DoorContext>,
        _ opening: OpeningDoors,
        _ logger: Logger
    ) -> Listener {
        // A socket that a killed daemon left behind is removed on binding: whoever holds the
        // directory's lock knows that nobody listens on it.
        let configuration = ApplicationConfiguration(
            address: .unixDomainSocket(path: path),
            availableConnectionsDelegate: .maximum(socketConnectionsMax, logger: logger)
        )
        var application = Application(
            responder: responder,
            server: server(ConnectionLimits()),
            configuration: configuration,
            onServerRunning: { _ in
                _ = unsafe chmod(path, 0o600)
                umask(Listener.usualMask)
                opening.opened()
            },
            logger: logger
        )
        // Nobody else may get in between binding and chmod.
        application.beforeServerStarts { umask(0o077) }
        return Listener(
            application: application,
            wrap: { DaemonError(socket: path, $0) },
            cleanUp: { unsafe unlink(path) }
        )
    }

    /// The mask that the process was started with.
    private static let usualMask: mode_t = {
        let mask = umask(0o077)
        umask(mask)
        return mask
    }()

    private static func server(_ limits: ConnectionLimits) -> HTTPServerBuilder {
        .http1(
            configuration: HTTP1Channel.Configuration(
                additionalChannelHandlers: [ConnectionGuard(limits)],
                idleTimeout: .seconds(Int64(limits.idleSecondsMax)),
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: headerBytesMax,
                    maxHeaderListSize: headerBytesMax,
                    maxHeaderFieldCount: headerFieldsMax
                )
            )
        )
    }

    func run() async throws {
        defer { cleanUp() }
        do {
            try await application.run()
        } catch let error as CancellationError {
            throw error
        } catch {
            throw wrap(error)
        }
    }

    /// Finds out whether an address can be listened on.
    static func probe(_ address: ListenAddress) async throws(DaemonError) {
        do {
            let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .bind(host: address.boundHost, port: address.port).get()
            try await channel.close()
        } catch {
            throw DaemonError(listening: address, error)
        }
    }
}
