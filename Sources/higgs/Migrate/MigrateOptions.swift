import ArgumentParser
import Migrations

/// The options that every command of `higgs migrate` has.
struct MigrateOptions: ParsableArguments {
  @OptionGroup var database: DatabaseOptions

  @OptionGroup var files: FolderOptions

  @Flag(help: "Answer with one JSON object on standard output.")
  var json = false

  @Option(help: "How long to wait for another migration of this database to finish.")
  var waitSeconds = MigrationLimits().waitSeconds

  @Option(
    help: "How long a statement may wait for a lock, such as 500ms or 5s, before it is retried."
  )
  var lockTimeout = TimeLimit(milliseconds: MigrationLimits().lockTimeoutMilliseconds)

  @Option(help: "How often a migration is tried that does not get its locks.")
  var lockAttempts = MigrationLimits().lockAttempts

  @Option(help: "How long one statement may take, such as 30min; 0 for as long as it wants.")
  var statementTimeout = TimeLimit(milliseconds: MigrationLimits().statementTimeoutMilliseconds)

  func validate() throws {
    guard (0...86_400).contains(waitSeconds) else {
      throw ValidationError("--wait-seconds is from 0 to 86400.")
    }
    guard (1...100).contains(lockAttempts) else {
      throw ValidationError("--lock-attempts is from 1 to 100.")
    }
    guard lockTimeout.milliseconds > 0 else {
      throw ValidationError("--lock-timeout is at least 1ms: a migration must not wait for ever.")
    }
  }
}

extension MigrateOptions {
  /// The limits that the options ask for.
  var limits: MigrationLimits {
    var limits = MigrationLimits()
    limits.waitSeconds = waitSeconds
    limits.lockTimeoutMilliseconds = lockTimeout.milliseconds
    limits.lockAttempts = lockAttempts
    limits.statementTimeoutMilliseconds = statementTimeout.milliseconds
    return limits
  }

  /// The files, read and checked.
  func folder() throws -> MigrationFolder { try files.folder() }
}
