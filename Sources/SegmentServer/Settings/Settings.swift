/// All settings, with where each comes from.
///
/// A flag wins over a variable of the environment, which wins over the file, which wins over the
/// default. What does not count in the end must be right all the same.
package struct Settings: Sendable {
    /// What the daemon runs on.
    package private(set) var options = DaemonOptions()
    /// What somebody should know, though it hinders nothing.
    package private(set) var warnings: [String] = []
    private var origins: [String: SettingOrigin] = [:]

    /// Settings from all places.
    ///
    /// - Parameters:
    ///   - flags: What the command line gives.
    ///   - file: The settings file that it names.
    ///   - environment: All variables.
    /// - Throws: A `SettingsError` for the first value that cannot be taken.
    package init(
        flags: [(setting: Setting, text: String?)],
        file: String?,
        environment: [String: String]
    ) throws(SettingsError) {
        let path = environment[SettingsFile.variable]
        if let file = try SettingsFile.find(flag: file, variable: path) { try take(file) }
        for setting in Setting.all {
            // An empty variable is how scripts say that there is none.
            guard let text = environment[setting.variable], !text.isEmpty else { continue }
            try set(setting, text, .variable)
        }
        for (setting, text) in flags {
            if let text { try set(setting, text, .flag) }
        }
        for name in environment.keys.sorted() { try look(at: name) }
    }

    /// Where a setting's value comes from.
    package func origin(of setting: Setting) -> SettingOrigin {
        origins[setting.name] ?? .standard
    }

    private mutating func take(_ file: SettingsFile) throws(SettingsError) {
        let names = Setting.all.map(\.name)
        options.subscriptions = file.subscriptions ?? []
        for entry in file.entries {
            let origin = SettingOrigin.file(file.path, line: entry.line)
            guard let setting = Setting.all.first(where: { $0.name == entry.name }) else {
                let place = printable(file.path) + (entry.line.map { ":\($0)" } ?? "")
                let name = printable(entry.name, charactersMax: 60)
                if let reason = NoSetting.reason(entry.name) {
                    throw SettingsError("\(place): \(name) is no setting: \(reason)")
                }
                throw SettingsError(
                    "\(place): \(name) is no setting; \(NoSetting.remedy(entry.name, among: names))"
                )
            }
            switch (entry.value, setting.isNumber) {
            case (.number(let text), true): try set(setting, text, origin)
            case (.text(let text), false):
                try set(setting, setting.resolved(text, besides: file.path), origin)
            case (.number(let text), false):
                try refuse(setting, origin, "the number \(printable(text, charactersMax: 60))")
            case (.text(let text), true):
                try refuse(setting, origin, "the text \"\(printable(text, charactersMax: 60))\"")
            case (.other(let shown), _): try refuse(setting, origin, shown)
            }
        }
    }

    private func refuse(
        _ setting: Setting,
        _ origin: SettingOrigin,
        _ shown: String
    ) throws(SettingsError) {
        let remedy =
            setting.isNumber ? "give a whole number from \(setting.takes)" : "give a text"
        throw SettingsError(setting, origin, shown: shown, remedy: remedy)
    }

    private mutating func set(
        _ setting: Setting,
        _ text: String,
        _ origin: SettingOrigin
    ) throws(SettingsError) {
        if let remedy = setting.set(text, in: &options) {
            let shown = "'\(printable(text, charactersMax: 60))'"
            throw SettingsError(setting, origin, shown: shown, remedy: remedy)
        }
        origins[setting.name] = origin
    }

    /// Warns of a variable that does nothing.
    ///
    /// It is no error, as a key of the file is, since it may be another's: Kubernetes makes
    /// `SEGMENTD_PORT` for a service of that name.
    private mutating func look(at name: String) throws(SettingsError) {
        let variables =
            Setting.all.map(\.variable) + [SettingsFile.variable, WebhookOptions.secretVariable]
        guard name.hasPrefix(Setting.variablePrefix), !variables.contains(name) else { return }
        if let reason = NoSetting.reason(String(name.dropFirst(Setting.variablePrefix.count))) {
            throw SettingsError("\(printable(name)) is no setting: \(reason)")
        }
        warnings.append(
            "the variable \(printable(name, charactersMax: 60)) is no setting and does nothing; "
                + NoSetting.remedy(name, among: variables)
        )
    }
}

extension Setting {
    /// A folder that a file names, as this process has to name it.
    fileprivate func resolved(_ text: String, besides file: String) -> String {
        switch kind {
        case .folder, .file: break
        case .text, .choice, .address, .number: return text
        }
        return SettingsFile.resolved(text, besides: file)
    }
}
