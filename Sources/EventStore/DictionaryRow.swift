internal import EventModel
internal import LMDBStore

/// A row of a dictionary: the number is the key, what it stands for the payload.
enum DictionaryRow {
    static let version: UInt8 = 1
    /// Of an identifier whose text is gone.
    static let scrubbedVersion: UInt8 = 2

    static func record(
        _ payload: Span<UInt8>,
        key: Span<UInt8>,
        version: UInt8 = version
    ) -> [UInt8] {
        var record: [UInt8] = []
        write(payload, key: key, version: version, to: &record)
        return record
    }

    /// Writes a record in place of what the bytes hold.
    static func write(
        _ payload: Span<UInt8>,
        key: Span<UInt8>,
        version: UInt8 = version,
        to record: inout [UInt8]
    ) {
        record.removeAll(keepingCapacity: true)
        record.append(addingCapacity: RecordSeal.headerCount + payload.count) { output in
            // The checksum comes last.
            output.bytes(of: 0, count: 4)
            output.append(version)
            output.raw(payload)
        }
        RecordSeal.seal(&record, from: 0, key: key)
    }

    /// Checks a record and gives its version.
    private static func check(
        _ record: Span<UInt8>,
        key: Span<UInt8>,
        _ table: String
    ) throws(StoreError) -> UInt8 {
        let found = try RecordSeal.version(of: record, key: key, table: table)
        guard found != scrubbedVersion || table != "identifiers" else { return found }
        try RecordSeal.check(record, key: key, table: table, version: version)
        return found
    }

    static func read<Result>(
        _ environment: Environment,
        _ table: Table,
        name: String,
        id: UInt32,
        _ body: (Span<UInt8>, _ version: UInt8) -> Result
    ) throws(StoreError) -> Result? {
        let key = Key.of(id)
        let outcome = try StoreError.wrap { () throws(LMDBError) in
            let transaction = try environment.beginReading()
            return try transaction.read(table, key: key.span) {
                record -> Swift.Result<Result, StoreError> in
                do throws(StoreError) {
                    let version = try check(record, key: key.span, name)
                    return .success(body(record.extracting(RecordSeal.headerCount...), version))
                } catch { return .failure(error) }
            }
        }
        return try outcome?.get()
    }

    /// Hands all rows to `body` in order of their numbers, and before that to `begin` how many there are.
    static func readAll(
        _ environment: Environment,
        _ table: Table,
        name: String,
        begin: (_ count: Int) -> Void = { _ in },
        _ body: (Span<UInt8>, _ version: UInt8) throws(StoreError) -> Void
    ) throws(StoreError) {
        let transaction = try StoreError.wrap { () throws(LMDBError) in
            try environment.beginReading()
        }
        begin(try StoreError.wrap { () throws(LMDBError) in try transaction.count(table) })
        var cursor = try StoreError.wrap { () throws(LMDBError) in
            try transaction.cursor(table)
        }
        var found = try StoreError.wrap { () throws(LMDBError) in try cursor.first() }
        while found {
            try cursor.withCurrent { (key, record) throws(StoreError) in
                let version = try check(record, key: key, name)
                try body(record.extracting(RecordSeal.headerCount...), version)
            }
            found = try StoreError.wrap { () throws(LMDBError) in try cursor.next() }
        }
    }
}
