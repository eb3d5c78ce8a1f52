import FoundationEssentials
import Store

/// What a restored database is like.
package struct RestoreReport: Encodable, Sendable {
  /// One thing that was looked at.
  package struct Check: Encodable, Sendable {
    /// Of `backup`, `ledger` or `journal`.
    package var of: String
    /// Its name.
    package var name: String
    /// Whether all is well.
    package var isOk: Bool
    /// What is wrong, or worth knowing.
    package var problem: String?
  }

  /// The dump.
  package var file: String
  /// The database.
  package var database: String
  /// When the dump was taken; nil without a manifest.
  package var takenAt: String?
  /// The base of the ledger's positions before and after `ledger_rebase()`.
  package var baseBefore: Int64
  package var baseAfter: Int64
  /// How long all took.
  package var milliseconds = 0
  /// All that was looked at.
  package var checks: [Check]

  /// Whether it is as it was.
  package var isOK: Bool { checks.allSatisfy(\.isOk) }

  init(
    file: String, database: String, manifest: BackupManifest?, bases: (Int64, Int64),
    ledger: [IntegrityCheck], journal: [IntegrityCheck], found: BackupFacts
  ) {
    self.file = file
    self.database = database
    takenAt = manifest?.takenAt
    (baseBefore, baseAfter) = bases
    checks =
      Self.compared(manifest, found) + Self.checks("ledger", ledger)
      + Self.checks("journal", journal)
  }

  private static func checks(_ family: String, _ checks: [IntegrityCheck]) -> [Check] {
    checks.map { Check(of: family, name: $0.name, isOk: $0.isOK, problem: $0.problem) }
  }

  private static func compared(_ manifest: BackupManifest?, _ found: BackupFacts) -> [Check] {
    guard let manifest else { return [] }
    var checks = [
      check("schema_version", manifest.schemaVersion, found.schemaVersion),
      check("ledger_head", manifest.ledgerHead?.hash ?? "none", found.ledgerHead?.hash ?? "none"),
    ]
    for (table, rows) in manifest.rows.sorted(by: { $0.key < $1.key }) {
      // The rebase is itself noted in the audit log.
      let now = found.rows[table] ?? -1
      let isNoted = table == "audit_logs" && now == rows + 1
      checks.append(check("rows_of_\(table)", rows, isNoted ? rows : now))
    }
    return checks
  }

  private static func check<Value: Equatable>(
    _ name: String, _ before: Value, _ after: Value
  ) -> Check {
    Check(
      of: "backup", name: name, isOk: before == after,
      problem: before == after ? nil : "\(before) in the manifest, \(after) in the database")
  }

  /// One JSON object with snake_case keys.
  package var json: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.keyEncodingStrategy = .convertToSnakeCase
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
  }

  /// A line a check, then the sum.
  package var text: String {
    let lines = checks.map { check in
      let word = check.isOk ? (check.problem == nil ? "ok  " : "note") : "FAIL"
      let line = "\(word)  \(check.of): \(check.name)"
      return check.problem.map { "\(line)\n      \($0)" } ?? line
    }
    let failed = checks.count { !$0.isOk }
    let base =
      baseBefore == baseAfter
      ? "this server is no younger than the dump's: the ledger's positions needed no new base"
      : "this server counts its transactions anew: the ledger's positions go on from the base "
        + "\(baseAfter)"
    let sum =
      failed == 0
      ? "\(database) is as it was\(takenAt.map { " at \($0)" } ?? ""): all \(checks.count) checks "
        + "are in order (\(milliseconds) ms)"
      : "\(database): \(failed) of \(checks.count) checks FAILED. Do not serve from it"
    return (lines + [base, sum]).joined(separator: "\n")
  }
}
