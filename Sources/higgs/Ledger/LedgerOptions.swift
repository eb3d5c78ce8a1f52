import ArgumentParser
import Postgres

/// The options of the commands of `higgs ledger` that need a database.
struct LedgerOptions: ParsableArguments {
  @OptionGroup var database: DatabaseOptions

  @Option(help: "How long one statement may take, such as 30min; 0 for as long as it wants.")
  var statementTimeout = TimeLimit(milliseconds: 3_600_000)

  /// Connects and does `work`; a session that only reads works on a standby, too.
  func connected<Value>(
    _ command: String, readOnly: Bool, _ work: (PostgresConnection) async throws -> Value
  ) async throws -> Value {
    var configuration = try database.configuration()
    configuration.options["application_name"] = "higgs ledger \(command)"
    let limit = statementTimeout.milliseconds
    configuration.statementTimeoutMilliseconds = limit == 0 ? nil : limit
    configuration.settings.merge([
      "search_path": "public",
      "default_transaction_isolation": "read committed",
      "default_transaction_read_only": readOnly ? "on" : "off",
      "statement_timeout": "\(limit)ms",
      // A program that was killed leaves no long verification behind.
      "client_connection_check_interval": "1s",
    ]) { _, ours in ours }
    return try await PostgresConnection.withConnection(configuration, work)
  }
}
