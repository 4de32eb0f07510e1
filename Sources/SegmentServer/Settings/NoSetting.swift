internal import RuleLanguage

/// What somebody takes for a setting although it is none, and why it is none.
enum NoSetting {
    /// Why a name is no setting; nil where nothing is known about it.
    static func reason(_ name: String) -> String? {
        let folded = name.lowercased().filter { $0 != "_" && $0 != "-" }
        if ["skew", "horizon", "timezone", "dedupe"].contains(where: { folded.contains($0) }) {
            return
                "it changes what rules mean, so it belongs into the rules, which are in the log: "
                + "the same log must give the same transitions on every machine and after every "
                + "restart. In this version it is fixed. Remove it here"
        }
        if folded == "acceptclock" {
            return "standing here it would defeat the check that it overrides. Remove it, and "
                + "start once with --accept-clock when you have seen to the clock"
        }
        if folded == "config" {
            return "one settings file does not name another. Remove it, or use --config"
        }
        return nil
    }

    /// What to do about a name that means nothing.
    static func remedy(_ name: String, among known: [String]) -> String {
        if let near = nearest(to: name, among: known) { return "did you mean \(near)?" }
        return "there are: \(known.joined(separator: ", "))"
    }
}
