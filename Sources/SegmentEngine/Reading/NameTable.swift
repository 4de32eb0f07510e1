internal import EventModel

/// The names of properties and attributes that rules use, by numbers.
///
/// An entry's bytes carry the log's symbols. What is read under a contract carries symbols of its own, one for
/// each number: a canonical name need not be in the log.
struct NameTable: Sendable {
    private var numbers: [String: Int] = [:]
    /// Per number the log's symbol; nil where the log has not seen the name yet.
    private(set) var symbols: [SymbolID?] = []
    /// Per number the symbol in what was read.
    private(set) var readSymbols: [SymbolID?] = []
    /// Per symbol of the log its number; -1 for names that no rule uses.
    private(set) var numberOfSymbol: [Int32] = []

    /// Symbols in what was read lie above all of the log's.
    static let readBase: UInt32 = 1 << 31

    /// The number of a name, which gets one if it has none.
    mutating func number(_ name: String) -> Int {
        if let number = numbers[name] { return number }
        let number = symbols.count
        numbers[name] = number
        symbols.append(nil)
        readSymbols.append(SymbolID(NameTable.readBase | UInt32(number)))
        return number
    }

    /// Takes note of a symbol of the log; all of them in order.
    mutating func define(_ symbol: SymbolID, _ text: String) {
        let index = Int(symbol.rawValue)
        while numberOfSymbol.count <= index { numberOfSymbol.append(-1) }
        guard let number = numbers[text] else { return }
        symbols[number] = symbol
        numberOfSymbol[index] = Int32(number)
    }
}
