internal import ArgumentParser
internal import Foundation
internal import Materializer
internal import SegmentServer

/// `segmentd export`: everything about one person.
struct ExportPerson: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Prints everything that is known of a person, as lines of JSON.",
        discussion: """
              segmentd export c-1 > c-1.ndjson
              segmentd export email:ann@example.com

            First the profile (identifiers, who linked them, attributes, segments), then when the person was \
            in which segment, then every entry of the log about the person, the oldest first, those \
            included of whoever became one with it. For people who ask what is known of them.
            """
    )

    @Argument(help: "Whom: ID, NAMESPACE:ID or #PERSON-ID.")
    var id: String

    @Option(.data) var data: String?
    @OptionGroup var file: FileOptions

    func run() async throws {
        let settings = try file.settings([(.data, data)])
        try await Doors.use(settings.options.partition.dataDirectory) { door in
            try await door.export(id) { FileHandle.standardOutput.write(Data($0)) }
        }
    }
}
