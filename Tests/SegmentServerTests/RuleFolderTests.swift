import Foundation
import SegmentServer
import SegmentTesting
import Testing

struct RuleFolderTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func write(_ path: String, _ text: String) throws {
        let url = URL(fileURLWithPath: directory.path).appendingPathComponent(path)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: url)
    }

    @Test func allFilesAreReadInOrderOfTheirPaths() throws {
        try write("b.seg", "segment b when e ever")
        try write("a/z.seg", "segment z when e ever")
        try write("a/.hidden.seg", "nonsense")
        try write("a/notes.txt", "nonsense")
        let checked = try RuleFolder.check(folder: directory.path + "//")
        #expect(checked.rendered == "")
        #expect(checked.fileCount == 2)
        #expect(checked.proposed?.sources.map(\.path) == ["a/z.seg", "b.seg"])
        #expect(checked.proposed?.ruleSet.segments.map(\.name) == ["b", "z"])
    }

    @Test func errorsNameTheFileAsItIsTyped() throws {
        try write("x/a.seg", "segment a whenn e ever")
        try write("b.seg", "segment b when e ever")
        let checked = try RuleFolder.check(folder: directory.path)
        #expect(checked.proposed == nil)
        #expect(checked.errorCount == 1)
        #expect(checked.rendered.hasPrefix("\(directory.path)/x/a.seg:1:"))
    }

    @Test func aFileThatIsNoTextIsAnErrorAmongOthers() throws {
        let url = URL(fileURLWithPath: directory.path).appendingPathComponent("a.seg")
        try Data([0x61, 0xFF]).write(to: url)
        try write("b.seg", "segment b whenn e ever")
        let checked = try RuleFolder.check(folder: directory.path)
        #expect(checked.proposed == nil)
        #expect(checked.errorCount == 2)
        #expect(checked.diagnostics.count == 2)
    }

    @Test func foldersWithoutRulesAreRefused() throws {
        let path = directory.path
        #expect(message { try RuleFolder.check(folder: path) }.contains("no rule files (*.seg)"))
        let missing = message { try RuleFolder.check(folder: path + "/none") }
        #expect(missing.contains("\(path)/none: No such file or directory"))
        #expect(missing.contains("--rules"))
        try write("file", "")
        #expect(
            message { try RuleFolder.check(folder: path + "/file") }.contains("it is no folder")
        )
        let file = message { try RuleFolder.check(files: [path + "/none.seg"]) }
        #expect(file.contains("\(path)/none.seg: No such file or directory"))
    }

    private func message(_ body: () throws -> CheckedRules) -> String {
        do {
            _ = try body()
            return "no error"
        } catch {
            return "\(error)"
        }
    }
}
