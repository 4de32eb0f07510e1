internal import CSodium
internal import EventModel
internal import LMDBStore

/// An identifier whose text is gone.
struct ScrubbedName: Sendable {
    var id: UInt32
    /// By what the text is known if it comes again, since the identifier is suppressed: one for each name of its
    /// namespace; else none.
    var hashes: [UInt128] = []
}

/// Identifiers whose texts are gone and that are suppressed: known by a keyed hash.
///
/// BLAKE2b (RFC 7693) with a key, of 16 bytes, over namespace and text, under a random key of the log.
struct ScrubbedNames: Sendable {
    private static let row = "erasures"
    private static let version: UInt8 = 1

    private var key: [UInt8]?
    private var numbers: [UInt128: UInt32] = [:]

    var isEmpty: Bool { numbers.isEmpty }

    /// None.
    init() {}

    /// None yet, under the key of a log.
    init(_ files: LogFiles) throws(StoreError) {
        let about = AboutTable(environment: files.environment, table: files.tables.about)
        let text = try about.text(
            ScrubbedNames.row,
            version: ScrubbedNames.version,
            what: "the key of erasures"
        )
        key = text.map { Array($0.utf8) }
    }

    /// The same, under a new key where the log has none.
    init(making files: LogFiles, from former: LogFiles) throws(StoreError) {
        let old = try AboutTable(environment: former.environment, table: former.tables.about)
            .text(ScrubbedNames.row, version: ScrubbedNames.version, what: "the key of erasures")
        let text = try AboutTable(environment: files.environment, table: files.tables.about).text(
            ScrubbedNames.row,
            orSet: old ?? ScrubbedNames.newKey(),
            version: ScrubbedNames.version,
            what: "the key of erasures"
        )
        key = Array(text.utf8)
    }

    private static func newKey() -> String {
        (0..<4).map { _ in
            let digits = String(UInt64.random(in: 0 ... .max), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    /// By what an identifier is known.
    func hash(_ text: Span<UInt8>, in namespace: String) -> UInt128? {
        guard let key else { return nil }
        var message = ValueWriter()
        message.name(namespace)
        message.raw(text)
        let bytes = message.bytes
        var code = [UInt8](repeating: 0, count: 16)
        let isDone = unsafe code.withUnsafeMutableBufferPointer { code in
            unsafe bytes.withUnsafeBufferPointer { bytes in
                unsafe key.withUnsafeBufferPointer { key in
                    guard let out = code.baseAddress else { return false }
                    return unsafe crypto_generichash(
                        out,
                        code.count,
                        bytes.baseAddress,
                        UInt64(bytes.count),
                        key.baseAddress,
                        key.count
                    ) == 0
                }
            }
        }
        precondition(isDone, "a key of the wrong length")
        return code.reduce(0) { $0 << 8 | UInt128($1) }
    }

    /// Forgets by what a number is known.
    mutating func forget(_ id: UInt32) { numbers = numbers.filter { $0.value != id } }

    mutating func takeKey(of other: ScrubbedNames) { key = other.key }

    mutating func add(_ name: ScrubbedName) {
        for hash in name.hashes { numbers[hash] = name.id }
    }

    /// Takes in a row of the dictionary.
    mutating func load(_ row: Span<UInt8>, _ id: UInt32) {
        add(ScrubbedName(id: id, hashes: ScrubbedNames.hashes(of: row)))
    }

    /// The number of an identifier that is suppressed and whose text is gone.
    func find(_ identifier: Identifier) -> UInt32? {
        hash(identifier.text.utf8.span, in: identifier.namespace).flatMap { numbers[$0] }
    }

    // MARK: - Rows

    /// What stands in the dictionary instead of a text.
    ///
    /// - Parameter group: The same of identifiers that mean the same.
    static func payload(_ namespace: SymbolID, group: UInt32, hashes: [UInt128]) -> [UInt8] {
        var writer = ValueWriter()
        writer.varint(UInt64(namespace.rawValue))
        writer.varint(UInt64(group))
        for hash in hashes {
            for place in 0..<16 {
                writer.bytes.append(UInt8(truncatingIfNeeded: hash >> UInt128(120 - 8 * place)))
            }
        }
        return writer.bytes
    }

    private static func hashes(of row: Span<UInt8>) -> [UInt128] {
        var reader = ValueReader(at: 0)
        _ = reader.varint(row)
        _ = reader.varint(row)
        return stride(from: reader.offset, to: row.count - 15, by: 16).map { start in
            var hash: UInt128 = 0
            for place in start..<start + 16 { hash = hash << 8 | UInt128(row[place]) }
            return hash
        }
    }
}
