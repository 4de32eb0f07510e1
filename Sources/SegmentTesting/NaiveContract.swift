import EventModel
import RuleLanguage

/// What entries mean under a contract, by definition: canonical names, declared types.
enum NaiveContract {
    /// An entry as the contract means it.
    static func understood(_ entry: TestEntry, _ contract: DataContract) -> TestEntry {
        var entry = entry
        switch entry.kind {
        case .track:
            let event = contract.events.first { ([$0.name] + $0.aliases).contains(entry.event) }
            guard let event else { return entry }
            entry.event = event.name
            entry.members = members(entry.members, event.fields)
        case .identify: entry.members = members(entry.members, contract.attributes)
        default: break
        }
        return entry
    }

    private static func members(
        _ members: [String: TestValue],
        _ fields: [FieldDeclaration]
    ) -> [String: TestValue] {
        var meant = members
        for field in fields {
            let names = [field.name] + field.aliases
            let sent = names.first { members[$0] != nil }
            for name in names { meant[name] = nil }
            if let sent, let value = members[sent] { meant[field.name] = read(value, field.type) }
        }
        return meant
    }

    /// A value as a type means it; null where it cannot be one without a loss.
    static func read(_ value: TestValue, _ type: ValueType) -> TestValue {
        switch type {
        case .any: return value
        case .text(let normalization):
            switch value {
            case .text(let text): return .text(shaped(text, normalization))
            case .number(let text):
                return ExactDecimal(text).map { .text($0.description) } ?? .null
            case .boolean(let truth): return .text(truth ? "true" : "false")
            default: return .null
            }
        case .number:
            switch value {
            case .number(let text): return ExactDecimal(text) == nil ? .null : value
            case .text(let text):
                return ExactDecimal(trimmed(text)) == nil ? .null : .number(trimmed(text))
            default: return .null
            }
        case .boolean:
            switch value {
            case .boolean: return value
            case .number(let text):
                let number = ExactDecimal(text)
                if number == ExactDecimal(1) { return .boolean(true) }
                return number == ExactDecimal(0) ? .boolean(false) : .null
            case .text(let text):
                switch trimmed(text).lowercased() {
                case "true", "1": return .boolean(true)
                case "false", "0": return .boolean(false)
                default: return .null
                }
            default: return .null
            }
        case .time: return time(value)
        case .list(let element):
            guard case .list(let items) = value else { return .null }
            return .list(items.map { read($0, element) })
        case .item(let fields):
            guard case .object(let members) = value else { return .null }
            return .object(self.members(members, fields))
        }
    }

    private static func time(_ value: TestValue) -> TestValue {
        var text: String
        switch value {
        case .text(let sent): text = trimmed(sent)
        case .number(let sent): text = sent
        default: return .null
        }
        if case .text = value, Instant(rfc3339: text) != nil { return .text(text) }
        guard let number = ExactDecimal(text) else { return .null }
        let limit = ExactDecimal(100_000_000_000)
        let isSeconds = number < limit && number.units > -limit.units
        let units = number.units * (isSeconds ? 1_000 : 1)
        guard units % ExactDecimal.one == 0 else { return .null }
        let milliseconds = units / ExactDecimal.one
        guard let first = Instant(rfc3339: "0001-01-01T00:00:00Z"),
            let last = Instant(rfc3339: "9999-12-31T23:59:59.999Z"),
            Int128(first.milliseconds) <= milliseconds, milliseconds <= Int128(last.milliseconds)
        else { return .null }
        return .text(Instant(milliseconds: Int64(milliseconds)).rfc3339)
    }

    private static func trimmed(_ text: String) -> String {
        let spaces: Set<Unicode.Scalar> = [" ", "\t", "\n", "\u{B}", "\u{C}", "\r"]
        var scalars = text.unicodeScalars[...]
        while let first = scalars.first, spaces.contains(first) { scalars.removeFirst() }
        while let last = scalars.last, spaces.contains(last) { scalars.removeLast() }
        return String(scalars)
    }

    private static func shaped(_ text: String, _ normalization: Normalization) -> String {
        var scalars = text.unicodeScalars[...]
        if normalization.isTrimmed {
            while let first = scalars.first, first.properties.isWhitespace {
                scalars.removeFirst()
            }
            while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
        }
        switch normalization.letters {
        case .asSent: return String(scalars)
        case .upper: return scalars.map { $0.properties.uppercaseMapping }.joined()
        case .lower: return scalars.map { $0.properties.lowercaseMapping }.joined()
        }
    }
}
