internal import CChecksum
internal import EventModel

/// What all records share: checksum (4 bytes, lowest first, CRC-32C over key and the rest),
/// format version (1 byte), payload.
enum RecordSeal {
    /// Bytes before the payload.
    static let headerCount = 5

    /// Begins a record: the place for the checksum, and the version.
    static func begin(version: UInt8) -> ValueWriter {
        ValueWriter(appendingTo: [0, 0, 0, 0, version])
    }

    /// Puts in the checksum of the record that began at `start`.
    static func seal(_ writer: inout ValueWriter, from start: Int, key: Span<UInt8>) {
        seal(&writer.bytes, from: start, key: key)
    }

    /// Puts in the checksum of the record that began at `start`.
    static func seal(_ bytes: inout [UInt8], from start: Int, key: Span<UInt8>) {
        let sum = checksum(bytes.span.extracting(start..<bytes.count), key: key)
        for index in 0..<4 {
            bytes[start + index] = UInt8(truncatingIfNeeded: sum >> (8 * UInt32(index)))
        }
    }

    /// Checks a record and gives its version.
    static func version(
        of record: Span<UInt8>,
        key: Span<UInt8>,
        table: String
    ) throws(StoreError) -> UInt8 {
        guard record.count >= headerCount else {
            throw .damaged(table: table, key: hex(key), what: "it is only \(record.count) bytes")
        }
        var sum: UInt32 = 0
        for index in 0..<4 { sum |= UInt32(record[index]) << (8 * UInt32(index)) }
        guard sum == checksum(record, key: key) else {
            throw .damaged(table: table, key: hex(key), what: "its checksum does not match")
        }
        return record[4]
    }

    /// Checks a record and that its version is the one known.
    static func check(
        _ record: Span<UInt8>,
        key: Span<UInt8>,
        table: String,
        version known: UInt8
    ) throws(StoreError) {
        let found = try version(of: record, key: key, table: table)
        guard found == known else {
            throw .unknownVersion(what: "record \(hex(key)) of table '\(table)'", found: found)
        }
    }

    private static func checksum(_ record: Span<UInt8>, key: Span<UInt8>) -> UInt32 {
        let ofKey = unsafe key.withUnsafeBufferPointer { bytes in
            unsafe checksum_crc32c(0, bytes.baseAddress, bytes.count)
        }
        return unsafe record.withUnsafeBufferPointer { bytes in
            unsafe checksum_crc32c(ofKey, bytes.baseAddress.map { unsafe $0 + 4 }, bytes.count - 4)
        }
    }

    private static func hex(_ key: Span<UInt8>) -> String {
        var text = "0x"
        for index in 0..<key.count {
            text += (key[index] < 16 ? "0" : "") + String(key[index], radix: 16)
        }
        return text
    }
}

/// Keys whose byte order is the order of the numbers.
enum Key {
    /// Eight bytes, highest first.
    static func of(_ sequence: SequenceNumber) -> InlineArray<8, UInt8> {
        InlineArray { place in
            UInt8(truncatingIfNeeded: sequence.rawValue >> UInt64(56 - 8 * place))
        }
    }

    /// Four bytes, highest first.
    static func of(_ number: UInt32) -> InlineArray<4, UInt8> {
        InlineArray { place in UInt8(truncatingIfNeeded: number >> UInt32(24 - 8 * place)) }
    }

    /// The same as the beginning of longer keys.
    static func bytes(of number: UInt32) -> [UInt8] {
        let key = of(number)
        return key.indices.map { key[$0] }
    }

    /// The number whose key those bytes are.
    static func number(_ key: Span<UInt8>) -> UInt64 {
        var value: UInt64 = 0
        for index in 0..<key.count { value = value << 8 | UInt64(key[index]) }
        return value
    }
}
