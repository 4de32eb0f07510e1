internal import Foundation

/// Which files of a folder, and of those in it, hold one of some texts, whatever the case of its letters.
///
/// - Returns: `file: text` for each of them.
public func files(in folder: String, holding texts: [String]) -> [String] {
    var found: [String] = []
    let manager = FileManager.default
    for case let name as String in manager.enumerator(atPath: folder) ?? .init() {
        guard let data = manager.contents(atPath: folder + "/" + name) else { continue }
        let bytes = Data(data.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 })
        for text in texts where bytes.range(of: Data(text.lowercased().utf8)) != nil {
            found.append("\(name): \(text)")
        }
    }
    return found
}
