import CPostgres
package import Dispatch
import Logging

/// One connection to PostgreSQL.
///
/// Many tasks may use it at once: their statements are pipelined, each one a unit of its own,
/// answered in order. Statements that belong together go into `withTransaction`, and then the
/// connection must be the caller's alone (`PostgresPool` sees to that). Every call runs on a
/// dispatch queue of the connection and never takes a thread of Swift's pool.
package actor PostgresConnection: PostgresClient {
  nonisolated let executor = DispatchExecutor(label: "postgres.connection")

  /// The queue on which all of libpq's calls for this connection are made.
  package nonisolated var queue: DispatchQueue { executor.queue }

  /// The connection's queue, so that libpq never runs on Swift's pool.
  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    executor.asUnownedSerialExecutor()
  }

  let configuration: PostgresConfiguration
  var logger: Logger { configuration.logger }

  /// Nil before the connection is made and after its end.
  var link: Link?
  /// Why the connection ended; nil while it lives.
  var ending: PostgresError?
  /// The server's last word before it closed the connection.
  var lastFatal: ServerError?

  var waiting = FIFO<Waiting>()
  var pipeline = PipelineState<Request?, ResultHandle, PostgresError>()
  var exclusive: ExclusiveUse?
  var statements: StatementCache
  var lastID: UInt64 = 0

  var deadlines: DeadlineTimer?
  var cancellation = CancellationState()
  var notificationHandler: (@Sendable (Notification) -> Void)?
  var closeWaiters: [CheckedContinuation<Void, Never>] = []
  var endHandler: (@Sendable () -> Void)?

  init(_ configuration: PostgresConfiguration) {
    self.configuration = configuration
    statements = StatementCache(capacity: configuration.statementCacheCapacity)
  }

  deinit {
    deadlines?.cancel()
    link?.disposeLater()
  }

  /// Connects without blocking; several hosts are tried in turn.
  package static func connect(
    _ configuration: PostgresConfiguration
  ) async throws(PostgresError) -> PostgresConnection {
    guard PQlibVersion() >= 140_000 else {
      throw .invalidConfiguration("libpq 14 or later is needed, this is \(PQlibVersion())")
    }
    guard SocketEvents.shared.works else {
      throw .connectionFailed(ConnectionFailure(reason: "the system has no epoll left for us"))
    }
    let connection = PostgresConnection(configuration)
    try await connection.open()
    return connection
  }

  /// Connects, runs the closure, and closes whatever happens.
  @discardableResult
  nonisolated(nonsending)
    package static func withConnection<Value>(
      _ configuration: PostgresConfiguration,
      _ body: (PostgresConnection) async throws -> Value
    ) async throws -> Value
  {
    let connection = try await connect(configuration)
    do {
      let value = try await body(connection)
      await connection.close()
      return value
    } catch {
      await connection.close()
      throw error
    }
  }

  /// The server's version, as 150018; 0 after the end.
  package var serverVersion: Int { link.map { Int(PQserverVersion($0.pointer)) } ?? 0 }

  /// The server's process for this connection; 0 after the end.
  package var serverProcess: Int32 { link.map { PQbackendPID($0.pointer) } ?? 0 }

  /// True while statements can be sent.
  package var isOpen: Bool { link != nil && ending == nil }

  /// True when nothing is under way and no transaction is open: another caller may have it.
  package var isClean: Bool {
    guard isOpen, let link, pipeline.isEmpty, exclusive == nil, waiting.isEmpty else {
      return false
    }
    return PQtransactionStatus(link.pointer) == PQTRANS_IDLE
  }

  /// A setting that the server reports by itself, as `server_version` or `TimeZone`.
  package func reportedSetting(_ name: String) -> String? {
    link.flatMap { PQparameterStatus($0.pointer, name) }.map { String(cString: $0) }
  }

  /// Closes at once; what is under way fails. May be called again.
  package func close() async {
    end(with: .connectionClosed)
    await waitUntilClosed()
  }

  /// Returns when the connection has come to its end, whoever ended it.
  package func waitUntilClosed() async {
    if ending != nil { return }
    await withCheckedContinuation { closeWaiters.append($0) }
  }

  /// Calls once when the connection has come to its end, or now if it has.
  func onEnd(_ handler: @escaping @Sendable () -> Void) {
    if ending != nil { handler() } else { endHandler = handler }
  }

  /// Ends the connection because it broke.
  func lose(_ reason: String) {
    let reason = reason.isEmpty ? "the server closed the connection" : reason
    end(
      with: .connectionLost(
        ConnectionLoss(reason: reason, serverError: lastFatal, wasSent: false)
      )
    )
  }

  private func end(with error: PostgresError) {
    guard ending == nil else { return }
    ending = error
    if case .connectionLost(let loss) = error { logger.warning("connection lost: \(loss)") }
    deadlines?.cancel()
    let link = link
    self.link = nil
    link?.dispose()
    failEverything()
    for waiter in closeWaiters { waiter.resume() }
    closeWaiters.removeAll()
    endHandler?()
    endHandler = nil
  }

  /// What a statement fails with after the end.
  func endingError(wasSent: Bool) -> PostgresError {
    switch ending {
    case .connectionLost(var loss):
      loss.wasSent = wasSent
      return .connectionLost(loss)
    case let error? where !wasSent: return error
    default:
      let reason = "the connection was closed while the statement was under way"
      return .connectionLost(ConnectionLoss(reason: reason, wasSent: wasSent))
    }
  }
}
