import EventModel

/// Checks tests, when all segments are known.
extension Checker {
    /// Checks the tests of a file.
    mutating func checkTests(of file: FileSyntax, at index: Int) {
        guard !file.tests.isEmpty else { return }
        complaints = files[index].complaints
        source = file.source
        // What is wrong with the zone was reported.
        zone = file.timezone.map { zone(of: $0) } ?? .utc
        var lines = LineReader(file.source)
        for test in file.tests { check(test, in: &lines) }
        files[index].complaints = complaints
    }

    private mutating func check(_ test: TestBlockSyntax, in lines: inout LineReader) {
        let place = lines.place(of: test.name.range.lowerBound)
        let newYear = Instant(year: 2026, month: 1, day: 1) ?? .distantPast
        var start = zone.beginning(ofLocal: newYear)
        if let written = test.start {
            guard let time = time(written) else { return }
            start = time.start
        }
        var checked = RuleTest(
            name: test.name.text,
            file: source.path,
            line: place.line,
            start: start,
            steps: []
        )
        var last = start
        let named = namesOfPeople(in: test)
        for step in test.steps {
            checkPerson(of: step, named)
            guard let at = time(of: step, from: start) else { continue }
            guard at >= last else {
                complaints.error(
                    step.range,
                    at < start
                        ? "this step lies before the beginning of the test"
                        : "this step lies before the one above it: steps stand in order of time",
                    fix: "move it up, or give it a later time"
                )
                continue
            }
            last = at
            guard let action = check(step, at: at) else { continue }
            checked.steps.append(
                RuleTest.Step(
                    at: at,
                    line: lines.place(of: step.range.lowerBound).line,
                    text: step.text,
                    identifiers: identifiers(of: step),
                    namesSubject: !step.subjects.isEmpty,
                    action: action
                )
            )
        }
        tests.append(checked)
    }

    private mutating func time(of step: StepSyntax, from start: Instant) -> Instant? {
        switch step.time {
        case .date(let literal): return time(literal)?.start
        case .offset(let duration):
            if duration.units == 0 { return start }
            return check(duration).map { start + $0 }
        }
    }

    /// All that people are called to whom something happens in a test.
    private func namesOfPeople(in test: TestBlockSyntax) -> Set<Identifier> {
        var names: Set<Identifier> = []
        for step in test.steps {
            switch step.action {
            case .membership, .count: continue
            case .list, .erase, .identify, .track: break
            case .merge(let subject):
                names.insert(
                    Identifier(namespace: subject.namespace.text, text: subject.value.text)
                        .canonical
                )
            }
            for identifier in identifiers(of: step) { names.insert(identifier.canonical) }
        }
        return names
    }

    /// What is expected of somebody to whom nothing ever happens can hardly fail.
    private mutating func checkPerson(of step: StepSyntax, _ names: Set<Identifier>) {
        switch step.action {
        case .membership, .count: break
        case .list, .erase, .identify, .track, .merge: return
        }
        guard let subject = step.subjects.first else { return }
        let isNamed = identifiers(of: step).contains { identifier in
            contract.namesOfNamespace(identifier.namespace).contains { namespace in
                names.contains(Identifier(namespace: namespace, text: identifier.text).canonical)
            }
        }
        guard !isNamed else { return }
        let others = names.filter { $0.namespace == subject.namespace.text }.map(\.text).sorted()
        let near =
            suggestion(for: subject.value.text, among: others)
            ?? others.first { $0.lowercased() == subject.value.text.lowercased() }
        complaints.error(
            subject.namespace.range.lowerBound..<subject.value.range.upperBound,
            "nothing happens to this person in this test",
            fix: near.map { "did you mean \(quoted($0))?" }
        )
    }

    /// Whom a step without a subject is about: another person than every named one.
    private static let unnamed = Identifier.user("(the person of this test)")

    private func identifiers(of step: StepSyntax) -> [Identifier] {
        guard !step.subjects.isEmpty else { return [Checker.unnamed] }
        return step.subjects.map {
            Identifier(namespace: $0.namespace.text, text: $0.value.text)
        }
    }

