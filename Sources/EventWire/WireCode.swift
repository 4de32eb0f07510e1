/// What was wrong with a body or an entry, as a word that clients can rely on.
///
/// The raw values stand in answers and never change their meaning.
public enum WireCode: String, CaseIterable, Sendable {
    /// The body, or the line of newline-delimited JSON, is not JSON.
    case malformedJSON = "malformed_json"
    /// The body has nothing in it.
    case emptyBody = "empty_body"
    /// The body is JSON of another shape than the endpoint takes.
    case wrongShape = "wrong_shape"
    /// The body has more bytes than the endpoint takes.
    case bodyTooLarge = "body_too_large"
    /// The batch has more entries than fit.
    case batchTooLarge = "batch_too_large"
    /// The machine is short of memory.
    case outOfMemory = "out_of_memory"

    /// The entry is no JSON object.
    case notAnObject = "not_an_object"
    /// The entry has more bytes of JSON than fit.
    case entryTooLarge = "entry_too_large"
    /// The entry is nested too deep.
    case tooDeep = "too_deep"
    /// The entry of a batch does not say what it is.
    case missingType = "missing_type"
    /// The entry is of a type that is not understood.
    case unknownType = "unknown_type"
    /// The entry names nobody.
    case missingIdentifier = "missing_identifier"
    /// An identifier is empty, too long or of the wrong type.
    case invalidIdentifier = "invalid_identifier"
    /// A `track` has no event name.
    case missingEvent = "missing_event"
    /// The event name is blank, too long or of the wrong type.
    case invalidEvent = "invalid_event"
    /// The name of a list is missing, blank, too long or of the wrong type.
    case invalidList = "invalid_list"
    /// The properties are no object.
    case invalidProperties = "invalid_properties"
    /// The traits are no object.
    case invalidTraits = "invalid_traits"
    /// There are more properties or traits than fit.
    case tooManyProperties = "too_many_properties"
    /// The name of a property or trait is too long.
    case nameTooLong = "name_too_long"
    /// A number has more digits than fit.
    case numberTooLong = "number_too_long"
    /// A timestamp is no time that can be read, or none between the years 1 and 9999.
    case invalidTimestamp = "invalid_timestamp"
    /// The message id is too long or of the wrong type.
    case invalidMessageID = "invalid_message_id"
    /// The backfill mark is neither true nor false.
    case invalidBackfill = "invalid_backfill"
    /// Whether a merge keeps the primary's attributes is said neither with true nor with false.
    case invalidKeepPrimary = "invalid_keep_primary"
}
