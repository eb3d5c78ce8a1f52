/// A row of `public.schema_migrations`: a file that was applied.
package struct MigrationRecord: Codable, Equatable, Sendable {
  /// The file's number.
  package let version: Int
  /// The file's name without number and `.sql`.
  package let name: String
  /// SHA-256 of the file's bytes when it was applied.
  package let sha256: String
  /// When it was applied, ISO 8601 in UTC.
  package let appliedAt: String
  /// The session user who applied it.
  package let appliedBy: String
  /// How long it took.
  package let durationMilliseconds: Int

  /// A record as read from the table.
  package init(
    version: Int,
    name: String,
    sha256: String,
    appliedAt: String,
    appliedBy: String,
    durationMilliseconds: Int
  ) {
    self.version = version
    self.name = name
    self.sha256 = sha256
    self.appliedAt = appliedAt
    self.appliedBy = appliedBy
    self.durationMilliseconds = durationMilliseconds
  }

  /// `NNN_name.sql`, the file that the record is of.
  package var fileName: String {
    let digits = String(version)
    return String(repeating: "0", count: max(0, 3 - digits.count)) + digits + "_\(name).sql"
  }
}

/// What a database says about its migrations.
package enum MigrationHistory: Equatable, Sendable {
  /// There is no `public.schema_migrations`: nothing was applied by the runner.
  case noTable
  /// The table and its rows, by version.
  case records([MigrationRecord])

  /// The rows, none without a table.
  package var records: [MigrationRecord] {
    switch self {
    case .noTable: []
    case .records(let records): records
    }
  }
}
