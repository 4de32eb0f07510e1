import Foundation

/// What a daemon wrote and synced, as `recorder.c` took it down.
struct WriteTrace {
    enum Event {
        /// A file or a folder was opened; it is new where it was not there yet.
        case open(path: String, truncates: Bool)
        case write(path: String, offset: Int, bytes: Range<Int>)
        case syncBegin(path: String)
        case syncEnd(path: String)
        case truncate(path: String, length: Int)
        case rename(from: String, to: String)
        case unlink(path: String)
        case makeFolder(path: String)
    }

    private(set) var events: [(event: Event, nanoseconds: UInt64)] = []
    /// The trace itself, in which the bytes of writes lie.
    let data: [UInt8]

    init(_ path: String) throws {
        data = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        var paths: [UInt64: String] = [:]
        var offset = 0
        while offset + 64 <= data.count {
            let head = (0..<5).map { word in
                (0..<8).reduce(UInt64(0)) {
                    $0 | UInt64(data[offset + word * 8 + $1]) << UInt64(8 * $1)
                }
            }
            let body = offset + 64..<offset + 64 + Int(head[3])
            // A process that was killed may leave half a record.
            guard body.upperBound <= data.count else { break }
            offset = body.upperBound
            let text = String(decoding: head[0] == 2 ? [] : data[body], as: UTF8.self)
            let path = paths[head[1]] ?? ""
            let event: Event
            switch head[0] {
            case 1:
                paths[head[1]] = text
                event = .open(path: text, truncates: head[2] & UInt64(O_TRUNC) != 0)
            case 2: event = .write(path: path, offset: Int(head[2]), bytes: body)
            case 3: event = .syncBegin(path: path)
            case 4: event = .syncEnd(path: path)
            case 5: event = .truncate(path: path, length: Int(head[2]))
            case 6:
                let both = text.split(separator: "\0", omittingEmptySubsequences: false)
                event = .rename(from: String(both[0]), to: String(both[1]))
            case 7: event = .unlink(path: text)
            default: event = .makeFolder(path: text)
            }
            events.append((event, head[4]))
        }
    }
}
