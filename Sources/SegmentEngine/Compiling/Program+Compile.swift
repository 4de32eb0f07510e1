internal import EventModel
internal import RuleLanguage

extension Program {
    /// Compiles rule sets, in the order in which the log puts them in force.
    init(_ ruleSets: [RuleSet]) {
        var names = Set<String>()
        for ruleSet in ruleSets { names.formUnion(ruleSet.segments.map(\.name)) }
        self.names = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        entriesOfName = Array(repeating: -1, count: names.count)
        exitsOfName = entriesOfName
        var builder = ProgramBuilder(self, Contract(ruleSets))
        for ruleSet in ruleSets { builder.add(ruleSet) }
        builder.finishReadings()
        self = builder.program
        for index in series.indices { series[index].dependents.sort() }
        resolvePlaces()
        variantsOfLeaf = Array(repeating: [], count: leaves.count)
        variantsOfName = Array(repeating: [], count: names.count)
        for (index, variant) in variants.enumerated() {
            for atom in variant.code.atoms {
                if atom >= Program.nameAtom {
                    variantsOfName[Int(atom - Program.nameAtom)].append(index)
                } else {
                    variantsOfLeaf[Int(atom)].append(index)
                }
            }
        }
        strangerLeaves = Array(repeating: 0, count: leafWords)
        for (index, leaf) in leaves.enumerated() {
            if let bound = leaf.bound,
                WideSum.zero.reaches(bound.number, isStrict: bound.isStrict)
            {
                strangerLeaves[index >> 6] |= 1 << UInt64(index & 63)
            }
        }
        for series in series {
            guard let node = series.node, let leaf = series.leaves.first,
                holdsOfStranger(node)
            else { continue }
            strangerLeaves[leaf >> 6] |= 1 << UInt64(leaf & 63)
        }
        mayHoldStrangers = variants.map { variant in
            variant.rank > 0
                || variant.code.evaluate {
                    strangerLeaves[Int($0 >> 6)] >> UInt64($0 & 63) & 1 == 1
                }
        }
    }

    /// What a node is where there is no row at all, nor a beginning.
    private func holdsOfStranger(_ node: Int32) -> Bool {
        func parts(_ list: Int32) -> [Int] { nodeLists[Int(list)] }
        switch nodes[Int(node)] {
        case .constant(let isTrue): return isTrue
        case .all(let list): return parts(list).allSatisfy { holdsOfStranger(Int32($0)) }
        case .any(let list): return parts(list).contains { holdsOfStranger(Int32($0)) }
        case .some(let count, let list):
            return parts(list).count { holdsOfStranger(Int32($0)) } >= Int(count)
        case .not(let part): return !holdsOfStranger(part)
        case .figure(_, _, let test):
            return test.figure != .average && test.bound.holds(ExactDecimal(0))
        case .held, .count, .extreme, .sequence, .periods, .changed, .drawn, .since: return false
        }
    }
}
