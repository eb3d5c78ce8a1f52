import ArgumentParser
import Postgres

/// The option of every command that needs a database.
struct DatabaseOptions: ParsableArguments {
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

  /// Where the database is.
  func configuration() throws(PostgresError) -> PostgresConfiguration {
    guard let url = databaseURL ?? Environment.process.given(.databaseURL), !url.isEmpty else {
      return PostgresConfiguration(options: [:])
    }
    return try PostgresConfiguration(connectionString: url)
  }
}
