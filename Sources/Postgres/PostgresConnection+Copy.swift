import CPostgres

extension PostgresConnection {
  /// Sends data by `COPY … FROM STDIN` and returns how many rows the server took. The closure
  /// writes; each write waits until the kernel has taken it. When the closure throws, nothing is
  /// stored.
  @discardableResult
  nonisolated(nonsending)
    package func copyIn(
      _ statement: SQL,
      timeoutMilliseconds: Int? = nil,
      _ body: (CopyWriter) async throws -> Void
    ) async throws -> Int
  {
    let id = try await beginExclusive(timeoutMilliseconds: timeoutMilliseconds)
    return try await withTaskCancellationHandler {
      do {
        try await startCopy(statement, PGRES_COPY_IN, id)
        try await body(CopyWriter(connection: self, id: id))
        let count = try await finishCopyIn(id)
        await endExclusive(id)
        return count
      } catch {
        await abandonCopyIn(id)
        throw error
      }
    } onCancel: {
      cancelLater(id)
    }
  }

  /// Receives data by `COPY … TO STDOUT`. The closure reads; while it does not, neither do we, and
  /// the server waits. What it leaves unread is thrown away.
  @discardableResult
  nonisolated(nonsending)
    package func copyOut<Value>(
      _ statement: SQL,
      timeoutMilliseconds: Int? = nil,
      _ body: (CopyReader) async throws -> Value
    ) async throws -> Value
  {
    let id = try await beginExclusive(timeoutMilliseconds: timeoutMilliseconds)
    return try await withTaskCancellationHandler {
      do {
        try await startCopy(statement, PGRES_COPY_OUT, id)
        let value = try await body(CopyReader(connection: self, id: id))
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

  private func startCopy(
    _ statement: SQL,
    _ expected: ExecStatusType,
    _ id: UInt64
  ) async throws(PostgresError) {
    guard statement.bindings.count == 0 else {
      throw .wrongUse("COPY takes no bound values; quote names by \\(identifier:)")
    }
    try await sendSimple(statement.text, id)
    guard let result = try await nextResult(id) else {
      throw .wrongUse("the statement is empty")
    }
    if result.status == PGRES_FATAL_ERROR { throw translate(result, id) }
    guard result.status == expected else {
      _ = try await skipCopy(result, id)
      throw .wrongUse("the statement is not a COPY in this direction: \(statement.text)")
    }
    // From here on the server waits for us; it would notice a cancellation too late.
    if expected == PGRES_COPY_IN { try use(id).0.isStatementRunning = false }
  }

  /// Writes one piece of data.
  func writeCopyData(_ bytes: [UInt8], _ id: UInt64) async throws(PostgresError) {
    var start = 0
    while start < bytes.count {
      let (use, link) = try use(id)
      if let reason = use.cancelReason { throw reason.error }
      let end = min(start + CopyWriter.maximumPiece, bytes.count)
      let taken = bytes[start..<end].withUnsafeBytes { piece in
        let base = piece.baseAddress!.assumingMemoryBound(to: CChar.self)
        return PQputCopyData(link.pointer, base, Int32(piece.count))
      }
      // 0: libpq has no room; it has after the flush.
      if taken == 1 { start = end }
      if taken < 0 { throw copyBroke(link) }
      try await waitForOutput(id)
    }
  }

  private func copyBroke(_ link: Link) -> PostgresError {
    lose(link.errorMessage)
    return endingError(wasSent: true)
  }

  private func finishCopyIn(_ id: UInt64) async throws(PostgresError) -> Int {
    let (use, link) = try use(id)
    if let reason = use.cancelReason { throw reason.error }
    if PQputCopyEnd(link.pointer, nil) < 0 { throw copyBroke(link) }
    use.isStatementRunning = true
    try await waitForOutput(id)
    guard let result = try await nextResult(id) else { throw .protocolViolation("COPY ended") }
    if result.status == PGRES_FATAL_ERROR { throw translate(result, id) }
    return result.affectedCount
  }

  private func abandonCopyIn(_ id: UInt64) async {
    if let (_, link) = try? use(id), PQputCopyEnd(link.pointer, "the copy was given up") == 1 {
      flush()
    }
    await endExclusive(id)
  }

  /// The next piece of data; nil after the last, or the error that ended the copy.
  func nextCopyData(_ id: UInt64) async throws(PostgresError) -> [UInt8]? {
    if let piece = try await nextPiece(id) { return piece }
    guard let result = try await nextResult(id) else { return nil }
    if result.status == PGRES_FATAL_ERROR { throw translate(result, id) }
    return nil
  }

  /// The next piece of data; nil after the last or when an error has ended the copy.
  private func nextPiece(_ id: UInt64) async throws(PostgresError) -> [UInt8]? {
    var piece: [UInt8] = []
    while true {
      let (use, link) = try use(id)
      var row: UnsafeMutablePointer<CChar>?
      let count = PQgetCopyData(link.pointer, &row, 1)
      if let row, count > 0 {
        piece.append(contentsOf: UnsafeRawBufferPointer(start: row, count: Int(count)))
        PQfreemem(row)
        if piece.count >= CopyReader.wantedPiece { return piece }
      } else if count == 0 {
        link.watcher?.setReading(false)
        if !piece.isEmpty { return piece }
        await waitForInput(use)
      } else {
        return piece.isEmpty ? nil : piece
      }
    }
  }

  /// Ends a COPY that nobody wanted; tells whether there was one.
  func skipCopy(_ result: ResultHandle, _ id: UInt64) async throws(PostgresError) -> Bool {
    switch result.status {
    case PGRES_COPY_IN, PGRES_COPY_BOTH:
      let (_, link) = try use(id)
      if PQputCopyEnd(link.pointer, "the copy was given up") < 0 { throw copyBroke(link) }
      try await waitForOutput(id)
      return true
    case PGRES_COPY_OUT:
      while try await nextPiece(id) != nil {}
      return true
    default: return false
    }
  }
}

/// Takes the data of a `copyIn`.
package struct CopyWriter: Sendable {
  /// What libpq is given at once.
  static let maximumPiece = 1 << 20

  let connection: PostgresConnection
  let id: UInt64

  /// Writes data in the statement's format; rows may be cut anywhere. Pieces of 64 kB or so are
  /// best.
  package func write(_ bytes: [UInt8]) async throws(PostgresError) {
    try await connection.writeCopyData(bytes, id)
  }
}

/// The data of a `copyOut`, in pieces of whole rows.
package struct CopyReader: AsyncSequence, Sendable {
  /// Rows are gathered up to about that many bytes.
  static let wantedPiece = 1 << 16

  let connection: PostgresConnection
  let id: UInt64

  /// Begins to read; there is only one reading.
  package func makeAsyncIterator() -> Iterator {
    Iterator(connection: connection, id: id)
  }

  /// Reads piece by piece.
  package struct Iterator: AsyncIteratorProtocol, Sendable {
    let connection: PostgresConnection
    let id: UInt64
    private var isDone = false

    init(connection: PostgresConnection, id: UInt64) {
      (self.connection, self.id) = (connection, id)
    }

    /// The next piece; nil after the last.
    package mutating func next() async throws(PostgresError) -> [UInt8]? {
      if isDone { return nil }
      let piece = try await connection.nextCopyData(id)
      isDone = piece == nil
      return piece
    }
  }
}
