/// Where a value comes from.
package enum SettingOrigin: Equatable, Sendable {
    /// Nobody gave one.
    case standard
    /// The settings file; nil where its line cannot be told.
    case file(String, line: Int?)
    /// A variable of the environment.
    case variable
    /// A flag of the command.
    case flag

    /// The place, for tables: `segmentd.json:3`.
    package func shown(_ setting: Setting) -> String {
        switch self {
        case .standard: "default"
        case .file(let path, let line): printable(path) + (line.map { ":\($0)" } ?? "")
        case .variable: setting.variable
        case .flag: setting.flag
        }
    }

    /// The setting as it is called in that place.
    func subject(_ setting: Setting) -> String {
        switch self {
        case .standard, .file: "\(shown(setting)): \(setting.name)"
        case .variable, .flag: shown(setting)
        }
    }

    /// How to set it in that place.
    func example(_ setting: Setting, _ value: String) -> String {
        switch self {
        case .standard, .file: "\"\(setting.name)\": " + (setting.isNumber ? value : "\"\(value)\"")
        case .variable: "\(setting.variable)=\(value)"
        case .flag: "\(setting.flag) \(value)"
        }
    }
}
