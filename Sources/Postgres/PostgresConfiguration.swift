package import Logging

/// Where to connect, and the limits of one connection.
package struct PostgresConfiguration: Sendable {
  /// libpq's options by their names, as `host`, `port`, `dbname`, `user`, `sslmode`,
  /// `target_session_attrs`; what is missing comes from libpq's environment and defaults.
  package var options: [String: String]
  /// Settings of the session, as `["synchronous_commit": "on"]`, sent with the connection.
  package var settings: [String: String] = [:]
  /// How long connecting to one host may take.
  package var connectTimeoutMilliseconds = 5_000
  /// How long a statement may take, waiting for its turn included, unless it says otherwise; nil
  /// is for ever. Ours: past it the statement is cancelled.
  package var statementTimeoutMilliseconds: Int? = 30_000
  /// The same for scripts, COPY and streams of rows.
  package var longTimeoutMilliseconds = 3_600_000
  /// How long a cancelled statement may go on before the connection is given up.
  package var cancelGraceMilliseconds = 5_000
  /// How many prepared statements a connection keeps; 0 prepares none.
  package var statementCacheCapacity = 256
  /// How many statements may be under way on a connection at once.
  package var maximumInFlight = 256
  /// How many more may wait for their turn.
  package var maximumQueued = 8_192
  /// The largest answer; a statement may say otherwise.
  package var maximumResultBytes = 64 << 20
  /// The most rows of an answer; a statement may say otherwise.
  package var maximumRows = 1_000_000
  /// The largest sum of a statement's values.
  package var maximumParameterBytes = 64 << 20
  /// Where notices of the server and troubles of the connection go.
  package var logger = Logger(label: "postgres")

  /// Takes a connection string: an URI (`postgres://…`) or `key=value` pairs, as libpq has them.
  package init(connectionString: String) throws(PostgresError) {
    options = try ConnectionString.parse(connectionString)
  }

  /// Takes libpq's options.
  package init(options: [String: String]) {
    self.options = options
  }

  /// The same for another database of the same server.
  package func with(database: String) -> PostgresConfiguration {
    var copy = self
    copy.options["dbname"] = database
    return copy
  }
}

/// What one statement may have otherwise than its connection.
package struct QueryOptions: Sendable {
  /// How long it may take; nil takes the connection's limit.
  package var timeoutMilliseconds: Int?
  /// The largest answer; nil takes the connection's limit.
  package var maximumResultBytes: Int?
  /// The most rows; nil takes the connection's limit.
  package var maximumRows: Int?
  /// False sends the text each time anew, for statements that hardly ever come again.
  package var isPrepared = true

  /// The connection's limits.
  package static let `default` = QueryOptions()

  /// Names what is otherwise.
  package init(
    timeoutMilliseconds: Int? = nil,
    maximumResultBytes: Int? = nil,
    maximumRows: Int? = nil,
    isPrepared: Bool = true
  ) {
    self.timeoutMilliseconds = timeoutMilliseconds
    self.maximumResultBytes = maximumResultBytes
    self.maximumRows = maximumRows
    self.isPrepared = isPrepared
  }
}
