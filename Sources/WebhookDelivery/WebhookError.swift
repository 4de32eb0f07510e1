/// Why webhooks cannot be sent as configured, or delivery does not go on.
package struct WebhookError: Error, Equatable, CustomStringConvertible, Sendable {
    /// What is wrong, on which input, and what to do; never a secret.
    package let description: String

    /// An error with those words.
    package init(_ description: String) {
        self.description = description
    }
}

/// A text in quotes, cut, with what would steer a terminal spelled out.
func quoted(_ text: String) -> String {
    var shown = ""
    for scalar in text.unicodeScalars.prefix(100) {
        if scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value) || scalar.value > 0x7FF {
            shown += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
        } else {
            shown.unicodeScalars.append(scalar)
        }
    }
    return "'\(shown)\(text.unicodeScalars.count > 100 ? "…" : "")'"
}
