internal import RuleLanguage

/// Makes the readings of events, of which those that go together are one: then an entry is read once.
extension ProgramBuilder {
    /// The numbers of how a series reads its events; none where it reads all of them as sent.
    mutating func readings(_ events: EventSelection) -> [Int] {
        var numbers: [Int] = []
        for reading in events.readings { numbers.append(number(of: reading)) }
        return numbers
    }

    private mutating func number(of reading: EventReading) -> Int {
        for (index, known) in readings.enumerated() {
            if let both = known.merged(with: reading) {
                readings[index] = both
                return index
            }
        }
        readings.append(reading)
        return readings.count - 1
    }

    /// Makes what the program reads by, once all readings are known.
    mutating func finishReadings() {
        for reading in readings {
            let object = ObjectReading(reading.fields, others: reading.others) { propertyName($0) }
            program.readings.append(
                Program.Reading(events: Set(reading.names), object: object)
            )
        }
        // Events of which nothing is declared are read too where a series has others.
        program.readings.append(
            Program.Reading(
                events: [],
                object: ObjectReading([], others: nil) { propertyName($0) }
            )
        )
    }
}

extension EventReading {
    /// The reading that serves both; nil where what they say cannot be said together.
    fileprivate func merged(with other: EventReading) -> EventReading? {
        guard event == other.event, names == other.names,
            let fields = FieldDeclaration.merged(fields, other.fields)
        else { return nil }
        let others = Set(self.others + other.others)
        guard fields.allSatisfy({ others.isDisjoint(with: [$0.name] + $0.aliases) }) else {
            return nil
        }
        return EventReading(event: event, names: names, fields: fields, others: others.sorted())
    }
}

extension FieldDeclaration {
    fileprivate static func merged(_ left: [FieldDeclaration], _ right: [FieldDeclaration])
        -> [FieldDeclaration]?
    {
        var fields = left
        for field in right {
            if let index = fields.firstIndex(where: { $0.name == field.name }) {
                guard let type = ValueType.merged(fields[index].type, field.type),
                    fields[index].aliases == field.aliases
                else { return nil }
                fields[index].type = type
            } else {
                fields.append(field)
            }
        }
        let names = fields.flatMap { [$0.name] + $0.aliases }
        return Set(names).count == names.count ? fields : nil
    }
}

extension ValueType {
    fileprivate static func merged(_ left: ValueType, _ right: ValueType) -> ValueType? {
        switch (left, right) {
        case (.list(let left), .list(let right)):
            return merged(left, right).map { .list(of: $0) }
        case (.item(let left), .item(let right)):
            return FieldDeclaration.merged(left, right).map { .item($0) }
        default: return left == right ? left : nil
        }
    }
}
