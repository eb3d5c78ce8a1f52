import FoundationEssentials

/// The folder of migration files.
package struct MigrationFolder: Equatable, Sendable {
  /// Where it is.
  package let path: String
  /// Its files, by number.
  package let files: [MigrationFile]

  /// Reads the folder; throws every problem of its files at once.
  package init(path: String) throws {
    let names = try Self.sqlFiles(in: path)
    guard !names.isEmpty else { throw MigrationError.noFiles(path: path) }
    try self.init(
      path: path,
      contents: names.map { name in
        (name, [UInt8](try Data(contentsOf: URL(filePath: path).appending(path: name))))
      }
    )
  }

  /// A folder with these files (name and bytes); throws every problem of them at once.
  package init(path: String, contents: [(name: String, bytes: [UInt8])]) throws(MigrationError) {
    var files: [MigrationFile] = []
    var problems: [MigrationProblem] = []
    for content in contents.sorted(by: { $0.name < $1.name }) {
      do throws(MigrationProblem) {
        files.append(try MigrationFile(fileName: content.name, bytes: content.bytes))
      } catch {
        problems.append(error)
      }
    }
    if problems.isEmpty { problems = Self.numberingProblems(of: files) }
    guard problems.isEmpty else { throw .refused(problems) }
    self.path = path
    self.files = files
  }

  /// The highest number in the folder, or 0.
  package var newestVersion: Int { files.last?.version ?? 0 }

  private static func sqlFiles(in path: String) throws(MigrationError) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: path)
        .filter { $0.hasSuffix(".sql") && !$0.hasPrefix(".") }
    } catch {
      throw .folderUnreadable(path: path)
    }
  }

  /// Duplicates and gaps in files that are sorted by name.
  private static func numberingProblems(of files: [MigrationFile]) -> [MigrationProblem] {
    var problems: [MigrationProblem] = []
    var expected = 1
    var last: MigrationFile?
    for file in files {
      if let last, last.version == file.version {
        problems.append(
          .duplicateVersion(
            version: file.version,
            first: last.fileName,
            second: file.fileName
          )
        )
      } else if file.version != expected {
        problems.append(.gap(missing: expected, before: file.fileName))
      }
      expected = file.version + 1
      last = file
    }
    return problems
  }
}
