/// One setting of the daemon: what it is called everywhere, what it takes, and what for.
///
/// The table of all of them drives flags, variables, the settings file, `--help` and the README.
package struct Setting: Sendable {
    /// What a setting takes, and where it goes.
    enum Kind: Sendable {
        /// A folder; a relative one in a file is relative to that file.
        case folder(any WritableKeyPath<DaemonOptions, String> & Sendable)
        /// A file; a relative one in a settings file is relative to that.
        case file(any WritableKeyPath<DaemonOptions, String> & Sendable)
        /// A text that is checked where it is used; the word for it.
        case text(any WritableKeyPath<DaemonOptions, String> & Sendable, String)
        /// One of some words.
        case choice(any WritableKeyPath<DaemonOptions, String> & Sendable, [String])
        /// An address with a port.
        case address(any WritableKeyPath<DaemonOptions, ListenAddress> & Sendable)
        /// A whole number in a range.
        case number(any WritableKeyPath<DaemonOptions, Int> & Sendable, ClosedRange<Int>)
    }

    /// The key in a file: `queueEntriesMax`.
    package let name: String
    let kind: Kind
    /// What it is for: a sentence.
    package let help: String

    init(_ name: String, _ kind: Kind, _ help: String) {
        self.name = name
        self.kind = kind
        self.help = help
    }

    /// The flag, with its hyphens: `--queue-entries-max`.
    package var flag: String { "--" + flagName }
    /// The flag without the leading hyphens.
    package var flagName: String { words.joined(separator: "-") }
    /// The variable of the environment: `SEGMENTD_QUEUE_ENTRIES_MAX`.
    package var variable: String {
        Setting.variablePrefix + words.joined(separator: "_").uppercased()
    }
    /// How variables begin that are meant for segmentd.
    static let variablePrefix = "SEGMENTD_"

    private var words: [String] {
        var words = [""]
        for character in name {
            if character.isUppercase { words.append("") }
            words[words.count - 1] += character.lowercased()
        }
        return words
    }

    /// The value that counts where none is given, as one would write it.
    package var standard: String {
        let text = text(in: DaemonOptions())
        return text.isEmpty ? "none" : text
    }

    /// What `--help` calls its value.
    package var valueName: String {
        switch kind {
        case .folder: "dir"
        case .file: "file"
        case .text(_, let word): word
        case .choice(_, let words): words.joined(separator: "|")
        case .address: "host:port"
        case .number: "n"
        }
    }

    /// What it takes, for tables.
    package var takes: String {
        switch kind {
        case .folder: "a folder"
        case .file: "a file"
        case .text(_, let word): word
        case .choice(_, let words): words.joined(separator: " or ")
        case .address: "an address and a port"
        case .number(_, let range): "\(range.lowerBound) to \(range.upperBound)"
        }
    }

    /// Whether a file has it as a number, and not as a text.
    package var isNumber: Bool {
        if case .number = kind { true } else { false }
    }
}

extension Setting {
    /// The value in options, as one would write it.
    package func text(in options: DaemonOptions) -> String {
        switch kind {
        case .folder(let path), .file(let path), .text(let path, _), .choice(let path, _):
            options[keyPath: path]
        case .address(let path): options[keyPath: path].description
        case .number(let path, _): String(options[keyPath: path])
        }
    }

    /// Reads a value into options.
    ///
    /// - Returns: Where the text is none, what to give instead.
    func set(_ text: String, in options: inout DaemonOptions) -> String? {
        switch kind {
        case .folder(let path), .file(let path):
            if text.isEmpty || text.utf8.contains(0) { return "give the path of \(takes)" }
            options[keyPath: path] = text
        case .text(let path, let word):
            if text.isEmpty { return "give \(word)" }
            options[keyPath: path] = text
        case .choice(let path, let words):
            guard words.contains(text) else { return "give \(takes)" }
            options[keyPath: path] = text
        case .address(let path):
            guard let address = try? ListenAddress(text) else { return "give a host and a port" }
            options[keyPath: path] = address
        case .number(let path, let range):
            guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text),
                range.contains(number)
            else { return "give a whole number from \(takes)" }
            options[keyPath: path] = number
        }
        return nil
    }
}
