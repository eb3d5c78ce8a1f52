import FoundationEssentials
import Testing

import Migrations

@Suite("A folder of migrations is numbered without gap or repetition")
struct MigrationFolderTests {
  private func folder(_ names: [String]) throws(MigrationError) -> MigrationFolder {
    try MigrationFolder(
      path: "m",
      contents: names.map { (name: $0, bytes: Array("select 1;\n".utf8)) }
    )
  }

  @Test("Files come in the order of their numbers")
  func isOrdered() throws {
    let folder = try folder(["002_b.sql", "001_a.sql", "003_c.sql"])
    #expect(folder.files.map(\.version) == [1, 2, 3])
    #expect(folder.newestVersion == 3)
  }

  @Test("A gap is refused by the number that is missing")
  func refusesGap() {
    #expect(throws: MigrationError.refused([.gap(missing: 2, before: "003_c.sql")])) {
      try folder(["001_a.sql", "003_c.sql"])
    }
    #expect(throws: MigrationError.refused([.gap(missing: 1, before: "002_b.sql")])) {
      try folder(["002_b.sql"])
    }
  }

  @Test("A number that two files carry is refused with both names")
  func refusesDuplicate() {
    let problem = MigrationProblem.duplicateVersion(
      version: 2,
      first: "002_b.sql",
      second: "002_c.sql"
    )
    #expect(throws: MigrationError.refused([problem])) {
      try folder(["001_a.sql", "002_b.sql", "002_c.sql"])
    }
  }

  @Test("Every bad file is named at once")
  func namesAllBadFiles() {
    #expect(
      throws: MigrationError.refused([.badFileName(file: "2_b.sql"), .badFileName(file: "x.sql")])
    ) {
      try folder(["001_a.sql", "2_b.sql", "x.sql"])
    }
  }

  @Test("The folder is found by option, beside the executable, or upwards from here")
  func isFound() throws {
    let root = FileManager.default.temporaryDirectory
      .appending(path: "higgs-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: root) }
    let inside = root.appending(path: "a/b")
    for place in ["database/migrations", "bin/database/migrations", "a/b"] {
      try FileManager.default.createDirectory(
        at: root.appending(path: place),
        withIntermediateDirectories: true
      )
    }
    let find = { (given: String?, executable: String?) in
      try MigrationFolder.find(
        given: given,
        executable: executable,
        workingDirectory: inside.path
      )
    }
    #expect(try find("/else/where", nil) == "/else/where")
    #expect(try find(nil, nil) == root.appending(path: "database/migrations").path)
    #expect(
      try find(nil, root.appending(path: "bin/higgs").path)
        == root.appending(path: "bin/database/migrations").path
    )
  }

  @Test("Where there is none, every place looked at is named")
  func namesPlaces() {
    #expect(
      throws: MigrationError.folderNotFound(
        tried: [
          "/no/such/bin/database/migrations", "/no/such/database/migrations",
          "/no/database/migrations", "/database/migrations",
        ])
    ) {
      try MigrationFolder.find(
        given: nil,
        executable: "/no/such/bin/higgs",
        workingDirectory: "/no/such"
      )
    }
    #expect(throws: MigrationError.folderUnreadable(path: "/no/such")) {
      try MigrationFolder(path: "/no/such")
    }
  }
}
