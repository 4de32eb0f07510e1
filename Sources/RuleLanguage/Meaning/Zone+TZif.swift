import EventModel

extension Zone {
    /// Reads a compiled zone of the tz database: the bytes of a file of `/usr/share/zoneinfo`.
    ///
    /// The offsets are those of the file's 64 bit data, and then those of its closing rule up to the
    /// end of the year 2199; neighbours that are equal are one.
    /// - Returns: nil where the bytes are no such file of version 2 or later, or count leap seconds.
    public init?(name: String, tzif bytes: [UInt8]) {
        var reader = TZifReader(bytes: bytes)
        guard let header = reader.header(), header.version >= UInt8(ascii: "2") else { return nil }
        reader.skip(header.length(timeBytes: 4))
        guard let header = reader.header(), header.leapCount == 0,
            let data = reader.transitions(header), let footer = reader.footer()
        else { return nil }
        var offsets = [Offset(from: .distantPast, seconds: data.first)]
        for transition in data.transitions { offsets.append(transition) }
        if !footer.isEmpty {
            guard let rule = ZoneRule(footer) else { return nil }
            rule.extend(&offsets)
        }
        self.init(name: name, offsets: Zone.merged(offsets))
    }

    private static func merged(_ offsets: [Offset]) -> [Offset] {
        var merged: [Offset] = []
        for offset in offsets {
            // Of two at one instant the later holds.
            if let last = merged.last, last.from >= offset.from { merged.removeLast() }
            if merged.last?.seconds != offset.seconds { merged.append(offset) }
        }
        return merged
    }
}

/// Reads the parts of a TZif file.
///
/// Source: RFC 8536, https://www.rfc-editor.org/rfc/rfc8536
private struct TZifReader {
    struct Header {
        var version: UInt8
        var utCount: Int
        var standardCount: Int
        var leapCount: Int
        var timeCount: Int
        var typeCount: Int
        var characterCount: Int

        /// How long the data block behind it is.
        func length(timeBytes: Int) -> Int {
            timeCount * (timeBytes + 1) + typeCount * 6 + characterCount
                + leapCount * (timeBytes + 4) + standardCount + utCount
        }
    }

    let bytes: [UInt8]
    private var place = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func skip(_ count: Int) { place += count }

    mutating func header() -> Header? {
        guard bytes.count - place >= 44, bytes[place..<place + 4].elementsEqual("TZif".utf8) else {
            return nil
        }
        let version = bytes[place + 4]
        place += 20
        let counts = (0..<6).map { _ in Int(number(4)) }
        return Header(
            version: version,
            utCount: counts[0],
            standardCount: counts[1],
            leapCount: counts[2],
            timeCount: counts[3],
            typeCount: counts[4],
            characterCount: counts[5]
        )
    }

    /// The first offset in seconds, and the offsets from each transition on; goes on behind the block.
    mutating func transitions(_ header: Header) -> (first: Int, transitions: [Zone.Offset])? {
        let length = header.length(timeBytes: 8)
        guard header.typeCount > 0, bytes.count - place >= length else { return nil }
        let end = place + length
        let times = (0..<header.timeCount).map { _ in Int64(bitPattern: number(8)) }
        let types = (0..<header.timeCount).map { _ in Int(number(1)) }
        var offsets: [Int] = []
        for _ in 0..<header.typeCount {
            offsets.append(Int(Int32(bitPattern: UInt32(number(4)))))
            place += 2
        }
        place = end
        let isSound =
            types.allSatisfy { $0 < offsets.count } && offsets.allSatisfy { abs($0) <= 26 * 3_600 }
            && zip(times, times.dropFirst()).allSatisfy { $0 < $1 }
        guard isSound, var first = offsets.first else { return nil }
        var transitions: [Zone.Offset] = []
        for (time, type) in zip(times, types) {
            let (milliseconds, overflow) = time.multipliedReportingOverflow(by: 1_000)
            // Some files begin with a transition before all time.
            if overflow || milliseconds <= Instant.distantPast.milliseconds {
                guard time < 0 else { return nil }
                first = offsets[type]
            } else {
                let from = Instant(milliseconds: milliseconds)
                transitions.append(Zone.Offset(from: from, seconds: offsets[type]))
            }
        }
        return (first, transitions)
    }

    /// The rule between the two line breaks at the end; empty for none.
    mutating func footer() -> String? {
        guard place < bytes.count, bytes[place] == UInt8(ascii: "\n") else { return nil }
        let rest = bytes[(place + 1)...]
        guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        return String(decoding: rest[..<end], as: UTF8.self)
    }

    private mutating func number(_ count: Int) -> UInt64 {
        defer { place += count }
        return bytes[place..<place + count].reduce(0) { $0 << 8 | UInt64($1) }
    }
}
