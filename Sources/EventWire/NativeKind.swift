import EventModel

/// The types of entries that the native API takes.
public enum NativeKind: String, CaseIterable, Sendable {
    /// Somebody did something.
    case track
    /// Attributes of somebody are set or unset.
    case identify

    static let understood = "\"track\" or \"identify\""
    static let example =
        #"{"type":"track","userId":"u1","event":"Order Completed","properties":{"total":27.5}}"#

    var entryKind: EntryKind {
        switch self {
        case .track: .track
        case .identify: .identify
        }
    }
}
