import EventModel

/// The types of entries that the native API takes.
public enum NativeKind: String, CaseIterable, Sendable {
    /// Somebody did something.
    case track
    /// Attributes of somebody are set or unset.
    case identify
    /// Somebody saw a page: an event `page`.
    case page
    /// Somebody saw a screen of an app: an event `screen`.
    case screen
    /// Somebody belongs to something: an event `group`.
    case group
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

    static let example =
        #"{"type":"track","userId":"u1","event":"Order Completed","properties":{"total":27.5}}"#

    /// Whether the path of its own endpoint names a list.
    public var isOfList: Bool { entryKind == .list }

    var entryKind: EntryKind {
        switch self {
        case .track, .page, .screen, .group: .track
        case .identify: .identify
        case .alias, .merge: .merge
        case .suppress, .unsuppress: .suppress
        case .addToList, .removeFromList: .list
        }
    }
}
