/// A list of plain values in memory of its own: no reference counts, no copies, and no allocation once it has
/// grown to what is needed.
///
/// Invariants: the first `count` of `capacity` places are initialized; the memory is the list's alone. Places
/// are checked in debug builds only: they come from the compiled program and from the list's own `count`, never
/// from an entry.
struct PlainList<Element: BitwiseCopyable>: ~Copyable {
    private var base: UnsafeMutablePointer<Element>
    private var capacity: Int
    private(set) var count = 0

    init(capacity: Int = 8) {
        self.capacity = max(1, capacity)
        base = PlainList.allocate(self.capacity)
    }

    init(_ elements: some Collection<Element>) {
        self.init(capacity: elements.count)
        for element in elements { append(element) }
    }

    init(repeating element: Element, count: Int) {
        self.init(capacity: count)
        for _ in 0..<count { append(element) }
    }

    deinit { base.deallocate() }

    private static func allocate(_ capacity: Int) -> UnsafeMutablePointer<Element> {
        LargeMemory.allocate(
            bytes: capacity * MemoryLayout<Element>.stride,
            alignment: max(16, MemoryLayout<Element>.alignment)
        ).bindMemory(to: Element.self, capacity: capacity)
    }

    @inline(__always) var isEmpty: Bool { count == 0 }

    @inline(__always)
    subscript(index: Int) -> Element {
        get {
            assert(UInt(bitPattern: index) < UInt(bitPattern: count), "no such place")
            return base[index]
        }
        set {
            assert(UInt(bitPattern: index) < UInt(bitPattern: count), "no such place")
            base[index] = newValue
        }
    }

    @inline(__always)
    subscript(index: Int32) -> Element {
        get { self[Int(index)] }
        set { self[Int(index)] = newValue }
    }

    /// Where an element lies, or the end; valid until the next `append`.
    @inline(__always)
    func pointer(_ index: Int32) -> UnsafePointer<Element> {
        assert(index >= 0 && Int(index) <= count, "no such place")
        return UnsafePointer(base + Int(index))
    }

    @inline(__always)
    mutating func append(_ element: Element) {
        if count == capacity { grow() }
        (base + count).initialize(to: element)
        count += 1
    }

    @inline(never)
    private mutating func grow() {
        let fresh = PlainList.allocate(capacity * 2)
        fresh.moveInitialize(from: base, count: count)
        base.deallocate()
        base = fresh
        capacity *= 2
    }

    /// Empties the list and keeps its memory.
    @inline(__always) mutating func removeAll() { count = 0 }

    /// Forgets all elements from a place on.
    mutating func removeAll(behind place: Int) {
        assert(place <= count, "no such place")
        count = place
    }

    /// Changes an element in its place.
    @inline(__always)
    mutating func withElement(_ index: Int32, _ body: (inout Element) -> Void) {
        assert(index >= 0 && Int(index) < count, "no such place")
        body(&base[Int(index)])
    }

    @inline(__always)
    mutating func removeLast() -> Element {
        assert(count > 0, "no such place")
        count -= 1
        return base[count]
    }

    mutating func sort(_ isBefore: (Element, Element) -> Bool) {
        guard count > 1 else { return }
        // Nearly all lists that are sorted have a few elements, or are sorted already.
        var place = 1
        while place < count, !isBefore(base[place], base[place - 1]) { place += 1 }
        guard place < count else { return }
        var buffer = UnsafeMutableBufferPointer(start: base, count: count)
        buffer.sort(by: isBefore)
    }

    /// Sorts a part of the list, in place.
    @inline(__always)
    mutating func sort(_ range: Range<Int>, _ isBefore: (Element, Element) -> Bool) {
        assert(range.lowerBound >= 0 && range.upperBound <= count, "no such place")
        guard range.count <= 16 else {
            var buffer = UnsafeMutableBufferPointer(
                start: base + range.lowerBound,
                count: range.count
            )
            return buffer.sort(by: isBefore)
        }
        // By insertion (Knuth, "The Art of Computer Programming" 5.2.1).
        for index in range.dropFirst() {
            let element = base[index]
            var place = index
            while place > range.lowerBound, isBefore(element, base[place - 1]) {
                base[place] = base[place - 1]
                place -= 1
            }
            base[place] = element
        }
    }

    func contains(_ isIt: (Element) -> Bool) -> Bool {
        for index in 0..<count where isIt(base[index]) { return true }
        return false
    }
}

/// Lists of numbers by number, one behind the other in memory.
struct NumberLists: ~Copyable {
    private var places: PlainList<Place>
    private var numbers: PlainList<Int32>

    // Not private: the 6.3 compiler breaks on private types in `PlainList` without optimization.
    struct Place: BitwiseCopyable {
        var start: Int32
        var end: Int32
    }

    init() {
        places = PlainList()
        numbers = PlainList()
    }

    init(_ lists: [[Int]]) {
        self.init()
        for list in lists { append(list) }
    }

    var count: Int { places.count }

    mutating func append(_ list: [Int]) {
        places.append(at(list))
    }

    /// Replaces a list; the room of the former one stays.
    mutating func replace(_ index: Int, with list: [Int]) { places[index] = at(list) }

    private mutating func at(_ list: [Int]) -> Place {
        let start = Int32(numbers.count)
        for number in list { numbers.append(Int32(number)) }
        return Place(start: start, end: Int32(numbers.count))
    }

    /// Where the numbers of a list stand.
    @inline(__always)
    func range(_ index: Int) -> Range<Int> {
        let place = places[index]
        return Int(place.start)..<Int(place.end)
    }

    /// The number at a place of `range`.
    @inline(__always)
    func number(at place: Int) -> Int { Int(numbers[place]) }
}
