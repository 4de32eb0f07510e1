/// Elements joined by `and`, or by `or`.
struct Chain<Element> {
    var elements: [Element]
    var isAlternative: Bool
}

extension Parser {
    /// `element [ "and" element … | "or" element … ]`; both words in one chain are an error that
    /// shows both readings.
    ///
    /// - Parameter end: called behind each element, to report what cannot stand there.
    mutating func chain<Element>(
        _ element: (inout Parser) -> Element,
        end: (inout Parser) -> Void
    ) -> Chain<Element> {
        var elements: [Element] = []
        var places: [Range<Int>] = []
        var joints: [(index: Int, word: String)] = []
        while true {
            let start = index
            let parsed = element(&self)
            places.append(start..<index)
            end(&self)
            if elements.count < Limits.listElementsMax {
                elements.append(parsed)
            } else {
                complain(
                    tokens[start].range,
                    "'and' and 'or' may join \(Limits.listElementsMax) conditions at most"
                )
            }
            guard let word = jointWord else { break }
            joints.append((index, word))
            marks?[index] = .joint
            takeJoint(word)
        }
        if let first = joints.first {
            // Where a part is missing, or the bracket's end, that is reported, and nobody knows
            // what was meant.
            let isOpen = openBrackets > 0 && !at(symbol: ")") && !at(symbol: ",")
            let mixed =
                places.contains(where: \.isEmpty) || isOpen
                ? nil : joints.firstIndex { $0.word != first.word }
            if let mixed { mixedChain(places, joints, at: mixed) }
        }
        let isAlternative = joints.first.map { $0.word == "or" } ?? false
        return Chain(elements: elements, isAlternative: isAlternative)
    }

    private mutating func mixedChain(
        _ places: [Range<Int>],
        _ joints: [(index: Int, word: String)],
        at mixed: Int
    ) {
        // A long chain is shown around the first place where the words differ.
        let isLong = joints.count > 3
        let shown = isLong ? mixed - 1...mixed : 0...joints.count - 1
        let parts = places[shown.lowerBound...shown.upperBound + 1].map {
            spelling(of: $0, charactersMax: 40)
        }
        let words = joints[shown].map(\.word)
        complain(
            tokens[joints[mixed].index].range,
            "'and' beside 'or' can be read in two ways: "
                + "\(reading(parts, words, first: "and")), or \(reading(parts, words, first: "or"))",
            fix: "put brackets as in the reading that you mean"
        )
    }

    /// The chain with brackets around what the given word joins.
    private func reading(_ parts: [String], _ words: [String], first: String) -> String {
        var groups: [[String]] = [[parts[0]]]
        for (word, part) in zip(words, parts.dropFirst()) {
            if word == first {
                groups[groups.count - 1].append(part)
            } else {
                groups.append([part])
            }
        }
        let other = first == "and" ? "or" : "and"
        return groups.map { group in
            let text = group.joined(separator: " \(first) ")
            return group.count > 1 ? "(\(text))" : text
        }.joined(separator: " \(other) ")
    }
}
