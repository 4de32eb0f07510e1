/// Unicode's simple case folding: what texts are compared by where case is ignored.
///
/// The table follows CaseFolding.txt of Unicode 14.0, statuses C and S, and belongs to the semantics version:
/// another one may change what a rule means.
enum CaseFolding {
    struct Range: Sendable {
        var first: UInt32
        var last: UInt32
        /// Every one of the range folds, or every second.
        var step: UInt32
        var shift: Int32
    }

    /// What a character folds to.
    static func fold(_ scalar: UInt32) -> UInt32 {
        if scalar < 0x80 { return scalar >= 0x41 && scalar <= 0x5A ? scalar + 0x20 : scalar }
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].last < scalar { low = middle + 1 } else { high = middle }
        }
        guard low < ranges.count, ranges[low].first <= scalar,
            (scalar - ranges[low].first) % ranges[low].step == 0
        else { return scalar }
        return UInt32(truncatingIfNeeded: Int64(scalar) + Int64(ranges[low].shift))
    }

    /// Hands the folded bytes of UTF-8 text on.
    static func withFolded<Result>(
        _ text: Span<UInt8>,
        _ body: (Span<UInt8>) -> Result
    ) -> Result {
        // No character grows to more than twice its bytes.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 2 * text.count + 4) { buffer in
            var count = 0
            var index = 0
            while index < text.count {
                let first = text[index]
                let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
                guard index + length <= text.count else { break }
                var scalar = UInt32(first)
                if length > 1 {
                    scalar &= 0xFF >> UInt32(length + 1)
                    for place in index + 1..<index + length {
                        scalar = scalar << 6 | UInt32(text[place] & 0x3F)
                    }
                }
                write(fold(scalar), to: buffer, &count)
                index += length
            }
            return body(UnsafeBufferPointer(rebasing: buffer[..<count]).span)
        }
    }

    private static func write(
        _ scalar: UInt32,
        to buffer: UnsafeMutableBufferPointer<UInt8>,
        _ count: inout Int
    ) {
        func put(_ byte: UInt32) {
            buffer[count] = UInt8(truncatingIfNeeded: byte)
            count += 1
        }
        switch scalar {
        case ..<0x80: put(scalar)
        case ..<0x800:
            put(0xC0 | scalar >> 6)
            put(0x80 | scalar & 0x3F)
        case ..<0x10000:
            put(0xE0 | scalar >> 12)
            put(0x80 | scalar >> 6 & 0x3F)
            put(0x80 | scalar & 0x3F)
        default:
            put(0xF0 | scalar >> 18)
            put(0x80 | scalar >> 12 & 0x3F)
            put(0x80 | scalar >> 6 & 0x3F)
            put(0x80 | scalar & 0x3F)
        }
    }

    /// In order; made from the Unicode character database.
    private static let ranges: [Range] = [
        Range(first: 0x41, last: 0x5A, step: 1, shift: 32),
        Range(first: 0xB5, last: 0xB5, step: 1, shift: 775),
        Range(first: 0xC0, last: 0xD6, step: 1, shift: 32),
        Range(first: 0xD8, last: 0xDE, step: 1, shift: 32),
        Range(first: 0x100, last: 0x12E, step: 2, shift: 1),
        Range(first: 0x132, last: 0x136, step: 2, shift: 1),
        Range(first: 0x139, last: 0x147, step: 2, shift: 1),
        Range(first: 0x14A, last: 0x176, step: 2, shift: 1),
        Range(first: 0x178, last: 0x178, step: 1, shift: -121),
        Range(first: 0x179, last: 0x17D, step: 2, shift: 1),
        Range(first: 0x17F, last: 0x17F, step: 1, shift: -268),
        Range(first: 0x181, last: 0x181, step: 1, shift: 210),
        Range(first: 0x182, last: 0x184, step: 2, shift: 1),
        Range(first: 0x186, last: 0x186, step: 1, shift: 206),
        Range(first: 0x187, last: 0x187, step: 1, shift: 1),
        Range(first: 0x189, last: 0x18A, step: 1, shift: 205),
        Range(first: 0x18B, last: 0x18B, step: 1, shift: 1),
        Range(first: 0x18E, last: 0x18E, step: 1, shift: 79),
        Range(first: 0x18F, last: 0x18F, step: 1, shift: 202),
        Range(first: 0x190, last: 0x190, step: 1, shift: 203),
        Range(first: 0x191, last: 0x191, step: 1, shift: 1),
        Range(first: 0x193, last: 0x193, step: 1, shift: 205),
        Range(first: 0x194, last: 0x194, step: 1, shift: 207),
        Range(first: 0x196, last: 0x196, step: 1, shift: 211),
        Range(first: 0x197, last: 0x197, step: 1, shift: 209),
        Range(first: 0x198, last: 0x198, step: 1, shift: 1),
        Range(first: 0x19C, last: 0x19C, step: 1, shift: 211),
        Range(first: 0x19D, last: 0x19D, step: 1, shift: 213),
        Range(first: 0x19F, last: 0x19F, step: 1, shift: 214),
        Range(first: 0x1A0, last: 0x1A4, step: 2, shift: 1),
        Range(first: 0x1A6, last: 0x1A6, step: 1, shift: 218),
        Range(first: 0x1A7, last: 0x1A7, step: 1, shift: 1),
        Range(first: 0x1A9, last: 0x1A9, step: 1, shift: 218),
        Range(first: 0x1AC, last: 0x1AC, step: 1, shift: 1),
        Range(first: 0x1AE, last: 0x1AE, step: 1, shift: 218),
        Range(first: 0x1AF, last: 0x1AF, step: 1, shift: 1),
        Range(first: 0x1B1, last: 0x1B2, step: 1, shift: 217),
        Range(first: 0x1B3, last: 0x1B5, step: 2, shift: 1),
        Range(first: 0x1B7, last: 0x1B7, step: 1, shift: 219),
        Range(first: 0x1B8, last: 0x1B8, step: 1, shift: 1),
        Range(first: 0x1BC, last: 0x1BC, step: 1, shift: 1),
        Range(first: 0x1C4, last: 0x1C4, step: 1, shift: 2),
        Range(first: 0x1C5, last: 0x1C5, step: 1, shift: 1),
        Range(first: 0x1C7, last: 0x1C7, step: 1, shift: 2),
        Range(first: 0x1C8, last: 0x1C8, step: 1, shift: 1),
        Range(first: 0x1CA, last: 0x1CA, step: 1, shift: 2),
        Range(first: 0x1CB, last: 0x1DB, step: 2, shift: 1),
        Range(first: 0x1DE, last: 0x1EE, step: 2, shift: 1),
        Range(first: 0x1F1, last: 0x1F1, step: 1, shift: 2),
        Range(first: 0x1F2, last: 0x1F4, step: 2, shift: 1),
        Range(first: 0x1F6, last: 0x1F6, step: 1, shift: -97),
        Range(first: 0x1F7, last: 0x1F7, step: 1, shift: -56),
        Range(first: 0x1F8, last: 0x21E, step: 2, shift: 1),
        Range(first: 0x220, last: 0x220, step: 1, shift: -130),
        Range(first: 0x222, last: 0x232, step: 2, shift: 1),
        Range(first: 0x23A, last: 0x23A, step: 1, shift: 10795),
        Range(first: 0x23B, last: 0x23B, step: 1, shift: 1),
        Range(first: 0x23D, last: 0x23D, step: 1, shift: -163),
        Range(first: 0x23E, last: 0x23E, step: 1, shift: 10792),
        Range(first: 0x241, last: 0x241, step: 1, shift: 1),
        Range(first: 0x243, last: 0x243, step: 1, shift: -195),
        Range(first: 0x244, last: 0x244, step: 1, shift: 69),
        Range(first: 0x245, last: 0x245, step: 1, shift: 71),
        Range(first: 0x246, last: 0x24E, step: 2, shift: 1),
        Range(first: 0x345, last: 0x345, step: 1, shift: 116),
        Range(first: 0x370, last: 0x372, step: 2, shift: 1),
        Range(first: 0x376, last: 0x376, step: 1, shift: 1),
        Range(first: 0x37F, last: 0x37F, step: 1, shift: 116),
        Range(first: 0x386, last: 0x386, step: 1, shift: 38),
        Range(first: 0x388, last: 0x38A, step: 1, shift: 37),
        Range(first: 0x38C, last: 0x38C, step: 1, shift: 64),
        Range(first: 0x38E, last: 0x38F, step: 1, shift: 63),
        Range(first: 0x391, last: 0x3A1, step: 1, shift: 32),
        Range(first: 0x3A3, last: 0x3AB, step: 1, shift: 32),
        Range(first: 0x3C2, last: 0x3C2, step: 1, shift: 1),
        Range(first: 0x3CF, last: 0x3CF, step: 1, shift: 8),
        Range(first: 0x3D0, last: 0x3D0, step: 1, shift: -30),
        Range(first: 0x3D1, last: 0x3D1, step: 1, shift: -25),
        Range(first: 0x3D5, last: 0x3D5, step: 1, shift: -15),
        Range(first: 0x3D6, last: 0x3D6, step: 1, shift: -22),
        Range(first: 0x3D8, last: 0x3EE, step: 2, shift: 1),
        Range(first: 0x3F0, last: 0x3F0, step: 1, shift: -54),
        Range(first: 0x3F1, last: 0x3F1, step: 1, shift: -48),
        Range(first: 0x3F4, last: 0x3F4, step: 1, shift: -60),
        Range(first: 0x3F5, last: 0x3F5, step: 1, shift: -64),
        Range(first: 0x3F7, last: 0x3F7, step: 1, shift: 1),
        Range(first: 0x3F9, last: 0x3F9, step: 1, shift: -7),
        Range(first: 0x3FA, last: 0x3FA, step: 1, shift: 1),
        Range(first: 0x3FD, last: 0x3FF, step: 1, shift: -130),
        Range(first: 0x400, last: 0x40F, step: 1, shift: 80),
        Range(first: 0x410, last: 0x42F, step: 1, shift: 32),
        Range(first: 0x460, last: 0x480, step: 2, shift: 1),
        Range(first: 0x48A, last: 0x4BE, step: 2, shift: 1),
        Range(first: 0x4C0, last: 0x4C0, step: 1, shift: 15),
        Range(first: 0x4C1, last: 0x4CD, step: 2, shift: 1),
        Range(first: 0x4D0, last: 0x52E, step: 2, shift: 1),
        Range(first: 0x531, last: 0x556, step: 1, shift: 48),
        Range(first: 0x10A0, last: 0x10C5, step: 1, shift: 7264),
        Range(first: 0x10C7, last: 0x10C7, step: 1, shift: 7264),
        Range(first: 0x10CD, last: 0x10CD, step: 1, shift: 7264),
        Range(first: 0x13F8, last: 0x13FD, step: 1, shift: -8),
        Range(first: 0x1C80, last: 0x1C80, step: 1, shift: -6222),
        Range(first: 0x1C81, last: 0x1C81, step: 1, shift: -6221),
        Range(first: 0x1C82, last: 0x1C82, step: 1, shift: -6212),
        Range(first: 0x1C83, last: 0x1C84, step: 1, shift: -6210),
        Range(first: 0x1C85, last: 0x1C85, step: 1, shift: -6211),
        Range(first: 0x1C86, last: 0x1C86, step: 1, shift: -6204),
        Range(first: 0x1C87, last: 0x1C87, step: 1, shift: -6180),
        Range(first: 0x1C88, last: 0x1C88, step: 1, shift: 35267),
        Range(first: 0x1C90, last: 0x1CBA, step: 1, shift: -3008),
        Range(first: 0x1CBD, last: 0x1CBF, step: 1, shift: -3008),
        Range(first: 0x1E00, last: 0x1E94, step: 2, shift: 1),
        Range(first: 0x1E9B, last: 0x1E9B, step: 1, shift: -58),
        Range(first: 0x1E9E, last: 0x1E9E, step: 1, shift: -7615),
        Range(first: 0x1EA0, last: 0x1EFE, step: 2, shift: 1),
        Range(first: 0x1F08, last: 0x1F0F, step: 1, shift: -8),
        Range(first: 0x1F18, last: 0x1F1D, step: 1, shift: -8),
        Range(first: 0x1F28, last: 0x1F2F, step: 1, shift: -8),
        Range(first: 0x1F38, last: 0x1F3F, step: 1, shift: -8),
        Range(first: 0x1F48, last: 0x1F4D, step: 1, shift: -8),
        Range(first: 0x1F59, last: 0x1F5F, step: 2, shift: -8),
        Range(first: 0x1F68, last: 0x1F6F, step: 1, shift: -8),
        Range(first: 0x1F88, last: 0x1F8F, step: 1, shift: -8),
        Range(first: 0x1F98, last: 0x1F9F, step: 1, shift: -8),
        Range(first: 0x1FA8, last: 0x1FAF, step: 1, shift: -8),
        Range(first: 0x1FB8, last: 0x1FB9, step: 1, shift: -8),
        Range(first: 0x1FBA, last: 0x1FBB, step: 1, shift: -74),
        Range(first: 0x1FBC, last: 0x1FBC, step: 1, shift: -9),
        Range(first: 0x1FBE, last: 0x1FBE, step: 1, shift: -7173),
        Range(first: 0x1FC8, last: 0x1FCB, step: 1, shift: -86),
        Range(first: 0x1FCC, last: 0x1FCC, step: 1, shift: -9),
        Range(first: 0x1FD8, last: 0x1FD9, step: 1, shift: -8),
        Range(first: 0x1FDA, last: 0x1FDB, step: 1, shift: -100),
        Range(first: 0x1FE8, last: 0x1FE9, step: 1, shift: -8),
        Range(first: 0x1FEA, last: 0x1FEB, step: 1, shift: -112),
        Range(first: 0x1FEC, last: 0x1FEC, step: 1, shift: -7),
        Range(first: 0x1FF8, last: 0x1FF9, step: 1, shift: -128),
        Range(first: 0x1FFA, last: 0x1FFB, step: 1, shift: -126),
        Range(first: 0x1FFC, last: 0x1FFC, step: 1, shift: -9),
        Range(first: 0x2126, last: 0x2126, step: 1, shift: -7517),
        Range(first: 0x212A, last: 0x212A, step: 1, shift: -8383),
        Range(first: 0x212B, last: 0x212B, step: 1, shift: -8262),
        Range(first: 0x2132, last: 0x2132, step: 1, shift: 28),
        Range(first: 0x2160, last: 0x216F, step: 1, shift: 16),
        Range(first: 0x2183, last: 0x2183, step: 1, shift: 1),
        Range(first: 0x24B6, last: 0x24CF, step: 1, shift: 26),
        Range(first: 0x2C00, last: 0x2C2F, step: 1, shift: 48),
        Range(first: 0x2C60, last: 0x2C60, step: 1, shift: 1),
        Range(first: 0x2C62, last: 0x2C62, step: 1, shift: -10743),
        Range(first: 0x2C63, last: 0x2C63, step: 1, shift: -3814),
        Range(first: 0x2C64, last: 0x2C64, step: 1, shift: -10727),
        Range(first: 0x2C67, last: 0x2C6B, step: 2, shift: 1),
        Range(first: 0x2C6D, last: 0x2C6D, step: 1, shift: -10780),
        Range(first: 0x2C6E, last: 0x2C6E, step: 1, shift: -10749),
        Range(first: 0x2C6F, last: 0x2C6F, step: 1, shift: -10783),
        Range(first: 0x2C70, last: 0x2C70, step: 1, shift: -10782),
        Range(first: 0x2C72, last: 0x2C72, step: 1, shift: 1),
        Range(first: 0x2C75, last: 0x2C75, step: 1, shift: 1),
        Range(first: 0x2C7E, last: 0x2C7F, step: 1, shift: -10815),
        Range(first: 0x2C80, last: 0x2CE2, step: 2, shift: 1),
        Range(first: 0x2CEB, last: 0x2CED, step: 2, shift: 1),
        Range(first: 0x2CF2, last: 0x2CF2, step: 1, shift: 1),
        Range(first: 0xA640, last: 0xA66C, step: 2, shift: 1),
        Range(first: 0xA680, last: 0xA69A, step: 2, shift: 1),
        Range(first: 0xA722, last: 0xA72E, step: 2, shift: 1),
        Range(first: 0xA732, last: 0xA76E, step: 2, shift: 1),
        Range(first: 0xA779, last: 0xA77B, step: 2, shift: 1),
        Range(first: 0xA77D, last: 0xA77D, step: 1, shift: -35332),
        Range(first: 0xA77E, last: 0xA786, step: 2, shift: 1),
        Range(first: 0xA78B, last: 0xA78B, step: 1, shift: 1),
        Range(first: 0xA78D, last: 0xA78D, step: 1, shift: -42280),
        Range(first: 0xA790, last: 0xA792, step: 2, shift: 1),
        Range(first: 0xA796, last: 0xA7A8, step: 2, shift: 1),
        Range(first: 0xA7AA, last: 0xA7AA, step: 1, shift: -42308),
        Range(first: 0xA7AB, last: 0xA7AB, step: 1, shift: -42319),
        Range(first: 0xA7AC, last: 0xA7AC, step: 1, shift: -42315),
        Range(first: 0xA7AD, last: 0xA7AD, step: 1, shift: -42305),
        Range(first: 0xA7AE, last: 0xA7AE, step: 1, shift: -42308),
        Range(first: 0xA7B0, last: 0xA7B0, step: 1, shift: -42258),
        Range(first: 0xA7B1, last: 0xA7B1, step: 1, shift: -42282),
        Range(first: 0xA7B2, last: 0xA7B2, step: 1, shift: -42261),
        Range(first: 0xA7B3, last: 0xA7B3, step: 1, shift: 928),
        Range(first: 0xA7B4, last: 0xA7C2, step: 2, shift: 1),
        Range(first: 0xA7C4, last: 0xA7C4, step: 1, shift: -48),
        Range(first: 0xA7C5, last: 0xA7C5, step: 1, shift: -42307),
        Range(first: 0xA7C6, last: 0xA7C6, step: 1, shift: -35384),
        Range(first: 0xA7C7, last: 0xA7C9, step: 2, shift: 1),
        Range(first: 0xA7D0, last: 0xA7D0, step: 1, shift: 1),
        Range(first: 0xA7D6, last: 0xA7D8, step: 2, shift: 1),
        Range(first: 0xA7F5, last: 0xA7F5, step: 1, shift: 1),
        Range(first: 0xAB70, last: 0xABBF, step: 1, shift: -38864),
        Range(first: 0xFF21, last: 0xFF3A, step: 1, shift: 32),
        Range(first: 0x10400, last: 0x10427, step: 1, shift: 40),
        Range(first: 0x104B0, last: 0x104D3, step: 1, shift: 40),
        Range(first: 0x10570, last: 0x1057A, step: 1, shift: 39),
        Range(first: 0x1057C, last: 0x1058A, step: 1, shift: 39),
        Range(first: 0x1058C, last: 0x10592, step: 1, shift: 39),
        Range(first: 0x10594, last: 0x10595, step: 1, shift: 39),
        Range(first: 0x10C80, last: 0x10CB2, step: 1, shift: 64),
        Range(first: 0x118A0, last: 0x118BF, step: 1, shift: 32),
        Range(first: 0x16E40, last: 0x16E5F, step: 1, shift: 32),
        Range(first: 0x1E900, last: 0x1E921, step: 1, shift: 34),
    ]
}
