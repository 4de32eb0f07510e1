internal import EventModel
internal import EventWire
package import Materializer

/// The receipt of an erasure, as JSON shows it.
package struct ErasureView: Codable, JSONRepresentable, Sendable {
    /// The entry of the log.
    package var sequence: UInt64
    /// Who was erased.
    package var personID: UInt64?
    /// Whether the person's identifiers are suppressed since.
    package var suppressed: Bool
    /// From when on the person is in no segment.
    package var erasedAt: String
    /// When what it had said was gone from the disk; nil while it is there.
    package var scrubbedAt: String?

    /// The view of an erasure.
    package init(_ erasure: Erasure) {
        sequence = erasure.sequence.rawValue
        personID = erasure.person?.rawValue
        suppressed = erasure.isSuppressed
        erasedAt = erasure.erasedAt.rfc3339
        scrubbedAt = erasure.scrubbedAt?.rfc3339
    }

    /// Appends the view as an object.
    package func appendJSON(to bytes: inout [UInt8]) {
        var json = JSONWriter()
        json.object {
            $0.field("sequence", sequence)
            $0.field("personID", personID)
            $0.field("suppressed", suppressed)
            $0.field("erasedAt", erasedAt)
            $0.field("scrubbedAt", scrubbedAt)
        }
        bytes.append(contentsOf: json.bytes)
    }
}

/// Receipts of erasures, in order.
package struct ErasureList: Codable, Sendable {
    /// The receipts.
    package var erasures: [ErasureView]

    /// The view of several.
    package init(_ erasures: [Erasure]) { self.erasures = erasures.map(ErasureView.init) }

    package var json: [UInt8] {
        var json = JSONWriter()
        json.object { $0.array("erasures") { for one in erasures { $0.item(one) } } }
        return json.bytes
    }
}
