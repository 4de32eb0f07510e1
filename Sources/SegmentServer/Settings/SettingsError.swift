/// Why settings cannot be taken: which one, where it was set, and what to do.
package struct SettingsError: Error, CustomStringConvertible, Sendable {
    /// What is wrong and what to do.
    package let description: String

    init(_ description: String) {
        self.description = description
    }

    /// A value that a setting does not take.
    init(_ setting: Setting, _ origin: SettingOrigin, shown: String, remedy: String) {
        self.init(
            "\(origin.subject(setting)) is \(shown); \(remedy), such as "
                + origin.example(setting, setting.standard)
        )
    }
}
