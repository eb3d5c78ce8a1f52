/// The answer of `higgs migrate up` and `baseline`.
package struct UpReport: MigrationReport {
  /// A file that was run or adopted.
  package struct Migration: Codable, Equatable, Sendable {
    /// Its number.
    package let version: Int
    /// Its name in the folder.
    package let file: String
    /// How long it took; 0 if it was adopted.
    package let durationMilliseconds: Int

    /// A file and how long it took.
    package init(_ file: MigrationFile, durationMilliseconds: Int) {
      version = file.version
      self.file = file.fileName
      self.durationMilliseconds = durationMilliseconds
    }
  }

  private let database: String
  private let version: Int
  /// What was done, in order.
  package let migrations: [Migration]
  private let verb: String

  /// What was done to a database, which is at `version` now.
  package init(database: String, version: Int, migrations: [Migration], verb: String) {
    self.database = database
    self.version = version
    self.migrations = migrations
    self.verb = verb
  }

  /// Always `ok`.
  package var exitCode: MigrationExitCode { .ok }

  /// The sum; each file was told while it ran.
  package var text: String {
    guard !migrations.isEmpty else {
      return "database \(database) is at \(version); nothing to do"
    }
    let total = migrations.reduce(0) { $0 + $1.durationMilliseconds }
    let time = total > 0 ? " in \(total) ms" : ""
    return "\(verb) \(migrations.count)\(time); database \(database) is at \(version)"
  }

  private enum CodingKeys: CodingKey {
    case database, version, migrations
  }
}
