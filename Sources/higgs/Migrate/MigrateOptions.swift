import ArgumentParser
import FoundationEssentials
import Migrations
import Postgres

/// The options that every command of `higgs migrate` has.
struct MigrateOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      The database, as an URI or key=value pairs. Others can see a command line: a password is \
      safer in DATABASE_URL or in a password file.
      """,
      discussion: "Default: $DATABASE_URL, else libpq's own environment (PGHOST, PGDATABASE…).",
      valueName: "url"
    )
  )
  var databaseURL: String?

  @Option(
    help: ArgumentHelp(
      "The folder of migrations.",
      discussion: """
        Default: $HIGGS_MIGRATIONS, else database/migrations beside this program, in the working \
        directory or in the nearest parent that has it.
        """,
      valueName: "dir"
    )
  )
  var migrations: String?

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

  /// Where the database is.
  func database() throws(PostgresError) -> PostgresConfiguration {
    let environment = ProcessInfo.processInfo.environment
    guard let url = databaseURL ?? environment["DATABASE_URL"], !url.isEmpty else {
      return PostgresConfiguration(options: [:])
    }
    return try PostgresConfiguration(connectionString: url)
  }

  /// The files, read and checked.
  func folder() throws -> MigrationFolder {
    let environment = ProcessInfo.processInfo.environment
    let given = migrations ?? environment["HIGGS_MIGRATIONS"]
    return try MigrationFolder(
      path: try MigrationFolder.find(
        given: given.flatMap { $0.isEmpty ? nil : $0 },
        executable: Self.executable,
        workingDirectory: FileManager.default.currentDirectoryPath
      )
    )
  }

  /// This program's own file.
  private static var executable: String? {
    let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return link ?? CommandLine.arguments.first.flatMap { $0.contains("/") ? $0 : nil }
  }
}
