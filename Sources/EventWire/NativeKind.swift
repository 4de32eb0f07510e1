import EventModel

/// The types of entries that the native API takes.
public enum NativeKind: String, CaseIterable, Sendable {
    /// Somebody did something.
    case track
    /// Attributes of somebody are set or unset.
    case identify
    /// A previous id is somebody's too.
    case alias
    /// Two people are one.
    case merge
    /// Entries that name an identifier have no effect from here on.
    case suppress
    /// They have one again.
    case unsuppress
    /// A list that is kept by hand gains somebody.
    case addToList = "add_to_list"
    /// It loses somebody.
    case removeFromList = "remove_from_list"

    static let understood = {
        let names = allCases.map { "\"\($0.rawValue)\"" }
        return names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
    }()
    static let example =
        #"{"type":"track","userId":"u1","event":"Order Completed","properties":{"total":27.5}}"#

    /// Whether the path of its own endpoint names a list.
    public var isOfList: Bool { entryKind == .list }

    var entryKind: EntryKind {
        switch self {
        case .track: .track
        case .identify: .identify
        case .alias, .merge: .merge
        case .suppress, .unsuppress: .suppress
        case .addToList, .removeFromList: .list
        }
    }
}
