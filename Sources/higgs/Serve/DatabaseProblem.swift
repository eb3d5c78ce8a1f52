import Foundation
import Postgres

/// Why the database cannot be served from.
struct DatabaseProblem: Error, CustomStringConvertible {
  let description: String

  /// The newest migration that this program knows of and needs.
  static let migrationNeeded: Int32 = 10
  private static let pauseMilliseconds = 500

  /// Waits until the database answers and has the tables that this program needs.
  static func wait(
    for pool: PostgresPool, seconds: Int
  ) async throws(DatabaseProblem) {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while true {
      switch await Self.version(of: pool) {
      case .success(let version): return try check(version: version)
      case .failure(let error):
        guard ContinuousClock.now < deadline, !isFinal(error) else {
          throw DatabaseProblem(description: text(error, seconds: seconds))
        }
      }
      try? await Task.sleep(for: .milliseconds(pauseMilliseconds))
    }
  }

  private static func version(of pool: PostgresPool) async -> Result<Int32, PostgresError> {
    do throws(PostgresError) {
      return .success(
        try await pool.query(
          "select coalesce(max(version), 0) from schema_migrations"
        ).one().decode(column: 0))
    } catch { return .failure(error) }
  }

  private static func check(version: Int32) throws(DatabaseProblem) {
    guard version >= migrationNeeded else {
      throw DatabaseProblem(
        description: "the database is at migration \(version), and \(migrationNeeded) is needed. "
          + "Run: higgs migrate up")
    }
  }

  /// What waiting does not mend.
  private static func isFinal(_ error: PostgresError) -> Bool {
    guard case .server(let refusal) = error else { return false }
    return [.undefinedTable, .insufficientPrivilege].contains(refusal.sqlState)
  }

  private static func text(_ error: PostgresError, seconds: Int) -> String {
    switch error.sqlState {
    case .undefinedTable: "the database has no tables yet. Run: higgs migrate up"
    case .insufficientPrivilege: "\(error). Connect as higgs_app."
    default:
      "the database cannot be reached, tried for \(seconds) s: \(error). Check DATABASE_URL, and "
        + "that PostgreSQL runs."
    }
  }
}
