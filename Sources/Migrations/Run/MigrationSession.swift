package import Postgres

/// What a session works on: a connection, or a transaction that is open on it.
package protocol ScriptClient: PostgresClient {
  /// Does a script of many statements by the simple protocol; answers the server's notices.
  func execute(
    script: String,
    timeoutMilliseconds: Int?
  ) async throws(PostgresError) -> [ServerError]
}

extension PostgresConnection: ScriptClient {}
extension PostgresTransaction: ScriptClient {}

/// A connection that is set up for migrating, whatever the server, the database or the role have
/// as defaults.
package struct MigrationSession: Sendable {
  /// How to connect, with the session's settings.
  private let configuration: PostgresConfiguration
  private let connection: PostgresConnection
  private let client: any ScriptClient

  private init(
    _ configuration: PostgresConfiguration,
    _ connection: PostgresConnection,
    _ client: any ScriptClient
  ) {
    self.configuration = configuration
    self.connection = connection
    self.client = client
  }

  /// Connects, does `work`, and closes whatever happens.
  ///
  /// - Parameter command: what the session calls itself, such as "higgs migrate up".
  package static func with<Value>(
    _ configuration: PostgresConfiguration,
    command: String,
    limits: MigrationLimits,
    _ work: (MigrationSession) async throws -> Value
  ) async throws -> Value {
    var configuration = configuration
    configuration.options["application_name"] = command
    configuration.settings.merge(Self.settings(limits)) { _, ours in ours }
    return try await open(configuration, work)
  }

  /// The same on another database of the same server.
  func withDatabase<Value>(
    _ name: String,
    _ work: (MigrationSession) async throws -> Value
  ) async throws -> Value {
    try await Self.open(configuration.with(database: name), work)
  }

  private static func open<Value>(
    _ configuration: PostgresConfiguration,
    _ work: (MigrationSession) async throws -> Value
  ) async throws -> Value {
    try await PostgresConnection.withConnection(configuration) { connection in
      try await work(MigrationSession(configuration, connection, connection))
    }
  }

  /// What RESET ALL goes back to; the same as `database/setup.sql` sets.
  private static func settings(_ limits: MigrationLimits) -> [String: String] {
    [
      "search_path": "public",
      "timezone": "UTC",
      "client_min_messages": "warning",
      "standard_conforming_strings": "on",
      "check_function_bodies": "on",
      "default_transaction_isolation": "read committed",
      "default_transaction_read_only": "off",
      "default_tablespace": "",
      "synchronous_commit": "on",
      "idle_in_transaction_session_timeout": "0",
      "lock_timeout": "\(limits.lockTimeoutMilliseconds)ms",
      "statement_timeout": "\(limits.statementTimeoutMilliseconds)ms",
      // A runner that was killed lets go of its locks within this time.
      "client_connection_check_interval": "1s",
    ]
  }
}

extension MigrationSession {
  /// Runs a script; answers the server's notices.
  @discardableResult
  package func run(_ script: String) async throws(PostgresError) -> [ServerError] {
    try await client.execute(script: script, timeoutMilliseconds: nil)
  }

  /// Does one statement and answers its rows.
  func query(_ statement: SQL) async throws(PostgresError) -> Rows {
    try await client.query(statement, QueryOptions(isPrepared: false))
  }

  /// The one value of a query that answers one.
  func value<Value: PostgresDecodable>(
    _ statement: SQL,
    as type: Value.Type = Value.self
  ) async throws(PostgresError) -> Value {
    try await query(statement).one().decode(type, column: 0)
  }

  /// Does `work` in a transaction: commits when it returns, rolls back when it throws.
  func inTransaction<Value>(
    _ options: TransactionOptions = TransactionOptions(isolation: .readCommitted),
    _ work: (MigrationSession) async throws -> Value
  ) async throws -> Value {
    try await connection.withTransaction(options) { transaction in
      try await work(MigrationSession(configuration, connection, transaction))
    }
  }

  /// Does `work` in a transaction and rolls it back, whatever `work` answers.
  package func inRolledBackTransaction<Value: Sendable>(
    _ work: (MigrationSession) async throws -> Value
  ) async throws -> Value {
    do {
      return try await inTransaction { session in
        throw RolledBack(value: try await work(session))
      }
    } catch let end as RolledBack<Value> {
      return end.value
    }
  }

  /// Undoes what a file did to the session: role, settings, temporary tables.
  func reset() async throws(PostgresError) {
    try await run("reset session authorization; reset role; reset all; discard temp;")
  }

  /// The name of the database.
  package func databaseName() async throws(PostgresError) -> String {
    try await value("select current_database()::text")
  }
}

/// Carries an answer out of a transaction that is to be rolled back.
private struct RolledBack<Value: Sendable>: Error {
  let value: Value
}
