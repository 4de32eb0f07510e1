internal import EventModel
internal import RuleLanguage

/// Writes what an entry says as a contract means it: canonical names, declared types.
///
/// Keeps its memory from one entry to the next.
struct ContentReader: Sendable {
    /// What was read last: one object, whose members carry the symbols of `NameTable.readSymbols`.
    private(set) var bytes: [UInt8] = []
    /// Of which entry that is, and by which reading.
    private var sequence = SequenceNumber.zero
    private var reading = -1

    private var writer = ValueWriter()
    /// For the fields of the objects under way: the best rank found, and where the value lies.
    private var found: [(rank: Int32, place: Int)] = []
    /// Room for a text that is brought into shape.
    private var text: [UInt8] = []

    /// Reads an entry's object, unless that was done last.
    mutating func read(
        _ sequence: SequenceNumber,
        by reading: Int,
        _ object: ObjectReading,
        _ source: Span<UInt8>,
        at offset: Int,
        _ numberOfSymbol: [Int32]
    ) {
        guard self.sequence != sequence || self.reading != reading || sequence == .zero else {
            return
        }
        (self.sequence, self.reading) = (sequence, reading)
        swap(&bytes, &writer.bytes)
        writer.bytes.removeAll(keepingCapacity: true)
        found.removeAll(keepingCapacity: true)
        write(object, source, at: offset, numberOfSymbol)
        swap(&bytes, &writer.bytes)
    }

    /// Forgets which entry was read last.
    mutating func forget() { sequence = .zero }

    // MARK: - Objects

    private mutating func write(
        _ object: ObjectReading,
        _ source: Span<UInt8>,
        at offset: Int,
        _ numberOfSymbol: [Int32]
    ) {
        var reader = ValueReader(at: offset)
        guard case .object(let members) = reader.value(source) else {
            writer.null()
            return
        }
        let mark = writer.begin(.object)
        let base = found.count
        for _ in object.fields { found.append((.max, 0)) }
        reader = ValueReader(at: members.lowerBound)
        while reader.offset < members.upperBound {
            let symbol = reader.varint(source)
            let place = reader.offset
            reader.skip(source)
            let number = numberOfSymbol[Int(symbol)]
            guard number >= 0 else {
                // What no rule names still tells values apart.
                if object.others == nil {
                    writer.varint(symbol)
                    pass(source, at: place, numberOfSymbol)
                }
                continue
            }
            if let role = object.roles.first(where: { $0.name == number }) {
                let index = base + Int(role.field)
                // Of equal names the last counts.
                if role.rank <= found[index].rank { found[index] = (role.rank, place) }
            } else if object.others?.contains(number) ?? true {
                name(number)
                pass(source, at: place, numberOfSymbol)
            }
        }
        for (index, field) in object.fields.enumerated() {
            let (rank, place) = found[base + index]
            guard rank != .max else { continue }
            name(field.name)
            write(field.type, source, at: place, numberOfSymbol)
        }
        found.removeLast(found.count - base)
        writer.end(mark)
    }

    private mutating func name(_ number: Int32) {
        writer.varint(UInt64(NameTable.readBase | UInt32(number)))
    }

    /// Writes a value as it was sent, but for the symbols within.
    private mutating func pass(
        _ source: Span<UInt8>,
        at offset: Int,
        _ numberOfSymbol: [Int32]
    ) {
        var reader = ValueReader(at: offset)
        switch reader.value(source) {
        case .null, .boolean, .number, .text:
            writer.raw(source.extracting(offset..<reader.offset))
        case .list(let elements):
            let mark = writer.begin(.list)
            var element = ValueReader(at: elements.lowerBound)
            while element.offset < elements.upperBound {
                pass(source, at: element.offset, numberOfSymbol)
                element.skip(source)
            }
            writer.end(mark)
        case .object(let members):
            let mark = writer.begin(.object)
            var member = ValueReader(at: members.lowerBound)
            while member.offset < members.upperBound {
                let symbol = member.varint(source)
                let number = numberOfSymbol[Int(symbol)]
                // What no rule names still tells values apart.
                if number >= 0 { name(number) } else { writer.varint(symbol) }
                pass(source, at: member.offset, numberOfSymbol)
                member.skip(source)
            }
            writer.end(mark)
        }
    }

    // MARK: - Values

    /// Writes a value as its type means it; null where it cannot be one.
    private mutating func write(
        _ type: TypeReading,
        _ source: Span<UInt8>,
        at offset: Int,
        _ numberOfSymbol: [Int32]
    ) {
        var reader = ValueReader(at: offset)
        let value = reader.value(source)
        switch type {
        case .any: pass(source, at: offset, numberOfSymbol)
        case .text(let normalization): write(value, as: normalization, source)
        case .number:
            switch value {
            case .number(_?): writer.raw(source.extracting(offset..<reader.offset))
            case .text(let range):
                let spelling = source.extracting(Coercion.trimmed(range, source))
                if NumberText(spelling)?.decimal != nil {
                    writer.number(spelling)
                } else {
                    writer.null()
                }
            default: writer.null()
            }
        case .boolean:
            if let truth = Coercion.truth(value, source) {
                writer.boolean(truth)
            } else {
                writer.null()
            }
        case .time:
            switch value {
            case .text(let range):
                let trimmed = source.extracting(Coercion.trimmed(range, source))
                if Instant(rfc3339: trimmed) != nil {
                    writer.text(trimmed)
                } else {
                    write(NumberText(trimmed)?.decimal.flatMap { Coercion.instant($0) })
                }
            case .number(let number?): write(Coercion.instant(number))
            default: writer.null()
            }
        case .list(let element):
            guard case .list(let elements) = value else {
                writer.null()
                return
            }
            let mark = writer.begin(.list)
            var reader = ValueReader(at: elements.lowerBound)
            while reader.offset < elements.upperBound {
                write(element, source, at: reader.offset, numberOfSymbol)
                reader.skip(source)
            }
            writer.end(mark)
        case .item(let object): write(object, source, at: offset, numberOfSymbol)
        }
    }

    private mutating func write(_ instant: Instant?) {
        if let instant { writer.text(instant.rfc3339) } else { writer.null() }
    }

    private mutating func write(
        _ value: ValueView,
        as normalization: Normalization,
        _ source: Span<UInt8>
    ) {
        switch value {
        case .text(let range):
            guard normalization != Normalization() else {
                writer.text(source.extracting(range))
                return
            }
            text.removeAll(keepingCapacity: true)
            Coercion.normalize(source.extracting(range), normalization, into: &text)
            let shaped = text
            writer.text(shaped.span)
        case .number(let number?): writer.text(number.description)
        case .boolean(let truth): writer.text(truth ? "true" : "false")
        default: writer.null()
        }
    }
}
