/// The answer of `higgs migrate drift`.
package struct DriftReport: MigrationReport {
  private let database: String
  private let version: Int?
  /// What differs, by object.
  package let differences: [CatalogDifference]

  /// The differences between a database and what the migrations up to `version` make (or what a
  /// snapshot file says, without a version).
  package init(database: String, version: Int?, differences: [CatalogDifference]) {
    self.database = database
    self.version = version
    self.differences = differences
  }

  /// `found` if anything differs.
  package var exitCode: MigrationExitCode { differences.isEmpty ? .ok : .found }

  /// A line for each difference, then the sum.
  package var text: String {
    let what = version.map { "what migrations 1 to \($0) make" } ?? "the snapshot"
    let sum =
      switch differences.count {
      case 0: "database \(database) is \(what)"
      case 1: "1 difference between database \(database) and \(what)"
      default: "\(differences.count) differences between database \(database) and \(what)"
      }
    return (differences.map(\.line) + [sum]).joined(separator: "\n")
  }
}

/// The answer of `higgs migrate drift --snapshot`.
extension CatalogSnapshot: MigrationReport {
  /// Always `ok`.
  package var exitCode: MigrationExitCode { .ok }

  /// One line for each property of each object.
  package var text: String { lines.joined(separator: "\n") }
}
