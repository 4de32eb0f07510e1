import Foundation

/// Real events with independent truth, which lie beside the repository where they are there at all.
enum SharedData {
    /// The folder; nil where there is none.
    static let folder: String? = {
        let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let root = here.appendingPathComponent("../../..").standardized
        let named = ProcessInfo.processInfo.environment["SEGMENTD_SHARED"]
        let candidate = named ?? root.appendingPathComponent("../shared").standardized.path
        return FileManager.default.fileExists(atPath: candidate + "/data/truth.json")
            ? candidate : nil
    }()

    /// The lines of a file of the data, without its compression.
    static func lines(_ path: String) throws -> [Substring] {
        let whole = (folder ?? "") + "/data/" + path
        guard path.hasSuffix(".gz") else {
            return try String(contentsOfFile: whole, encoding: .utf8).split(
                whereSeparator: \.isNewline
            )
        }
        let gzip = Process()
        gzip.executableURL = URL(fileURLWithPath: "/bin/gzip")
        gzip.arguments = ["-dc", whole]
        let pipe = Pipe()
        gzip.standardOutput = pipe
        try gzip.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        gzip.waitUntilExit()
        return String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
    }
}

/// Turns the raw files into entries of the native API, a line each; `truth.json` has the mapping.
enum Converter {
    /// The entries of a data set.
    static func entries(_ dataSet: String) throws -> [String] {
        switch dataSet {
        case "rees46": try rees46()
        case "taobao": try taobao()
        case "otto": try otto()
        default: try uci()
        }
    }

    private static func entry(
        _ person: some StringProtocol,
        _ event: String,
        _ timestamp: String,
        total: String? = nil
    ) -> String {
        let properties = total.map { ",\"properties\":{\"total\":\($0)}" } ?? ""
        return "{\"type\":\"track\",\"userId\":\"\(person)\",\"event\":\"\(event)\","
            + "\"timestamp\":\(timestamp)\(properties)}"
    }

    /// A zone-less time is in UTC.
    private static func utc(_ text: some StringProtocol) -> String {
        "\"\(text.prefix(10))T\(text.dropFirst(11).prefix(8))Z\""
    }

    private static let names = [
        "view": "product_viewed", "pv": "product_viewed", "clicks": "product_viewed",
        "cart": "added_to_cart", "carts": "added_to_cart", "purchase": "order_completed",
        "buy": "order_completed", "orders": "order_completed",
    ]

    private static func rees46() throws -> [String] {
        try SharedData.lines("rees46-multicategory/2019-Oct.head.csv.gz").dropFirst().compactMap {
            let cells = $0.split(separator: ",", omittingEmptySubsequences: false)
            guard cells.count == 9, let event = names[String(cells[1])] else { return nil }
            let total = event == "order_completed" ? String(cells[6]) : nil
            return entry(cells[7], event, utc(cells[0]), total: total)
        }
    }

    private static func taobao() throws -> [String] {
        try SharedData.lines("taobao-userbehavior/UserBehavior.slice.csv.gz").compactMap {
            let cells = $0.split(separator: ",", omittingEmptySubsequences: false)
            guard cells.count == 5, cells[4].count == 10 else { return nil }
            return entry(cells[0], names[String(cells[3])] ?? "other", "\(cells[4])000")
        }
    }

    private struct Session: Decodable {
        struct Event: Decodable {
            var ts: Int64
            var type: String
        }
        var session: Int
        var events: [Event]
    }

    private static func otto() throws -> [String] {
        try SharedData.lines("otto-recsys/otto-train-lines-odd.jsonl").flatMap { line in
            let session = try JSONDecoder().decode(Session.self, from: Data(line.utf8))
            return session.events.map {
                entry("\(session.session)", names[$0.type] ?? "other", "\($0.ts)")
            }
        }
    }

    /// The item lines of an invoice are one order; its total is exact, in thousandths.
    private static func uci() throws -> [String] {
        struct Invoice {
            var person: String
            var at: String
            var thousandths = 0
        }
        var invoices: [String: Invoice] = [:]
        var order: [String] = []
        let path = "uci-online-retail/online-retail_2010-12-01_2011-08-31.csv.gz"
        for line in try SharedData.lines(path).dropFirst() {
            let cells = cells(line)
            guard cells.count == 8, !cells[6].isEmpty else { continue }
            let person = String(cells[6].prefix { $0 != "." })
            let key = "\(cells[0]) \(person)"
            if invoices[key] == nil { order.append(key) }
            var invoice = invoices[key] ?? Invoice(person: person, at: cells[4])
            invoice.at = min(invoice.at, cells[4])
            invoice.thousandths += (Int(cells[3]) ?? 0) * thousandths(cells[5])
            invoices[key] = invoice
        }
        return order.compactMap { key in
            guard let invoice = invoices[key] else { return nil }
            let isOrder = key.prefix { $0 != " " }.allSatisfy(\.isNumber)
            let total = invoice.thousandths
            let whole = "\(abs(total) / 1_000).\(String(1_000 + abs(total) % 1_000).dropFirst())"
            return entry(
                invoice.person,
                isOrder ? "order_completed" : "other",
                utc(invoice.at),
                total: isOrder ? (total < 0 ? "-" : "") + whole : nil
            )
        }
    }

    private static func thousandths(_ text: String) -> Int {
        let parts = text.split(separator: ".")
        let decimals = parts.count > 1 ? (parts[1] + "000").prefix(3) : "000"
        return (Int(parts[0]) ?? 0) * 1_000 + (Int(decimals) ?? 0)
    }

    private static func cells(_ line: Substring) -> [String] {
        var cells = [""]
        var isQuoted = false
        for character in line {
            switch character {
            case "\"": isQuoted.toggle()
            case "," where !isQuoted: cells.append("")
            case "\r": break
            default: cells[cells.count - 1].append(character)
            }
        }
        return cells
    }
}
