internal import EventModel
internal import LMDBStore

/// A row of a dictionary: the number is the key, what it stands for the payload.
enum DictionaryRow {
    static let version: UInt8 = 1

    static func record(_ payload: Span<UInt8>, key: Span<UInt8>) -> [UInt8] {
        var writer = RecordSeal.begin(version: version)
        writer.raw(payload)
        RecordSeal.seal(&writer, from: 0, key: key)
        return writer.bytes
    }

    static func read<Result>(
        _ environment: Environment,
        _ table: Table,
        name: String,
        id: UInt32,
        _ body: (Span<UInt8>) -> Result
    ) throws(StoreError) -> Result? {
        let key = Key.of(id)
        let outcome = try StoreError.wrap { () throws(LMDBError) in
            let transaction = try environment.beginReading()
            return try transaction.read(table, key: key.span) {
                record -> Swift.Result<Result, StoreError> in
                do throws(StoreError) {
                    try RecordSeal.check(record, key: key.span, table: name, version: version)
                    return .success(body(record.extracting(RecordSeal.headerCount...)))
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
        _ body: (Span<UInt8>) throws(StoreError) -> Void
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
                try RecordSeal.check(record, key: key, table: name, version: version)
                try body(record.extracting(RecordSeal.headerCount...))
            }
            found = try StoreError.wrap { () throws(LMDBError) in try cursor.next() }
        }
    }
}
