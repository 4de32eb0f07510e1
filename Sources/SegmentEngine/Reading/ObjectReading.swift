internal import EventModel
internal import RuleLanguage

/// How an object's members are read under a contract, made ready to run.
struct ObjectReading: Sendable {
    /// A declared field.
    struct Field: Sendable {
        /// The number of its canonical name.
        var name: Int32
        var type: TypeReading
    }

    /// A name by which a field is sent.
    struct Role: Sendable {
        var name: Int32
        /// The field's place.
        var field: Int32
        /// The lower, the more it counts where an object has several names of one field.
        var rank: Int32
    }

    var fields: [Field]
    var roles: [Role]
    /// The numbers of names that are passed on as sent; nil for all.
    var others: [Int32]?

    /// - Parameters:
    ///   - others: Names that are passed on as sent; nil for all.
    ///   - number: Gives the number of a name.
    init(_ fields: [FieldDeclaration], others: [String]?, number: (String) -> Int) {
        self.fields = []
        roles = []
        for (place, field) in fields.enumerated() {
            self.fields.append(
                Field(
                    name: Int32(number(field.name)),
                    type: TypeReading(field.type, number: number)
                )
            )
            for (rank, name) in ([field.name] + field.aliases).enumerated() {
                roles.append(
                    Role(name: Int32(number(name)), field: Int32(place), rank: Int32(rank))
                )
            }
        }
        var numbers: [Int32] = []
        for name in others ?? [] { numbers.append(Int32(number(name))) }
        self.others = others == nil ? nil : numbers
    }
}

/// How a value is read under a contract, made ready to run.
indirect enum TypeReading: Sendable {
    case text(Normalization)
    case number
    case boolean
    case time
    case list(of: TypeReading)
    case item(ObjectReading)
    case any

    init(_ type: ValueType, number: (String) -> Int) {
        switch type {
        case .text(let normalization): self = .text(normalization)
        case .number: self = .number
        case .boolean: self = .boolean
        case .time: self = .time
        case .list(let element): self = .list(of: TypeReading(element, number: number))
        case .item(let fields): self = .item(ObjectReading(fields, others: nil, number: number))
        case .any: self = .any
        }
    }
}
