internal import NIOSSL

/// What connections over TCP are encrypted with.
struct ServerTLS: Sendable {
    let configuration: TLSConfiguration

    /// Reads the certificate and its key.
    ///
    /// - Throws: Where only one of the files is named, one cannot be read, or they do not belong together.
    init?(certificateFile: String, keyFile: String) throws(DaemonError) {
        switch (certificateFile.isEmpty, keyFile.isEmpty) {
        case (true, true): return nil
        case (false, false): break
        default:
            throw DaemonError(
                "TLS needs a certificate and its key: name the files with --tls-certificate-file and "
                    + "--tls-key-file, or neither"
            )
        }
        let certificates = try ServerTLS.read(certificateFile, "a certificate") {
            try NIOSSLCertificate.fromPEMFile(certificateFile)
        }
        let key = try ServerTLS.read(keyFile, "a private key") {
            try NIOSSLPrivateKey(file: keyFile, format: .pem)
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: certificates.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        do { _ = try NIOSSLContext(configuration: configuration) } catch {
            throw DaemonError(
                "the key in \(printable(keyFile)) is not that of the certificate in "
                    + "\(printable(certificateFile)), or one of them is not usable: \(error)"
            )
        }
        self.configuration = configuration
    }

    private static func read<Content>(
        _ file: String,
        _ what: String,
        _ body: () throws -> Content
    ) throws(DaemonError) -> Content {
        do { return try body() } catch {
            throw DaemonError(
                "cannot read \(what) from \(printable(file)): \(error). Check that the file is there, "
                    + "that it is PEM, and who may read it"
            )
        }
    }
}
