import Logging

/// One connection to PostgreSQL.
package actor PostgresConnection: PostgresClient {
  /// Connects without blocking.
  package static func connect(
    _ configuration: PostgresConfiguration
  ) async throws(PostgresError) -> PostgresConnection { throw .connectionClosed }

  /// Connects, runs the closure, and closes whatever happens.
  nonisolated(nonsending)
    package static func withConnection<Value>(
      _ configuration: PostgresConfiguration,
      _ body: (PostgresConnection) async throws -> Value
    ) async throws -> Value
  { throw PostgresError.connectionClosed }

  /// The server's version, as 150018.
  package var serverVersion: Int { 0 }
  /// The server's process for this connection.
  package var serverProcess: Int32 { 0 }

  /// Does one statement and returns its rows.
  package func query(
    _ statement: SQL, _ options: QueryOptions
  ) async throws(PostgresError) -> Rows { throw .connectionClosed }

  /// Does several statements in one round trip.
  package func run(
    _ batch: Batch, _ options: QueryOptions
  ) async throws(PostgresError) -> [Result<Rows, PostgresError>] { throw .connectionClosed }

  enum Kind { case standalone, insideTransaction }
  func submit(_ batch: Batch, _ options: QueryOptions, kind: Kind) async throws(PostgresError)
    -> [Result<Rows, PostgresError>]
  { throw .connectionClosed }
  func submitShielded(_ batch: Batch) async throws(PostgresError)
    -> [Result<Rows, PostgresError>]
  { throw .connectionClosed }

  /// Does a script of many statements (simple protocol; waits until nothing else is under way).
  /// Outside a transaction the server makes one of the whole script, unless it has COMMITs of its
  /// own. Returns the notices. The time limit is none unless given.
  @discardableResult
  package func execute(
    script: String, timeoutMilliseconds: Int? = nil
  ) async throws(PostgresError) -> [ServerError] { throw .connectionClosed }

  /// Runs the closure inside a transaction of its own: commits when it returns, rolls back when it
  /// throws. Throws `commitUnknown` if the connection broke while COMMIT was in flight.
  nonisolated(nonsending)
    package func withTransaction<Value>(
      _ options: TransactionOptions = TransactionOptions(),
      _ body: (PostgresTransaction) async throws -> Value
    ) async throws -> Value
  { throw PostgresError.connectionClosed }

  /// Closes; may be called again.
  package func close() async {}
}

/// The limits of a pool.
package struct PoolConfiguration: Sendable {
  /// The most connections.
  package var maximumConnections = 10
  /// How many callers may wait.
  package var maximumWaiters = 1_024
  /// How long a caller may wait.
  package var waitTimeoutMilliseconds = 5_000
  /// The defaults.
  package init() {}
}

/// A bounded set of connections.
package actor PostgresPool: PostgresClient {
  /// Makes a pool; connections are made when they are needed.
  package init(
    _ configuration: PostgresConfiguration, _ limits: PoolConfiguration = PoolConfiguration()
  ) {}

  /// Does one statement on any connection.
  package func query(
    _ statement: SQL, _ options: QueryOptions
  ) async throws(PostgresError) -> Rows { throw .poolClosed }

  /// Does several statements on any connection in one round trip.
  package func run(
    _ batch: Batch, _ options: QueryOptions
  ) async throws(PostgresError) -> [Result<Rows, PostgresError>] { throw .poolClosed }

  /// Lends a connection to the closure alone.
  nonisolated(nonsending)
    package func withConnection<Value>(
      _ body: (PostgresConnection) async throws -> Value
    ) async throws -> Value
  { throw PostgresError.poolClosed }

  /// Runs the closure inside a transaction; see the connection's method.
  nonisolated(nonsending)
    package func withTransaction<Value>(
      _ options: TransactionOptions = TransactionOptions(),
      _ body: (PostgresTransaction) async throws -> Value
    ) async throws -> Value
  { throw PostgresError.poolClosed }

  /// Takes no more callers, waits for those that have a connection, then closes all.
  package func shutdown(graceMilliseconds: Int = 10_000) async {}
}
