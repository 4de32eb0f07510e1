internal import EventStore

/// Why a partition cannot be opened, or does not go on.
public struct PartitionError: Error, Sendable {
    /// What kind of trouble it is.
    public enum Kind: Sendable {
        /// Another process has the directory.
        case locked
        /// The directory cannot be used.
        case directory
        /// What is on disk is damaged or of another version.
        case damaged
        /// The wall clock contradicts the log.
        case clock
        /// The disk is full or fails.
        case storage
        /// The rules in the log cannot be used.
        case rules
        /// It does the same for somebody else, or was given up.
        case busy
        /// What was asked for rests on rules that are not those in force.
        case outdated
        /// It concerns so many people that the number must be confirmed.
        case unconfirmed
        /// An answer would take too long.
        case tooMuch
        /// There is nothing of that name.
        case unknown
        /// The person was erased.
        case erased
    }

    /// What kind of trouble it is.
    public var kind: Kind
    /// What is wrong, where, and what to do, for people.
    public var message: String

    init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    init(_ error: StoreError) {
        switch error {
        case .locked: kind = .locked
        case .directory: kind = .directory
        case .damaged, .unknownVersion, .mismatch: kind = .damaged
        case .lmdb, .exhausted: kind = .storage
        }
        message = error.description
    }

    /// The end of a long question whose task was cancelled.
    static var givenUp: PartitionError {
        PartitionError(
            .busy,
            "given up: segmentd is stopping, or nobody waits for the answer any more"
        )
    }

    static func wrap<Result: ~Copyable>(
        _ body: () throws(StoreError) -> Result
    ) throws(PartitionError) -> Result {
        do throws(StoreError) { return try body() } catch { throw PartitionError(error) }
    }
}

extension PartitionError: CustomStringConvertible {
    /// The message.
    public var description: String { message }
}
