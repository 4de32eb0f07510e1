internal import EventModel

/// Figures in Prometheus' text format, version 0.0.4.
///
/// Written out here: of the packages that do it none is to be had, and the format is a page long.
struct MetricsText {
    private(set) var text = ""

    /// A figure that only grows.
    mutating func counter(_ name: String, _ help: String, _ value: Int) {
        head(name, "counter", help)
        line(name, [], "\(value)")
    }

    /// A figure that goes up and down.
    mutating func gauge(_ name: String, _ help: String, _ value: Int) {
        head(name, "gauge", help)
        line(name, [], "\(value)")
    }

    /// The same figure of several things.
    ///
    /// - Parameter type: `counter` or `gauge`.
    mutating func family(
        _ name: String,
        _ type: String,
        _ help: String,
        _ values: [(labels: [(String, String)], value: Double)]
    ) {
        guard !values.isEmpty else { return }
        head(name, type, help)
        for (labels, value) in values { line(name, labels, MetricsText.number(value)) }
    }

    /// How often something took how long, in seconds.
    mutating func histogram(
        _ name: String,
        _ help: String,
        _ values: [(labels: [(String, String)], histogram: LatencyHistogram)]
    ) {
        guard !values.isEmpty else { return }
        head(name, "histogram", help)
        for (labels, histogram) in values {
            var count = 0
            for (index, bound) in LatencyHistogram.bounds.enumerated() {
                count += histogram.counts[index]
                let limit = MetricsText.number(Double(bound) / 1_000_000)
                line(name + "_bucket", labels + [("le", limit)], "\(count)")
            }
            count += histogram.counts[LatencyHistogram.bounds.count]
            line(name + "_bucket", labels + [("le", "+Inf")], "\(count)")
            line(name + "_sum", labels, MetricsText.number(Double(histogram.sum) / 1_000_000))
            line(name + "_count", labels, "\(count)")
        }
    }

    private mutating func head(_ name: String, _ type: String, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    private mutating func line(_ name: String, _ labels: [(String, String)], _ value: String) {
        text += name
        if !labels.isEmpty {
            let pairs = labels.map { "\($0.0)=\"\(MetricsText.escaped($0.1))\"" }
            text += "{\(pairs.joined(separator: ","))}"
        }
        text += " \(value)\n"
    }

    private static func number(_ value: Double) -> String {
        Int(exactly: value).map { "\($0)" } ?? "\(value)"
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.append(character)
            }
        }
        return escaped
    }
}
