/// The answer of `higgs migrate plan`.
package struct PlanReport: MigrationReport {
  private struct Migration: Encodable {
    let version: Int
    let file: String
    let sha256: String
    let transaction: Bool
    let sql: String?
  }

  private let database: String
  private let appliedVersion: Int
  private let migrations: [Migration]

  /// The files that `up` would run, with their text if `showsSQL`.
  package init(database: String, appliedVersion: Int, files: [MigrationFile], showsSQL: Bool) {
    self.database = database
    self.appliedVersion = appliedVersion
    migrations = files.map { file in
      Migration(
        version: file.version,
        file: file.fileName,
        sha256: file.sha256,
        transaction: file.mode == .transaction,
        sql: showsSQL ? file.sql : nil
      )
    }
  }

  /// `found` if something would run.
  package var exitCode: MigrationExitCode { migrations.isEmpty ? .ok : .found }

  /// A line for each file, or its SQL below its name.
  package var text: String {
    guard !migrations.isEmpty else {
      return "database \(database) is at \(appliedVersion); nothing to do"
    }
    let lines = migrations.map { migration in
      let mode = migration.transaction ? "" : "  (statement by statement, no transaction)"
      guard let sql = migration.sql else { return "would run \(migration.file)\(mode)" }
      return "-- would run \(migration.file)\(mode)\n\(sql)"
    }
    return lines.joined(separator: "\n")
  }
}
