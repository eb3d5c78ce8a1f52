import Migrations

/// A file with this text, in the folder's order.
func sample(_ name: String, _ sql: String = "select 1;\n") throws -> MigrationFile {
  try MigrationFile(fileName: name, bytes: Array(sql.utf8))
}

/// The record that running `file` leaves.
func record(_ file: MigrationFile) -> MigrationRecord {
  MigrationRecord(
    version: file.version,
    name: file.name,
    sha256: file.sha256,
    appliedAt: "2026-01-01T00:00:00Z",
    appliedBy: "ada",
    durationMilliseconds: 12
  )
}
