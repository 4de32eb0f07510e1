internal import EventModel
public import RuleLanguage

/// How a value stands to its declared type.
public enum ValueFit: Sendable {
    /// It is of the type.
    case fits
    /// It is of another type, and is made one of this without a loss.
    case coerced
    /// It cannot be made one, and reads as missing.
    case violated
    /// It is null, or an empty text: there is no value.
    case missing

    /// How the value at an offset stands to a type; of a list how it stands to being one, whatever its elements
    /// are.
    public init(_ type: ValueType, at offset: Int, _ bytes: Span<UInt8>) {
        var reader = ValueReader(at: offset)
        let value = reader.value(bytes)
        switch (type, value) {
        case (_, .null): self = .missing
        case (_, .text(let range)) where range.isEmpty: self = .missing
        case (.any, _), (.text, .text), (.number, .number(_?)), (.boolean, .boolean),
            (.list, .list),
            (.item, .object):
            self = .fits
        case (.text, .number(_?)), (.text, .boolean): self = .coerced
        case (.number, .text(let range)):
            let spelling = bytes.extracting(Coercion.trimmed(range, bytes))
            self = NumberText(spelling)?.decimal == nil ? .violated : .coerced
        case (.boolean, _): self = Coercion.truth(value, bytes) == nil ? .violated : .coerced
        case (.time, .text(let range)):
            let spelling = bytes.extracting(Coercion.trimmed(range, bytes))
            if Instant(rfc3339: spelling) != nil {
                self = .fits
            } else {
                let number = NumberText(spelling)?.decimal
                self = number.flatMap { Coercion.instant($0) } == nil ? .violated : .coerced
            }
        case (.time, .number(let number?)):
            self = Coercion.instant(number) == nil ? .violated : .coerced
        case (.text, _), (.number, _), (.time, _), (.list, _), (.item, _): self = .violated
        }
    }
}
