/// Everything that can go wrong between us and PostgreSQL.
package enum PostgresError: Error, Sendable, Hashable {
  /// The server refused the statement; nothing of it was done.
  case server(ServerError)
  /// Another statement up to the same sync failed, so this one was not done.
  case pipelineAborted
  /// No connection could be made.
  case connectionFailed(ConnectionFailure)
  /// The connection broke. Where `wasSent` is true, the statement may have been done.
  case connectionLost(ConnectionLoss)
  /// The connection was closed by us before the statement was sent.
  case connectionClosed
  /// The connection broke while COMMIT was in flight: nobody knows whether it was done.
  case commitUnknown(ConnectionLoss)
  /// COMMIT was answered with a rollback, since a statement of the transaction had failed.
  case transactionRolledBack
  /// The transaction has ended, and is used after its end.
  case transactionEnded
  /// The task was cancelled. A statement that was running has been rolled back by the server.
  case cancelled
  /// The statement took longer than its limit. One that was running has been rolled back.
  case timedOut(milliseconds: Int)
  /// No connection of the pool became free in time. `cause` is why none could be made, if so.
  case poolExhausted(waitedMilliseconds: Int, cause: String?)
  /// As many callers wait for the pool as may wait.
  case poolQueueFull(limit: Int)
  /// The pool has been shut down.
  case poolClosed
  /// As many statements wait for this connection as may wait.
  case connectionQueueFull(limit: Int)
  /// A statement has more values than the protocol can carry.
  case tooManyParameters(count: Int, limit: Int)
  /// The values of one statement are larger than allowed.
  case parametersTooLarge(bytes: Int, limit: Int)
  /// The answer was larger than the statement's limit, and was thrown away.
  case resultTooLarge(limitBytes: Int)
  /// The answer had more rows than the statement's limit, and was thrown away.
  case tooManyRows(limit: Int)
  /// There was no row, or more than one, where exactly one was asked for.
  case expectedOneRow(count: Int)
  /// A value cannot be sent; the text says why.
  case unencodable(String)
  /// A value of the answer is not what the program expects.
  case undecodable(DecodingFailure)
  /// A connection string or setting is wrong; the text says what to change.
  case invalidConfiguration(String)
  /// The statement does not fit how it was called; the text says how to call it.
  case wrongUse(String)
  /// libpq or the server did what the protocol does not allow.
  case protocolViolation(String)
}

/// Why no connection could be made.
package struct ConnectionFailure: Sendable, Hashable {
  /// What libpq says, for each host that was tried.
  package var reason: String
  /// The code of the last host that answered, as `cannotConnectNow` or `invalidDatabaseName`.
  package var sqlState: SQLState?

  /// Makes one by hand, as tests do.
  package init(reason: String, sqlState: SQLState? = nil) {
    self.reason = reason
    self.sqlState = sqlState
  }

  /// The reason, and what to do where a pooler refuses what PostgreSQL takes.
  var explained: String {
    guard reason.contains("unsupported startup parameter") else { return reason }
    return reason
      + " (that is a pooler's word: connect to PostgreSQL itself, not through PgBouncer)"
  }
}

/// How a connection came to its end.
package struct ConnectionLoss: Sendable, Hashable {
  /// What libpq says.
  package var reason: String
  /// The server's last word, as "terminating connection due to administrator command".
  package var serverError: ServerError?
  /// True when the statement had been sent, so that its outcome is not known.
  package var wasSent: Bool

  /// Makes one by hand, as tests do.
  package init(reason: String, serverError: ServerError? = nil, wasSent: Bool) {
    self.reason = reason
    self.serverError = serverError
    self.wasSent = wasSent
  }
}

extension PostgresError {
  /// The server's error, where the server spoke.
  package var serverError: ServerError? {
    switch self {
    case .server(let error): error
    case .connectionLost(let loss), .commitUnknown(let loss): loss.serverError
    default: nil
    }
  }

  /// The server's code, where the server spoke.
  package var sqlState: SQLState? {
    if case .connectionFailed(let failure) = self { return failure.sqlState }
    return serverError?.sqlState
  }

  /// True when the same transaction, begun anew, may well succeed: a conflict with another one, or
  /// a prepared statement whose tables were changed meanwhile.
  package var isTransient: Bool {
    guard case .server(let error) = self else { return false }
    return error.sqlState.isTransient || error.isStalePlan
  }

  /// True when the statement may or may not have been done: ask, or send the same again.
  package var isOutcomeUnknown: Bool {
    switch self {
    case .commitUnknown: true
    case .connectionLost(let loss): loss.wasSent
    default: false
    }
  }

  /// True when the connection that gave this error cannot be used any more.
  package var isConnectionFatal: Bool {
    switch self {
    case .connectionFailed, .connectionLost, .connectionClosed, .commitUnknown: true
    case .protocolViolation: true
    default: false
    }
  }
}

extension PostgresError: CustomStringConvertible {
  /// One line for the log.
  package var description: String {
    switch self {
    case .server(let error): error.description
    case .pipelineAborted: "an earlier statement of the same group failed"
    case .connectionFailed(let failure): "cannot connect: \(failure.explained)"
    case .connectionLost(let loss): "connection lost: \(loss)"
    case .connectionClosed: "the connection is closed"
    case .commitUnknown(let loss): "the outcome of COMMIT is not known: \(loss)"
    case .transactionRolledBack: "the transaction was rolled back, since a statement had failed"
    case .transactionEnded: "the transaction has ended already"
    case .cancelled: "cancelled"
    case .timedOut(let milliseconds): "timed out after \(milliseconds) ms"
    case .poolExhausted(let waited, let cause):
      "no connection became free in \(waited) ms" + (cause.map { " (\($0))" } ?? "")
    case .poolQueueFull(let limit): "\(limit) callers wait for the pool already"
    case .poolClosed: "the pool is shut down"
    case .connectionQueueFull(let limit): "\(limit) statements wait for the connection already"
    case .tooManyParameters(let count, let limit): "\(count) parameters, at most \(limit)"
    case .parametersTooLarge(let bytes, let limit): "\(bytes) parameter bytes, at most \(limit)"
    case .resultTooLarge(let limit): "the result is larger than \(limit) bytes"
    case .tooManyRows(let limit): "the result has more than \(limit) rows"
    case .expectedOneRow(let count): "expected one row, got \(count)"
    case .unencodable(let text): text
    case .undecodable(let failure): failure.description
    case .invalidConfiguration(let text): text
    case .wrongUse(let text): text
    case .protocolViolation(let text): text
    }
  }
}

extension ConnectionLoss: CustomStringConvertible {
  /// One line for the log.
  package var description: String {
    guard let serverError else { return reason }
    return "\(serverError)"
  }
}
