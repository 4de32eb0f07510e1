public import EventModel

/// Which event times count, seen from an instant `T`; events that are not there yet never do.
public enum Window: Hashable, Sendable {
    /// All.
    case ever
    /// `t <= T < t + span`.
    case last(TimeSpan)
    /// `t + shortest <= T < t + longest`.
    case betweenAgo(longest: TimeSpan, shortest: TimeSpan)
    /// `t + span <= T`.
    case longerAgo(TimeSpan)
    /// `from <= t < to`; nil without bound on that side.
    case dates(from: Instant?, to: Instant?)
    /// `t` lies in the last so many local days, weeks, months or years, the one of `T` among them.
    case calendar(CalendarUnit, count: Int, Zone)
    /// `t` lies in the local day before that of `T`.
    case yesterday(Zone)
    /// `t` is not before the latest event of those that is there at `T`, and is not that event itself;
    /// any time where there is none.
    indirect case sinceLast(EventSelection)
}

/// A stretch of local time.
public enum CalendarUnit: String, Hashable, BitwiseCopyable, Sendable {
    case day
    /// From Monday on.
    case week
    case month
    case year
}

/// A time zone: how local time differs from UTC, from when on.
public struct Zone: Sendable {
    /// An offset from UTC.
    public struct Offset: Hashable, Sendable {
        /// The first instant at which it holds.
        public var from: Instant
        /// Seconds east of Greenwich.
        public var seconds: Int

        /// An offset from that instant on.
        public init(from: Instant, seconds: Int) {
            self.from = from
            self.seconds = seconds
        }
    }

    /// Its name in the IANA's time zone database.
    public let name: String
    /// The offsets in order; the first one holds before its own beginning too.
    public let offsets: [Offset]
    /// Names the offsets, by FNV-1a.
    public let fingerprint: UInt64

    /// A zone of those offsets, of which there is one at least.
    public init(name: String, offsets: [Offset]) {
        precondition(!offsets.isEmpty, "a zone without an offset")
        self.name = name
        self.offsets = offsets
        var hash = StableHash()
        for offset in offsets {
            hash.feed("\(offset.from.milliseconds) \(offset.seconds)\n")
        }
        fingerprint = hash.value
    }

    /// UTC.
    public static let utc = Zone(name: "UTC", offsets: [Offset(from: .distantPast, seconds: 0)])

    /// Seconds east of Greenwich at an instant.
    public func seconds(at instant: Instant) -> Int {
        var low = 0
        var high = offsets.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if offsets[middle].from <= instant { low = middle } else { high = middle }
        }
        return offsets[low].seconds
    }
}

extension Zone: Hashable {
    /// Whether they have one name and the same offsets.
    public static func == (left: Zone, right: Zone) -> Bool {
        left.fingerprint == right.fingerprint && left.name == right.name
            && left.offsets == right.offsets
    }

    /// Hashes what names the zone.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(fingerprint)
    }
}
