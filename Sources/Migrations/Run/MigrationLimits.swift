/// How long the migrator waits for things, and how often it tries again.
package struct MigrationLimits: Equatable, Sendable {
  /// How long it waits for another migration to finish.
  package var waitSeconds = 600
  /// `lock_timeout` of each migration.
  package var lockTimeoutMilliseconds = 5_000
  /// `statement_timeout` of each statement; 0 for none.
  package var statementTimeoutMilliseconds = 3_600_000
  /// How often a migration is tried that could not get its locks.
  package var lockAttempts = 6
  /// The pause after the first try; it doubles after each.
  package var firstPauseMilliseconds = 500
  /// The longest pause between two tries.
  package var longestPauseMilliseconds = 15_000
  /// How often the migration lock is asked for.
  package var pollMilliseconds = 200

  /// The limits that hold unless an option says otherwise.
  package init() {}

  /// The pause after the try number `attempt` (from 1).
  package func pauseMilliseconds(afterAttempt attempt: Int) -> Int {
    let doublings = min(max(attempt - 1, 0), 20)
    return min(firstPauseMilliseconds << doublings, longestPauseMilliseconds)
  }
}
