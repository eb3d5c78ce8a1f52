import CPostgres

extension PostgresConnection {
  /// Reads the rows of a large answer as they come. While the closure does not read, neither do
  /// we, and the server waits. What it leaves unread is cancelled. The connection does nothing else
  /// meanwhile.
  @discardableResult
  nonisolated(nonsending)
    package func queryStream<Value>(
      _ statement: SQL,
      timeoutMilliseconds: Int? = nil,
      _ body: (RowStream) async throws -> Value
    ) async throws -> Value
  {
    let id = try await beginExclusive(timeoutMilliseconds: timeoutMilliseconds)
    return try await withTaskCancellationHandler {
      do {
        try await startStream(statement, id)
        let value = try await body(RowStream(connection: self, id: id))
        await abandonExclusive(id)
        return value
      } catch {
        await abandonExclusive(id)
        throw error
      }
    } onCancel: {
      cancelLater(id)
    }
  }

  private func startStream(_ statement: SQL, _ id: UInt64) async throws(PostgresError) {
    try statement.bindings.check(limitBytes: configuration.maximumParameterBytes)
    let (use, link) = try use(id)
    if let reason = use.cancelReason { throw reason.error }
    guard link.sendUnprepared(statement), PQsetSingleRowMode(link.pointer) == 1 else {
      lose(link.errorMessage)
      throw endingError(wasSent: true)
    }
    use.isStatementRunning = true
    try await waitForOutput(id)
  }

  /// As many rows as are there, at least one; empty after the last.
  func nextRows(_ id: UInt64) async throws(PostgresError) -> [Row] {
    var rows: [Row] = []
    while rows.count < RowStream.maximumAtOnce {
      let (use, link) = try use(id)
      if PQisBusy(link.pointer) == 1 {
        link.watcher?.setReading(false)
        if !rows.isEmpty { break }
        await waitForInput(use)
        continue
      }
      guard let pointer = PQgetResult(link.pointer) else {
        use.isStatementRunning = false
        break
      }
      let result = ResultHandle(pointer)
      switch result.status {
      case PGRES_SINGLE_TUPLE: rows.append(Row(result: result, index: 0))
      case PGRES_FATAL_ERROR: throw translate(result, id)
      default: continue
      }
    }
    return rows
  }
}

/// The rows of a `queryStream`.
package struct RowStream: AsyncSequence, Sendable {
  /// Rows are handed over up to that many at once.
  static let maximumAtOnce = 512

  let connection: PostgresConnection
  let id: UInt64

  /// Begins to read; there is only one reading.
  package func makeAsyncIterator() -> Iterator {
    Iterator(connection: connection, id: id)
  }

  /// Reads row by row.
  package struct Iterator: AsyncIteratorProtocol, Sendable {
    let connection: PostgresConnection
    let id: UInt64
    private var rows: ArraySlice<Row> = []
    private var isDone = false

    init(connection: PostgresConnection, id: UInt64) {
      (self.connection, self.id) = (connection, id)
    }

    /// The next row; nil after the last.
    package mutating func next() async throws(PostgresError) -> Row? {
      if rows.isEmpty, !isDone {
        rows = try await connection.nextRows(id)[...]
        isDone = rows.isEmpty
      }
      return rows.popFirst()
    }
  }
}
