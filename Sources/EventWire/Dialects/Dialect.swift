/// How the entries of a product's senders are written: tables, from which one decoder reads all of them.
///
/// Names of events and properties are kept as they were sent. That several names mean one thing is what the contract
/// says, so that a correction of it puts right what was sent before.
final class Dialect: Sendable {
    /// A part of an entry's content, in the order in which they are written: of members with one name the last counts.
    enum Part: Sendable {
        /// The members of what has that role, but those.
        case members(FieldRole, without: Set<String> = [])
        /// The members of the entry itself, but those.
        case entry(without: Set<String> = [])
        /// What has that role, under a name.
        case member(FieldRole, String)
        /// The members of what has that role, each an object that holds what counts under a name.
        case wrapped(FieldRole, in: String)
    }

    /// Whose idempotency keys these are; empty for the native API's.
    let source: String
    /// Where things stand in an entry.
    let shape: EntryShape
    /// What an entry is, by its type.
    let types: [String: SenderAction]
    /// What an entry's properties or attributes are made of.
    let contents: [NativeKind: [Part]]
    /// The attributes that identify somebody, with the namespaces of their values.
    let contacts: [(name: String, namespace: String)]
    /// The names of identifiers in an object of them, with their namespaces.
    let namespaces: [String: String]
    /// Whether other names in such an object are namespaces themselves.
    let takesOtherNamespaces: Bool
    /// The namespace of ids that the sender's service made.
    let serviceNamespace: String
    /// Whether a merge keeps the primary's attributes where it does not say so.
    let mergesKeepPrimary: Bool
    /// Whether empty identifiers count as absent, and an attribute that is set to empty text is unset.
    let isLenient: Bool
    /// An entry, for messages; empty for none.
    let example: String

    /// The tables of a dialect; a class, since they are looked at for every entry and never change.
    init(
        source: String,
        shape: EntryShape,
        types: [String: SenderAction],
        contents: [NativeKind: [Part]],
        contacts: [(name: String, namespace: String)] = [],
        namespaces: [String: String] = [:],
        takesOtherNamespaces: Bool = false,
        serviceNamespace: String = "",
        mergesKeepPrimary: Bool = false,
        isLenient: Bool = true,
        example: String = ""
    ) {
        self.source = source
        self.shape = shape
        self.types = types
        self.contents = contents
        self.contacts = contacts
        self.namespaces = namespaces
        self.takesOtherNamespaces = takesOtherNamespaces
        self.serviceNamespace = serviceNamespace
        self.mergesKeepPrimary = mergesKeepPrimary
        self.isLenient = isLenient
        self.example = example
    }

    /// The names in an entry's object of identifiers; the native API has fields of their own for its two.
    var namedNamespaces: [String: String] { takesOtherNamespaces ? [:] : namespaces }

    /// An object of one identifier, for messages.
    var exampleOfOne: String { takesOtherNamespaces ? #"{"userId":"5"}"# : #"{"id":"5"}"# }

    /// The types, for messages.
    var understood: String {
        let names = typeNames.map { "\"\($0)\"" }
        return names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
    }

    private var typeNames: [String] {
        let native = NativeKind.allCases.map(\.rawValue)
        return types.keys.sorted {
            (native.firstIndex(of: $0) ?? native.count, $0)
                < (native.firstIndex(of: $1) ?? native.count, $1)
        }
    }
}

/// What a sender asks for.
enum SenderAction: Equatable, Sendable {
    /// An entry.
    case entry(NativeKind)
    /// That a person is erased; then, whether entries that name it have no effect any more.
    case erase(suppresses: Bool)
    /// Something that segmentd has no use for, and takes.
    case nothing
}
