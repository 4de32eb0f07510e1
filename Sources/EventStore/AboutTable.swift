internal import EventModel
internal import LMDBStore

/// What a directory says of itself: few rows, written once.
struct AboutTable {
    let environment: Environment
    let table: Table

    /// The text of a row; where there is none, sets it.
    ///
    /// - Throws: `StoreError.unknownVersion` where the row has another version than `version`.
    func text(
        _ name: String,
        orSet new: String,
        version: UInt8,
        what: String
    ) throws(StoreError) -> String {
        if let found = try text(name, version: version, what: what) { return found }
        let key = Array(name.utf8)
        var writer = RecordSeal.begin(version: version)
        writer.raw(Array(new.utf8).span)
        RecordSeal.seal(&writer, from: 0, key: key.span)
        let record = writer.bytes
        try StoreError.wrap { () throws(LMDBError) in
            let transaction = try environment.beginWriting()
            try transaction.put(table, key: key.span, value: record.span)
            try transaction.commit()
        }
        return new
    }

    /// The text of a row; nil where there is none.
    ///
    /// - Throws: `StoreError.unknownVersion` where the row has another version than `version`.
    func text(_ name: String, version: UInt8, what: String) throws(StoreError) -> String? {
        let key = Array(name.utf8)
        let found = try StoreError.wrap { () throws(LMDBError) in
            let transaction = try environment.beginReading()
            return try transaction.read(table, key: key.span) {
                record in (0..<record.count).map { record[$0] }
            }
        }
        guard let found else { return nil }
        let foundVersion = try RecordSeal.version(
            of: found.span,
            key: key.span,
            table: "about"
        )
        guard foundVersion == version else {
            throw .unknownVersion(what: what, found: foundVersion)
        }
        return String(decoding: found[RecordSeal.headerCount...], as: UTF8.self)
    }
}