    private mutating func check(_ step: StepSyntax, at: Instant) -> RuleTest.Action? {
        for subject in step.subjects { check(subject) }
        guard step.subjects.count <= EntryHead.identifiersMax else {
            complaints.error(
                step.range,
                "a step may name \(EntryHead.identifiersMax) identifiers at most"
            )
            return nil
        }
        var draft = EntryDraft(kind: .track)
        draft.identifiers = identifiers(of: step)
        if let late = step.late {
            guard let late = check(late) else { return nil }
            draft.timestamp = at - late
        }
        switch step.action {
        case .membership(let name, let isMember):
            return check(segment: name) ? .membership(name.text, isMember: isMember) : nil
        case .count(let number, let counted, let name):
            guard check(segment: name), let value = number.value else { return nil }
            guard let count = value.smallWhole, count >= 0 else {
                complaints.error(number.range, "this number is a whole one, from 0 on")
                return nil
            }
            switch counted {
            case .members: return .members(count, name.text)
            case .entries: return .turns(count, name.text, isEntry: true)
            case .exits: return .turns(count, name.text, isEntry: false)
            }
        case .list(let name, let isAddition):
            draft.kind = .list
            draft.event = name.text
            draft.isOn = isAddition
        case .merge(let subject):
            check(subject)
            draft.kind = .merge
            let other = Identifier(namespace: subject.namespace.text, text: subject.value.text)
            guard let own = draft.identifiers.first, draft.identifiers.count == 1 else {
                complaints.error(step.range, "a merge names one identifier on each side")
                return nil
            }
            draft.identifiers = [other, own]
        case .erase: draft.kind = .erase
        case .identify(let pairs):
            draft.kind = .identify
            checkNames(of: pairs, .attributes)
            guard let content = content(pairs, at: at) else { return nil }
            draft.content = content
        case .track(let event, let pairs):
            draft.event = event.text
            let declared = declaredEvents[canonicalEvents[event.text] ?? event.text]
            if let declared {
                checkNames(of: pairs, .properties(declared))
            } else {
                check(event: event)
            }
            guard let content = content(pairs, at: at) else { return nil }
            draft.content = content
        }
        return .entry(draft)
    }

    // MARK: - Names

    private mutating func check(_ subject: SubjectSyntax) {
        let name = subject.namespace.text
        let isKnown =
            SymbolID.wellKnown.contains(name)
            || contract.identifiers.contains { $0.name == name || $0.aliases.contains(name) }
        guard !isKnown else { return }
        complaints.error(
            subject.namespace.range,
            "no identifier is called '\(shortened(name))'",
            fix: suggestion(
                for: name,
                among: contract.identifiers.map(\.name) + ["phone", "email"]
            )
            .map { "did you mean \(spelled($0))?" }
                ?? "declare it: identifier \(spelledName(name))"
        )
    }

    private mutating func check(segment name: TextSyntax) -> Bool {
        guard namePlaces[name.text] == nil else { return true }
        guard isComplete else { return false }
        complaints.error(
            name.range,
            "no segment is called '\(shortened(name.text))'",
            fix: suggestion(for: name.text, among: Array(namePlaces.keys).sorted()).map {
                "did you mean \(spelled($0))?"
            }
        )
        return false
    }

    private enum Names {
        case attributes
        case properties(EventDeclaration)
    }

    /// Where things are declared, a test sends what is declared, by any of its names.
    private mutating func checkNames(of pairs: [PairSyntax], _ names: Names) {
        guard isStrict else { return }
        let (fields, untyped, what): ([FieldDeclaration], [String], String) =
            switch names {
            case .attributes: (contract.attributes, [], "no attribute is called")
            case .properties(let event):
                (
                    event.fields, event.key.compactMap(\.first),
                    "event '\(shortened(event.name))' has no property"
                )
            }
        let known = fields.flatMap { [$0.name] + $0.aliases } + untyped
        for pair in pairs {
            guard let first = pair.path.first else { continue }
            guard !known.contains(first.text) else {
                let field = fields.first { ([$0.name] + $0.aliases).contains(first.text) }
                if let field { checkFields(of: pair.value, field.type, called: field.name) }
                continue
            }
            complaints.error(
                first.range,
                "\(what) '\(shortened(first.text))'",
                fix: suggestion(for: first.text, among: known).map {
                    "did you mean \(spelled($0))?"
                }
            )
        }
    }

