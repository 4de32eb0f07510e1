/// Builds one JSON document; commas and brackets come of themselves.
///
///     var json = JSONWriter()
///     json.object {
///         $0.field("status", "accepted")
///         $0.array("ids") { $0.item(1) }
///     }
public struct JSONWriter: Sendable {
    /// What was written so far.
    public private(set) var bytes: [UInt8] = []

    /// An empty document.
    public init() {}

    /// Writes the document as an object.
    public mutating func object<E>(
        _ members: (inout JSONObjectWriter) throws(E) -> Void
    ) throws(E) {
        try JSONObjectWriter.write(to: &bytes, members)
    }

    /// Writes the document as an array.
    public mutating func array<E>(
        _ items: (inout JSONArrayWriter) throws(E) -> Void
    ) throws(E) {
        try JSONArrayWriter.write(to: &bytes, items)
    }
}

/// Writes the members of an object, in the order of the calls.
public struct JSONObjectWriter: ~Copyable {
    private var bytes: [UInt8]
    private var isEmpty = true

    private init(taking bytes: inout [UInt8]) {
        self.bytes = []
        swap(&self.bytes, &bytes)
    }

    static func write<E>(
        to bytes: inout [UInt8],
        _ members: (inout JSONObjectWriter) throws(E) -> Void
    ) throws(E) {
        bytes.append(UInt8(ascii: "{"))
        var writer = JSONObjectWriter(taking: &bytes)
        defer { swap(&writer.bytes, &bytes) }
        try members(&writer)
        writer.bytes.append(UInt8(ascii: "}"))
    }

    private mutating func name(_ name: String) {
        if !isEmpty { bytes.append(UInt8(ascii: ",")) }
        isEmpty = false
        name.appendJSON(to: &bytes)
        bytes.append(UInt8(ascii: ":"))
    }

    /// Writes a member; nil is written as `null`.
    public mutating func field(_ name: String, _ value: some JSONRepresentable) {
        self.name(name)
        value.appendJSON(to: &bytes)
    }

    /// Writes a member, or nothing where the value is nil.
    public mutating func field(_ name: String, ifPresent value: (some JSONRepresentable)?) {
        if let value { field(name, value) }
    }

    /// Writes a member whose value is JSON already.
    public mutating func raw(_ name: String, _ json: [UInt8]) {
        self.name(name)
        bytes.append(contentsOf: json)
    }

    /// Writes a member that is an object.
    public mutating func object<E>(
        _ name: String,
        _ members: (inout JSONObjectWriter) throws(E) -> Void
    ) throws(E) {
        self.name(name)
        try JSONObjectWriter.write(to: &bytes, members)
    }

    /// Writes a member that is an array.
    public mutating func array<E>(
        _ name: String,
        _ items: (inout JSONArrayWriter) throws(E) -> Void
    ) throws(E) {
        self.name(name)
        try JSONArrayWriter.write(to: &bytes, items)
    }
}

/// Writes the items of an array, in the order of the calls.
public struct JSONArrayWriter: ~Copyable {
    private var bytes: [UInt8]
    private var isEmpty = true

    private init(taking bytes: inout [UInt8]) {
        self.bytes = []
        swap(&self.bytes, &bytes)
    }

    static func write<E>(
        to bytes: inout [UInt8],
        _ items: (inout JSONArrayWriter) throws(E) -> Void
    ) throws(E) {
        bytes.append(UInt8(ascii: "["))
        var writer = JSONArrayWriter(taking: &bytes)
        defer { swap(&writer.bytes, &bytes) }
        try items(&writer)
        writer.bytes.append(UInt8(ascii: "]"))
    }

    private mutating func comma() {
        if !isEmpty { bytes.append(UInt8(ascii: ",")) }
        isEmpty = false
    }

    /// Writes an item; nil is written as `null`.
    public mutating func item(_ value: some JSONRepresentable) {
        comma()
        value.appendJSON(to: &bytes)
    }

    /// Writes an item that is JSON already.
    public mutating func raw(_ json: [UInt8]) {
        comma()
        bytes.append(contentsOf: json)
    }

    /// Writes an item that is an object.
    public mutating func object<E>(
        _ members: (inout JSONObjectWriter) throws(E) -> Void
    ) throws(E) {
        comma()
        try JSONObjectWriter.write(to: &bytes, members)
    }

    /// Writes an item that is an array.
    public mutating func array<E>(
        _ items: (inout JSONArrayWriter) throws(E) -> Void
    ) throws(E) {
        comma()
        try JSONArrayWriter.write(to: &bytes, items)
    }
}
