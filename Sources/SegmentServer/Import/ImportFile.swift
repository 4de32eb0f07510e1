internal import CZlib
internal import Crypto
internal import EventWire
internal import Foundation
internal import Glibc

/// Why an import cannot go on: what is wrong, where, and what to do.
package struct ImportError: Error, CustomStringConvertible {
    /// In words.
    package let description: String

    /// An error in these words.
    package init(_ description: String) { self.description = description }
}

/// A file of rows, plain or compressed by gzip, read line by line.
@safe final class ImportFile {
    /// A longer line is no entry: the bounds of entries are far below.
    static let lineBytesMax = 16 << 20
    private static let pieceBytes = 1 << 18

    let path: String
    private let handle: gzFile
    private var buffer: [UInt8] = []
    private var offset = 0
    private var isAtEnd = false
    private(set) var line = 0

    init(_ path: String) throws(ImportError) {
        self.path = path
        guard let handle = unsafe gzopen(path, "rb") else {
            let reason = unsafe String(cString: strerror(errno))
            throw ImportError("cannot read \(printable(path)): \(reason)")
        }
        unsafe self.handle = unsafe handle
        unsafe gzbuffer(handle, UInt32(ImportFile.pieceBytes))
    }

    deinit { unsafe gzclose(handle) }

    /// Bytes of the file that have been read, compressed as they are.
    var bytesRead: Int { unsafe Int(gzoffset(handle)) }

    /// The next line without its end; nil behind the last.
    func next() throws(ImportError) -> [UInt8]? {
        while true {
            if let end = buffer[offset...].firstIndex(of: UInt8(ascii: "\n")) {
                line += 1
                var stop = end
                if stop > offset, buffer[stop - 1] == UInt8(ascii: "\r") { stop -= 1 }
                defer { offset = end + 1 }
                return Array(buffer[offset..<stop])
            }
            guard buffer.count - offset <= ImportFile.lineBytesMax else {
                throw ImportError(
                    "line \(line + 1) of \(printable(path)) has more than "
                        + "\(ImportFile.lineBytesMax >> 20) MiB; is it a file of one entry a line?"
                )
            }
            if isAtEnd {
                guard offset < buffer.count else { return nil }
                line += 1
                defer { offset = buffer.count }
                return Array(buffer[offset...])
            }
            try fill()
        }
    }

    private func fill() throws(ImportError) {
        buffer.removeFirst(offset)
        offset = 0
        let start = buffer.count
        buffer.append(contentsOf: repeatElement(0, count: ImportFile.pieceBytes))
        let found = unsafe buffer.withUnsafeMutableBytes { bytes in
            unsafe gzread(
                handle,
                bytes.baseAddress?.advanced(by: start),
                UInt32(ImportFile.pieceBytes)
            )
        }
        buffer.removeLast(ImportFile.pieceBytes - max(0, Int(found)))
        var code: Int32 = 0
        let message = unsafe gzerror(handle, &code)
        guard found >= 0, code == Z_OK || code == Z_STREAM_END else {
            let reason = unsafe message.map { unsafe String(cString: $0) } ?? "it is damaged"
            throw ImportError(
                "cannot read \(printable(path)) behind line \(line): \(printable(reason))"
            )
        }
        if found == 0 { isAtEnd = true }
        // A byte order mark, which some tools of Windows write.
        if line == 0, start == 0, buffer.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
    }

    /// The SHA-256 of a file's bytes as they are, in hexadecimal, and how many there are.
    static func hash(_ path: String) throws(ImportError) -> (hash: String, bytes: Int) {
        do {
            let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? file.close() }
            var hash = SHA256()
            var count = 0
            while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty {
                hash.update(data: piece)
                count += piece.count
            }
            return (hexadecimal(hash.finalize()), count)
        } catch {
            throw ImportError(
                "cannot read \(printable(path)): \((error as NSError).localizedDescription)"
            )
        }
    }

    /// Bytes in hexadecimal.
    static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
