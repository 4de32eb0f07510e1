/// Settings that are refused, and what the refusal must say.
struct BadSetting: Sendable {
    var name: String
    var flags: [String] = []
    var environment: [String: String] = [:]
    /// What `segmentd.json` holds; nil for no such file.
    var file: String?
    /// What the message must name: the setting, where it was set, the range and an example.
    var words: [String]

    static let all = flags + variables + members + files

    private static let flags = [
        BadSetting(
            name: "flag below its range",
            flags: ["--queue-entries-max", "0"],
            words: ["--queue-entries-max is '0'", "1 to 10000000", "--queue-entries-max 20000"]
        ),
        BadSetting(
            name: "flag above its range",
            flags: ["--connections-max", "10001"],
            words: ["--connections-max is '10001'", "1 to 10000", "--connections-max 500"]
        ),
        BadSetting(
            name: "flag that is no number",
            flags: ["--idle-seconds-max", "soon"],
            words: ["--idle-seconds-max is 'soon'", "whole number", "--idle-seconds-max 30"]
        ),
        BadSetting(
            name: "number beyond all numbers",
            flags: ["--entry-bytes-max", "99999999999999999999999"],
            words: ["--entry-bytes-max is '9999", "256 to 1048576"]
        ),
        BadSetting(
            name: "no address",
            flags: ["--listen", "here"],
            words: ["--listen is 'here'", "a host and a port", "--listen 127.0.0.1:7433"]
        ),
        BadSetting(
            name: "address that others reach",
            flags: ["--listen", "0.0.0.0:7433"],
            words: [
                "listen on 0.0.0.0:7433", "other machines", "no API key", "keys create",
                "127.0.0.1:7433",
            ]
        ),
        BadSetting(
            name: "empty folder",
            flags: ["--data", ""],
            words: ["--data is ''", "the path of a folder", "--data ./data"]
        ),
        BadSetting(
            name: "file that is not there",
            flags: ["--config", "nowhere.json"],
            words: ["nowhere.json", "No such file", "Check what --config names"]
        ),
        BadSetting(
            name: "file that is a folder",
            flags: ["--config", "rules"],
            words: ["settings file rules", "Is a directory", "Check what --config names"]
        ),
        BadSetting(
            name: "file without an end",
            flags: ["--config", "/dev/zero"],
            words: ["settings file /dev/zero", "too large", "Check what --config names"]
        ),
    ]

    private static let variables = [
        BadSetting(
            name: "variable out of range",
            environment: ["SEGMENTD_BATCH_ENTRIES_MAX": "-1"],
            words: ["SEGMENTD_BATCH_ENTRIES_MAX is '-1'", "1 to 100000", "=5000"]
        ),
        BadSetting(
            name: "variable with an address that others reach",
            environment: ["SEGMENTD_LISTEN": "192.0.2.1:80"],
            words: ["listen on 192.0.2.1:80", "no API key"]
        ),
        BadSetting(
            name: "variable that names no file",
            environment: ["SEGMENTD_CONFIG": "nowhere.json"],
            words: ["nowhere.json", "No such file", "Check what SEGMENTD_CONFIG names"]
        ),
        BadSetting(
            name: "variable that would change what rules mean",
            environment: ["SEGMENTD_SKEW_TOLERANCE": "10"],
            words: ["SEGMENTD_SKEW_TOLERANCE is no setting", "belongs into the rules", "same log"]
        ),
        BadSetting(
            name: "variable that would defeat the check of the clock",
            environment: ["SEGMENTD_ACCEPT_CLOCK": "1"],
            words: ["SEGMENTD_ACCEPT_CLOCK is no setting", "--accept-clock"]
        ),
    ]

    private static let members = [
        BadSetting(
            name: "text for a number",
            file: "{\n  \"data\": \"d\",\n  \"connectionsMax\": \"many\"\n}",
            words: [
                "segmentd.json:3: connectionsMax is the text \"many\"", "1 to 10000",
                "\"connectionsMax\": 500",
            ]
        ),
        BadSetting(
            name: "number for a text",
            file: "{\"listen\": 7433}",
            words: [
                "segmentd.json:1: listen is the number 7433", "give a text",
                "\"listen\": \"127.0.0.1:7433\"",
            ]
        ),
        BadSetting(
            name: "member out of range",
            file: "{\n\n\"depthMax\": 1.5}",
            words: ["segmentd.json:3: depthMax is '1.5'", "2 to 64", "\"depthMax\": 32"]
        ),
        BadSetting(
            name: "list for a number",
            file: "{\"depthMax\": [4]}",
            words: ["segmentd.json:1: depthMax is a list", "2 to 64"]
        ),
        BadSetting(
            name: "member that is overridden",
            flags: ["--depth-max", "9"],
            file: "{\"depthMax\": 0}",
            words: ["segmentd.json:1: depthMax is '0'"]
        ),
        BadSetting(
            name: "misspelt member",
            file: "{\n  \"conectionsMax\": 5\n}",
            words: ["segmentd.json:2: conectionsMax is no setting", "did you mean connectionsMax?"]
        ),
        BadSetting(
            name: "unknown member",
            file: "{\"colour\": \"red\"}",
            words: ["segmentd.json:1: colour is no setting", "there are: data, rules, listen"]
        ),
        BadSetting(
            name: "member twice",
            file: "{\n\"data\": \"a\",\n\"data\": \"b\"\n}",
            words: ["segmentd.json: data is there twice (lines 2 and 3)", "remove one"]
        ),
        BadSetting(
            name: "time zone",
            file: "{\n\"timezone\": \"Europe/Berlin\"}",
            words: [
                "segmentd.json:2: timezone is no setting", "belongs into the rules", "same log",
            ]
        ),
        BadSetting(
            name: "horizon of duplicates",
            file: "{\"duplicateHorizon\": \"9d\"}",
            words: ["segmentd.json:1: duplicateHorizon is no setting", "belongs into the rules"]
        ),
        BadSetting(
            name: "standing acceptance of the clock",
            file: "{\"acceptClock\": true}",
            words: ["segmentd.json:1: acceptClock is no setting", "defeat the check"]
        ),
    ]

    private static let files = [
        BadSetting(
            name: "broken file",
            file: "{\n  \"data\": \"d\"\n  \"rules\": \"r\"\n}",
            words: [
                "segmentd.json: not JSON at line 3, column 3", "expected ','", "one JSON object",
            ]
        ),
        BadSetting(
            name: "empty file",
            file: "",
            words: ["segmentd.json: the file is empty", "one JSON object"]
        ),
        BadSetting(
            name: "file of another shape",
            file: "[]",
            words: ["segmentd.json: settings are one JSON object", "\"listen\""]
        ),
    ]
}