    /// The fields of items are declared, too.
    private mutating func checkFields(
        of value: StepValueSyntax,
        _ type: ValueType,
        called name: String
    ) {
        switch (value, type) {
        case (.list(let elements), .list(let element)):
            for value in elements { checkFields(of: value, element, called: name) }
        case (.object(let pairs), .item(let fields)):
            let known = fields.flatMap { [$0.name] + $0.aliases }
            for pair in pairs {
                guard let first = pair.path.first else { continue }
                let field = fields.first { ([$0.name] + $0.aliases).contains(first.text) }
                guard let field else {
                    complaints.error(
                        first.range,
                        "an item of '\(shortened(name))' has no field '\(shortened(first.text))'",
                        fix: suggestion(for: first.text, among: known).map {
                            "did you mean \(spelled($0))?"
                        }
                    )
                    continue
                }
                checkFields(of: pair.value, field.type, called: field.name)
            }
        default: break
        }
    }

    // MARK: - Values

    /// What a step says, as an entry's content; nil where something in it was reported.
    private mutating func content(_ pairs: [PairSyntax], at now: Instant) -> [UInt8]? {
        var writer = ValueWriter()
        guard write(pairs.map { ($0.path[...], $0.value) }, at: now, to: &writer) else {
            return nil
        }
        return writer.bytes
    }

    private mutating func write(
        _ pairs: [(path: ArraySlice<TextSyntax>, value: StepValueSyntax)],
        at now: Instant,
        to writer: inout ValueWriter
    ) -> Bool {
        let mark = writer.begin(.object)
        var names: [String] = []
        var isWhole = true
        for pair in pairs {
            guard let name = pair.path.first, !names.contains(name.text) else { continue }
            names.append(name.text)
            writer.name(name.text)
            let same = pairs.filter { $0.path.first?.text == name.text }
            let ends = same.filter { $0.path.count == 1 }
            if ends.count == same.count, let value = ends.last?.value {
                if ends.count > 1 { complainOfTwice(ends[1].path.first ?? name) }
                isWhole = write(value, at: now, to: &writer) && isWhole
            } else {
                if let first = ends.first?.path.first { complainOfTwice(first) }
                let inner = same.filter { $0.path.count > 1 }.map {
                    ($0.path.dropFirst(), $0.value)
                }
                isWhole = write(inner, at: now, to: &writer) && isWhole
            }
        }
        writer.end(mark)
        return isWhole
    }

    private mutating func complainOfTwice(_ name: TextSyntax) {
        complaints.error(
            name.range,
            "'\(shortened(name.text))' stands twice in this step",
            fix: "leave one of the two out"
        )
    }

    private mutating func write(
        _ value: StepValueSyntax,
        at now: Instant,
        to writer: inout ValueWriter
    ) -> Bool {
        switch value {
        case .literal(let literal):
            switch literal.value {
            case .text(let text): writer.text(text)
            case .number(let number): writer.number(Array(number.description.utf8).span)
            case .boolean(let truth): writer.boolean(truth)
            case .time(let start, let end):
                let isDay = end - start == TimeSpan.days(1)
                writer.text(isDay ? String(start.rfc3339.prefix(10)) : start.rfc3339)
            case nil: return false
            }
        case .now: writer.text(now.rfc3339)
        case .ago(let duration):
            guard let span = check(duration) else { return false }
            writer.text((now - span).rfc3339)
        case .ahead(let duration):
            guard let span = check(duration) else { return false }
            writer.text((now + span).rfc3339)
        case .unset: writer.null()
        case .list(let elements):
            let mark = writer.begin(.list)
            var isWhole = true
            for element in elements { isWhole = write(element, at: now, to: &writer) && isWhole }
            writer.end(mark)
            return isWhole
        case .object(let pairs):
            return write(pairs.map { ($0.path[...], $0.value) }, at: now, to: &writer)
        }
        return true
    }
}
