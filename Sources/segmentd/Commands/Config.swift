internal import ArgumentParser
internal import EventWire
internal import SegmentServer

/// `segmentd config`: which settings count, and why.
struct Config: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints the settings that 'serve' would run with, and where each comes from.",
        discussion: """
              segmentd config
              segmentd config --config /etc/segmentd.json
              SEGMENTD_LISTEN=127.0.0.1:8080 segmentd config --json
            """
    )

    @OptionGroup var settings: SettingOptions

    @Flag(name: .long, help: "Print one JSON object a line instead of a table.")
    var json = false

    func run() throws {
        let settings = try settings.resolved()
        if json {
            for setting in Setting.all {
                Console.out(String(decoding: setting.json(in: settings), as: UTF8.self))
            }
            return
        }
        var table = Table([Column("SETTING"), Column("VALUE"), Column("FROM")])
        let rows = Setting.all.map { setting in
            [
                setting.name, setting.text(in: settings.options),
                settings.origin(of: setting).shown(setting),
            ]
        }
        table.print(rows)
    }
}

extension Setting {
    fileprivate func json(in settings: Settings) -> [UInt8] {
        var json = JSONWriter()
        json.object {
            $0.field("setting", name)
            let value = text(in: settings.options)
            if isNumber { $0.raw("value", Array(value.utf8)) } else { $0.field("value", value) }
            $0.field("from", settings.origin(of: self).shown(self))
        }
        return json.bytes
    }
}
