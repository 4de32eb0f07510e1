/// The text fit for a terminal: what would steer it is spelled out, and a long text is cut.
///
/// Control characters and those that turn the direction of writing come from senders.
package func printable(_ text: String, charactersMax: Int = 200) -> String {
    var result = ""
    var count = 0
    for scalar in text.unicodeScalars {
        if count == charactersMax { return result + "…" }
        count += 1
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse:
            result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}

/// A number with its digits in groups of three: `1,204`.
package func grouped(_ number: some BinaryInteger) -> String {
    var result = ""
    let digits = String(number.magnitude)
    for (index, digit) in digits.enumerated() {
        if index > 0, (digits.count - index) % 3 == 0 { result += "," }
        result.append(digit)
    }
    return number < 0 ? "-" + result : result
}

/// A number of things in words: `1 file`, `1,204 files`.
package func counted(_ number: some BinaryInteger, _ thing: String) -> String {
    "\(grouped(number)) \(thing)\(number == 1 ? "" : "s")"
}
