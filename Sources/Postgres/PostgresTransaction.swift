import Synchronization

/// How much a transaction is shielded from others.
package enum IsolationLevel: String, Sendable {
  /// Each statement sees what was committed before it.
  case readCommitted = "read committed"
  /// All statements see what was committed before the first.
  case repeatableRead = "repeatable read"
  /// As if transactions ran one after the other; be ready for `serializationFailure`.
  case serializable
}

/// What a transaction begins with.
package struct TransactionOptions: Sendable {
  /// nil takes the server's default.
  package var isolation: IsolationLevel?
  /// True lets the server refuse writes.
  package var isReadOnly: Bool
  /// How long COMMIT may take; past it the outcome is unknown and the connection is given up.
  package var commitTimeoutMilliseconds: Int

  /// Names what is otherwise.
  package init(
    isolation: IsolationLevel? = nil,
    isReadOnly: Bool = false,
    commitTimeoutMilliseconds: Int = 30_000
  ) {
    self.isolation = isolation
    self.isReadOnly = isReadOnly
    self.commitTimeoutMilliseconds = commitTimeoutMilliseconds
  }

  var begin: SQL {
    var text = "begin"
    if let isolation { text += " isolation level \(isolation.rawValue)" }
    if isReadOnly { text += " read only" }
    return SQL(unsafeText: text)
  }
}

/// A transaction that is open on one connection; it ends with the closure that got it.
package final class PostgresTransaction: PostgresClient {
  /// The connection; use the transaction rather than it.
  package let connection: PostgresConnection
  private let state: Mutex<State>

  private struct State {
    /// BEGIN travels with the first statement, which saves a round trip.
    var pendingBegin: SQL?
    var savepoints = 0
    var hasEnded = false
  }

  init(connection: PostgresConnection, options: TransactionOptions) {
    self.connection = connection
    state = Mutex(State(pendingBegin: options.begin))
  }

  /// Does one statement inside the transaction.
  package func query(
    _ statement: SQL,
    _ options: QueryOptions
  ) async throws(PostgresError) -> Rows {
    var batch = Batch()
    batch.add(statement)
    return try await run(batch, options)[0].get()
  }

  /// Does several statements inside the transaction in one round trip.
  package func run(
    _ batch: Batch,
    _ options: QueryOptions
  ) async throws(PostgresError) -> [Result<Rows, PostgresError>] {
    guard let begin = try takeBegin() else {
      return try await connection.submit(batch, options, kind: .insideTransaction)
    }
    var whole = Batch()
    whole.add(begin, endsUnit: false)
    for item in batch.items { whole.add(item.statement, endsUnit: item.endsUnit) }
    let results = try await connection.submit(whole, options, kind: .insideTransaction)
    if case .failure(let error) = results[0], error != .pipelineAborted { throw error }
    return Array(results.dropFirst())
  }

  /// Does a script of many statements inside the transaction; see the connection's method.
  @discardableResult
  package func execute(
    script: String,
    timeoutMilliseconds: Int? = nil
  ) async throws(PostgresError) -> [ServerError] {
    try await begin()
    return try await connection.execute(script: script, timeoutMilliseconds: timeoutMilliseconds)
  }

  /// Runs the closure inside a savepoint: when it throws, only its own work is rolled back.
  @discardableResult
  nonisolated(nonsending)
    package func withSavepoint<Value>(
      _ body: (PostgresTransaction) async throws -> Value
    ) async throws -> Value
  {
    let name = SQL(unsafeText: "higgs_savepoint_\(nextSavepoint())")
    try await execute("savepoint \(name)")
    do {
      let value = try await body(self)
      try await execute("release savepoint \(name)")
      return value
    } catch {
      var batch = Batch()
      batch.add("rollback to savepoint \(name)")
      batch.add("release savepoint \(name)")
      for result in try await connection.submitShielded(batch) { _ = try result.get() }
      throw error
    }
  }

  /// Sends BEGIN now, if nothing has been sent yet.
  func begin() async throws(PostgresError) {
    guard let begin = try takeBegin() else { return }
    var batch = Batch()
    batch.add(begin)
    _ = try await connection.submit(batch, .default, kind: .insideTransaction)[0].get()
  }

  /// Marks the end; returns whether the server has seen BEGIN.
  func end() -> Bool {
    state.withLock { state in
      state.hasEnded = true
      return state.pendingBegin == nil
    }
  }

  private func takeBegin() throws(PostgresError) -> SQL? {
    let taken: Result<SQL?, PostgresError> = state.withLock { state in
      if state.hasEnded { return .failure(.transactionEnded) }
      defer { state.pendingBegin = nil }
      return .success(state.pendingBegin)
    }
    return try taken.get()
  }

  private func nextSavepoint() -> Int {
    state.withLock { state in
      state.savepoints += 1
      return state.savepoints
    }
  }
}
