internal import EventWire
internal import Foundation
internal import Glibc

/// A file of settings: one JSON object, a setting's name and value in each member.
struct SettingsFile {
    /// One member.
    struct Entry {
        /// What the member holds.
        enum Value {
            case text(String)
            case number(String)
            case other(String)
        }

        var name: String
        var value: Value
        var line: Int?
    }

    /// The variable that names the file where no flag does.
    static let variable = "SEGMENTD_CONFIG"
    /// The file that is read, where it exists, when none is named.
    static let standardPath = "segmentd.json"
    private static let bytesMax = 1 << 20

    let path: String
    private(set) var entries: [Entry] = []
    /// Subscriptions that it declares; nil where it says nothing of them.
    private(set) var subscriptions: [SubscriptionRequest]?

    /// The member that declares subscriptions.
    private static let subscriptionsName = "subscriptions"

    /// The file that is named by the flag or the variable, else the standard one; nil without any.
    static func find(
        flag: String?,
        variable: String?
    ) throws(SettingsError) -> SettingsFile? {
        if let flag { return try SettingsFile(flag, named: "--config") }
        if let variable, !variable.isEmpty {
            return try SettingsFile(variable, named: SettingsFile.variable)
        }
        guard unsafe access(standardPath, F_OK) == 0 else { return nil }
        return try SettingsFile(standardPath, named: nil)
    }

    private init(_ path: String, named place: String?) throws(SettingsError) {
        self.path = path
        let bytes = try SettingsFile.read(path, place)
        let shown = printable(path)
        let document: JSONDocument
        do throws(WireError) {
            document = try JSONParser().parse(bytes.span)
        } catch {
            throw SettingsError(
                "\(shown): \(error.code == .emptyBody ? "the file is empty" : error.message). "
                    + "Settings are one JSON object, such as {\"listen\": \"127.0.0.1:7433\"}"
            )
        }
        guard document.kind(0) == .object else {
            throw SettingsError(
                "\(shown): settings are one JSON object, such as {\"listen\": \"127.0.0.1:7433\"}"
            )
        }
        var key = 1
        while key < document.end(0) {
            let name = document.string(key)
            let lines = SettingsFile.lines(of: name, in: bytes)
            if entries.contains(where: { $0.name == name }) {
                let places = lines.map { String($0) }.joined(separator: " and ")
                throw SettingsError(
                    "\(shown): \(printable(name)) is there twice (lines \(places)); remove one"
                )
            }
            defer { key = document.end(key + 1) }
            if name == SettingsFile.subscriptionsName {
                let place = lines.first.map { "\(shown):\($0)" } ?? shown
                try takeSubscriptions(document, key + 1, place)
                continue
            }
            let value = SettingsFile.value(document, key + 1)
            entries.append(Entry(name: name, value: value, line: lines.first))
        }
    }

    private mutating func takeSubscriptions(
        _ document: JSONDocument,
        _ list: Int,
        _ place: String
    ) throws(SettingsError) {
        guard document.kind(list) == .array else {
            throw SettingsError("\(place): subscriptions is no list of objects")
        }
        var requests: [SubscriptionRequest] = []
        var element = list + 1
        while element < document.end(list) {
            do throws(APIError) {
                let request = try SubscriptionRequest(declaredIn: document, at: element) {
                    SettingsFile.resolved($0, besides: path)
                }
                guard !requests.contains(where: { $0.name == request.name }) else {
                    throw SubscriptionRequest.invalid("its name is given to another one above it")
                }
                requests.append(request)
            } catch {
                throw SettingsError(
                    "\(place): of the subscriptions number \(requests.count + 1): \(error.message)"
                )
            }
            element = document.end(element)
        }
        subscriptions = requests
    }

    /// A path that a file names, as this process has to name it.
    static func resolved(_ text: String, besides file: String) -> String {
        guard !text.isEmpty, !text.hasPrefix("/"), let slash = file.lastIndex(of: "/") else {
            return text
        }
        return file[...slash] + text
    }

    private static func value(_ document: JSONDocument, _ token: Int) -> Entry.Value {
        switch document.kind(token) {
        case .string: .text(document.string(token))
        case .number: .number(document.string(token))
        case .boolean: .other(document.isTrue(token) ? "true" : "false")
        case .null: .other("null")
        case .array: .other("a list")
        case .object, .key: .other("an object")
        }
    }

    /// The lines on which a member of that name begins.
    ///
    /// In a valid document a quoted name before a colon is nothing but a member: inside a text its
    /// quotes would be escaped. A name that is written with escapes is not found.
    private static func lines(of name: String, in bytes: [UInt8]) -> [Int] {
        let quoted = Array("\"\(name)\"".utf8)
        let blanks: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
        var lines: [Int] = []
        var line = 1
        for index in bytes.indices {
            if bytes[index] == UInt8(ascii: "\n") { line += 1 }
            guard bytes[index...].starts(with: quoted) else { continue }
            let next = bytes[(index + quoted.count)...].first { !blanks.contains($0) }
            if next == UInt8(ascii: ":") { lines.append(line) }
        }
        return lines
    }

    private static func read(_ path: String, _ place: String?) throws(SettingsError) -> [UInt8] {
        let remedy = place.map { "Check what \($0) names, and who may read it." }
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        var code = errno
        if descriptor >= 0 {
            let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
            do {
                let bytes = try Array(file.read(upToCount: bytesMax + 1) ?? Data())
                if bytes.count <= bytesMax { return bytes }
                code = EFBIG
            } catch {
                code = errno
            }
        }
        throw SettingsError(
            "cannot read the settings file \(printable(path)): \(reason(code)). "
                + (remedy ?? "Check who may read it.")
        )
    }
}
