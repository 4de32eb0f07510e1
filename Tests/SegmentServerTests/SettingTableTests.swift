import Foundation
import SegmentServer
import Testing

/// The README lists the settings that there are, and says of them what is true.
@Suite struct SettingTableTests {
    @Test func theReadmeListsExactlyTheSettings() throws {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let readme = try String(
            contentsOf: root.appendingPathComponent("README.md"),
            encoding: .utf8
        )
        let rows = readme.split(separator: "\n").filter { $0.hasPrefix("| `--") }
        #expect(rows.map { String($0) } == Setting.all.map(SettingTableTests.row))
    }

    private static func row(_ setting: Setting) -> String {
        let standard = setting.isNumber ? setting.standard : "`\(setting.standard)`"
        return "| `\(setting.flag)` | `\(setting.variable)` | `\(setting.name)` | \(setting.takes) "
            + "| \(standard) | \(setting.help) |"
    }
}
