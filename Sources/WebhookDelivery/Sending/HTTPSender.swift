internal import AsyncHTTPClient
package import EventModel
internal import Glibc
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// Where webhooks go and how they are signed.
package struct WebhookTarget: Sendable {
    /// The receiver's URL.
    package var url: WebhookURL
    /// What signs the messages: one signature each, so that a receiver may know any of them.
    package var secrets: [WebhookSecret]
    /// How the sender calls itself.
    package var userAgent: String
    /// Further fields of each request.
    package var headers: [(name: String, value: String)] = []

    /// A receiver with its secret.
    package init(url: WebhookURL, secret: WebhookSecret, userAgent: String) {
        self.init(url: url, secrets: [secret], userAgent: userAgent)
    }

    /// A receiver with its secrets, the newest first.
    package init(url: WebhookURL, secrets: [WebhookSecret], userAgent: String) {
        self.url = url
        self.secrets = secrets
        self.userAgent = userAgent
    }

    /// Tells this URL from others without holding it: it may have a secret in it.
    package var fingerprint: UInt64 {
        var hash = StableHash()
        hash.feed(url.text)
        return hash.value
    }
}

/// Makes attempts over HTTP, to checked addresses only.
package final class HTTPSender: AttemptSender {
    /// How long an attempt may take until the receiver's status is there.
    package static let timeout = Duration.seconds(15)
    /// How much of an answer's body is read, so that its connection can be used again.
    private static let bodyBytesMax = 64 << 10
    private static let bodyTimeMax = Duration.seconds(1)

    private let target: WebhookTarget
    private let clients: AddressedClients
    private let timeout: Duration
    private let wallClock: @Sendable () -> Instant

    /// A sender to a target.
    ///
    /// - Parameter wallClock: What receivers compare with their clocks.
    package init(
        target: WebhookTarget,
        resolver: TargetResolver,
        timeout: Duration = HTTPSender.timeout,
        wallClock: @escaping @Sendable () -> Instant
    ) {
        self.target = target
        self.timeout = timeout
        self.wallClock = wallClock
        clients = AddressedClients(host: target.url.host, resolver: resolver)
    }

    /// Sends a message once; what is not answered within the timeout has failed.
    package func send(_ message: WebhookMessage) async -> AttemptOutcome {
        let outcome = await first(within: timeout) { await self.attempt(message) }
        return outcome ?? .failed(AttemptFailure("it did not answer within \(timeout)"))
    }

    private func attempt(_ message: WebhookMessage) async -> AttemptOutcome {
        let lease: (client: HTTPClient, address: IPAddress)
        do throws(TargetError) {
            lease = try await clients.lease()
        } catch {
            return .failed(AttemptFailure(error.reason))
        }
        do {
            let response = try await lease.client.execute(
                request(message),
                // Ours is the one that ends it; this one is for want of a way to give none.
                timeout: .hours(1)
            )
            let outcome = AttemptOutcome(
                status: Int(response.status.code),
                retryAfter: response.headers.first(name: "retry-after")
            )
            // The status is the answer; the body only has to be out of the way.
            _ = await first(within: HTTPSender.bodyTimeMax) { await HTTPSender.drain(response) }
            await clients.giveBack(lease.address, reached: true)
            return outcome
        } catch {
            await clients.giveBack(lease.address, reached: false)
            return .failed(AttemptFailure(HTTPSender.reason(error)))
        }
    }

    private func request(_ message: WebhookMessage) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: target.url.text)
        request.method = .POST
        let headers = message.headers(
            at: wallClock(),
            secrets: target.secrets,
            userAgent: target.userAgent
        )
        for header in headers + target.headers {
            request.headers.add(name: header.name, value: header.value)
        }
        request.body = .bytes(ByteBuffer(bytes: message.body))
        return request
    }

    private static func drain(_ response: HTTPClientResponse) async {
        var count = 0
        do {
            for try await chunk in response.body {
                count += chunk.readableBytes
                if count > bodyBytesMax { return }
            }
        } catch {
            // Cut off behind the status: that was the answer.
        }
    }

    /// Why there was no answer; the client's own words hold no header and no body.
    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError:
            switch error {
            case .connectTimeout: "it cannot be connected to in time"
            case .remoteConnectionClosed: "the connection was closed before an answer"
            default: error.shortDescription
            }
        case is ChannelError: "the connection was closed before an answer"
        case let error as IOError: systemWords(error.errnoCode)
        case let error as NIOConnectionError:
            (error.connectionErrors.first?.error as? IOError).map { systemWords($0.errnoCode) }
                ?? "it cannot be connected to"
        case is CancellationError: "it was cut off"
        default: tlsWords("\(error)") ?? "\(type(of: error))"
        }
    }

    /// TLS errors by their text: their type is of a package that nothing else here needs.
    private static func tlsWords(_ text: String) -> String? {
        if text.contains("CERTIFICATE_VERIFY_FAILED") || text.contains("unableToValidate") {
            return "its certificate cannot be verified"
        }
        return text.contains("handshakeFailed") ? "the TLS handshake failed" : nil
    }

    private static func systemWords(_ code: Int32) -> String {
        unsafe String(cString: strerror(code)).lowercased()
    }

    /// Cuts off what is on its way and closes all connections.
    package func shutDown() async { await clients.shutDown() }
}

extension TargetError {
    var reason: String {
        switch self {
        case .refused(let what): "\(what), which webhooks are not sent to"
        case .unresolved(let why): why
        }
    }
}

/// What `body` gives, or nil where it takes longer; it is cancelled then.
private func first<Value: Sendable>(
    within patience: Duration,
    _ body: @escaping @Sendable () async -> Value
) async -> Value? {
    await withTaskGroup(of: Value?.self) { group in
        group.addTask { await body() }
        group.addTask {
            try? await Task.sleep(for: patience)
            return nil
        }
        let value = await group.next() ?? nil
        group.cancelAll()
        return value
    }
}
