internal import EventModel
internal import EventWire
package import Materializer

extension ReplayLine {
    /// The line as JSON, without a line break: a transition as everywhere, with `mark` where two were compared;
    /// `{"progress":…}`; and last `{"summary":…}`.
    package var json: [UInt8] {
        switch self {
        case .transition(let described, let mark): return ReplayLine.json(described, mark)
        case .progress(let entries, let total):
            var json = JSONWriter()
            json.object {
                $0.object("progress") {
                    $0.field("entries", entries)
                    $0.field("of", total)
                }
            }
            return json.bytes
        case .summary(let summary): return summary.json
        }
    }

    private static func json(_ described: DescribedTransition, _ mark: ReplayMark) -> [UInt8] {
        var bytes: [UInt8] = []
        TransitionView(described).appendJSON(to: &bytes)
        let sign: String
        switch mark {
        case .replayed: return bytes
        case .added: sign = "+"
        case .missing: sign = "-"
        }
        return Array("{\"mark\":\"\(sign)\",".utf8) + bytes.dropFirst()
    }
}

extension ReplaySummary {
    fileprivate var json: [UInt8] {
        var json = JSONWriter()
        json.object {
            $0.object("summary") {
                $0.field("entries", entries)
                $0.field("milliseconds", Int(seconds * 1_000))
                $0.field("added", ifPresent: difference?.added)
                $0.field("missing", ifPresent: difference?.missing)
                $0.array("segments") {
                    for segment in segments {
                        $0.object {
                            $0.field("name", segment.name)
                            $0.field("entered", segment.entered)
                            $0.field("exited", segment.exited)
                            $0.field("members", segment.members)
                        }
                    }
                }
            }
        }
        return json.bytes
    }
}
