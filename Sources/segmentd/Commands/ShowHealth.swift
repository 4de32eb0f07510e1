internal import ArgumentParser
internal import SegmentServer

/// `segmentd health`: how good the data is.
struct ShowHealth: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health",
        abstract: "Shows how the data stands to the contract and to what is expected of it.",
        discussion: """
            Counts what came under each name, and says what of it went other than declared: names \
            that the contract does not know, with the nearest one that it does; values of another \
            type, taken where nothing was lost; values that cannot be taken; required ones that are \
            missing; repeats, clocks that go ahead, identifiers that were not linked. A view of the \
            log: with a better contract it looks better at once, also of the past.

              segmentd health
              segmentd health --json
            """
    )

    @OptionGroup var read: ReadOptions

    func run() async throws {
        show(try await Doors.use(read.data) { door in try await door.dataHealth() })
    }

    private func show(_ health: DataHealthView) {
        if read.json {
            Console.out(json: [health])
            return
        }
        guard !health.events.isEmpty || !health.expectations.isEmpty else {
            Console.out("The log has no events yet, and the contract declares none.")
            return
        }
        if !health.events.isEmpty { show(health.events) }
        if !health.expectations.isEmpty {
            Console.out("\nWhat is expected:")
            for expectation in health.expectations { Console.out("  \(line(expectation))") }
        }
        let findings = findings(health)
        guard !findings.isEmpty else {
            Console.out("\nNothing went other than declared.")
            return
        }
        Console.out("\nWhat went other than declared:")
        for finding in findings { Console.out("  \(finding)") }
    }

    private func show(_ events: [DataHealthView.Event]) {
        var table = Table([
            Column("EVENT", widthMin: 16), Column("SEEN", isNumber: true),
            Column("LAST 7 DAYS", isNumber: true), Column("REPEATS", isNumber: true),
            Column("LATE: HALF", isNumber: true), Column("99 %", isNumber: true),
            Column("FIRST SEEN", widthMin: 24), Column("LAST SEEN"),
        ])
        table.print(
            events.map { event in
                [
                    printable(event.name, charactersMax: 40), grouped(event.seen),
                    grouped(event.last7Days), grouped(event.duplicates),
                    event.latenessMilliseconds.map { shown($0.p50) } ?? "",
                    event.latenessMilliseconds.map { shown($0.p99) } ?? "",
                    event.firstSeen ?? "", event.lastSeen ?? "never",
                ]
            }
        )
    }

    /// `BROKEN  cart_abandoners: at least 1 entry in 6 hours; found 0, since …`.
    private func line(_ expectation: DataHealthView.Expectation) -> String {
        let name = printable(
            expectation.segment ?? expectation.event.map { "event \($0)" } ?? "",
            charactersMax: 60
        )
        let what = "\(name): \(expectation.expectation)"
        guard let since = expectation.since else {
            return "waits   \(what); looked at "
                + (expectation.waitsUntil.map { "from \($0) on" } ?? "once the import is over")
        }
        let state = expectation.state == "broken" ? "BROKEN " : "met    "
        let found = grouped(expectation.count) + (expectation.isMore ? " or more" : "")
        let notice = expectation.noticed ? "" : ", not noticed yet: a change must hold for a minute"
        return "\(state) \(what); found \(found), so since \(since)\(notice)"
    }

    /// `250 ms`, `2 s`, `3 h`.
    private func shown(_ milliseconds: Int64) -> String {
        for (unit, length) in [
            ("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1_000),
        ] as [(String, Int64)] where milliseconds >= 2 * length {
            return "\(milliseconds / length) \(unit)"
        }
        return "\(milliseconds) ms"
    }

    private func findings(_ health: DataHealthView) -> [String] {
        let hasContract = health.events.contains(where: \.declared)
        var findings: [String] = []
        for event in health.events {
            let name = printable(event.name, charactersMax: 40)
            if !event.declared, hasContract {
                findings.append(
                    "\(name): \(counted(event.seen, "event")), and the contract does not know it"
                        + meant(event.nearest)
                )
            }
            if event.declared, event.seen == 0 { findings.append("\(name): never seen") }
            if event.conflicts > 0 {
                findings.append(
                    "\(name): \(counted(event.conflicts, "repeat")) said something else than the "
                        + "first (segmentd status shows the latest)"
                )
            }
            if event.clockSkew > 0 {
                findings.append(
                    "\(name): \(counted(event.clockSkew, "timestamp")) too far ahead: a sender's "
                        + "clock is wrong" + last(event.clockSkewIn)
                )
            }
            if event.declared || !hasContract {
                findings += self.findings(event.properties, of: "\(name).", event.declared)
            }
        }
        findings += self.findings(
            health.attributes,
            of: "attribute ",
            health.attributes.contains(where: \.declared)
        )
        for links in health.refusedLinks {
            findings.append(
                "identifier \(printable(links.namespace, charactersMax: 40)): "
                    + "\(counted(links.count, "link")) refused"
                    + (links.sample.map {
                        ", such as \"\(printable($0.value, charactersMax: 40))\" of entry \($0.sequence)"
                    } ?? "")
            )
        }
        for namespace in health.unknownNamespaces {
            findings.append(
                "identifier \(printable(namespace.name, charactersMax: 40)): "
                    + "\(counted(namespace.count, "time")), and nobody declared it, so it identifies "
                    + "nobody" + meant(namespace.nearest)
            )
        }
        if health.uncountedNames > 0 {
            findings.append(
                "\(grouped(health.uncountedNames)) times a name came that is not counted alone, "
                    + "since there are too many different ones: does a sender put ids into names?"
            )
        }
        return findings
    }

    private func findings(
        _ properties: [DataHealthView.Property],
        of owner: String,
        _ isDeclared: Bool
    ) -> [String] {
        var findings: [String] = []
        for property in properties {
            let name = owner + printable(property.name, charactersMax: 60)
            if !property.declared, isDeclared {
                findings.append(
                    "\(name): \(counted(property.seen, "time"))\(such(property.sample)), and the "
                        + "contract does not know it" + meant(property.nearest)
                )
            }
            if property.coerced > 0 {
                findings.append(
                    "\(name): \(grouped(property.coerced)) of \(grouped(property.seen)) were of "
                        + "another type, and taken" + such(property.coercion)
                )
            }
            if property.violated > 0 {
                findings.append(
                    "\(name): \(grouped(property.violated)) of \(grouped(property.seen)) cannot be "
                        + "taken, and read as missing\(such(property.violation))"
                )
            }
            if property.missing > 0 {
                findings.append(
                    "\(name): missing \(counted(property.missing, "time")), and required"
                        + last(property.missingIn)
                )
            }
        }
        return findings
    }

    private func such(_ sample: DataHealthView.Sample?) -> String {
        sample.map {
            ", such as \(printable($0.value, charactersMax: 60)) of entry \($0.sequence)"
        } ?? ""
    }

    private func last(_ sequence: UInt64?) -> String {
        sequence.map { ", last in entry \($0)" } ?? ""
    }

    private func meant(_ nearest: String?) -> String {
        nearest.map { "; did you mean \(printable($0, charactersMax: 40))?" } ?? ""
    }
}
