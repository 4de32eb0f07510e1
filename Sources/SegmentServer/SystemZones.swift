internal import Foundation
internal import RuleLanguage

/// The timezones that the machine knows: the files of the tz database.
final class SystemZones {
    static let folder = "/usr/share/zoneinfo"

    /// Whether a zone was asked for and there is no database.
    private(set) var isMissing = false

    /// The zone of a name; nil where there is none.
    func zone(_ name: String) -> Zone? {
        guard let bytes = FileManager.default.contents(atPath: "\(SystemZones.folder)/\(name)")
        else {
            isMissing = !FileManager.default.fileExists(atPath: SystemZones.folder)
            return nil
        }
        return Zone(name: name, tzif: [UInt8](bytes))
    }
}
