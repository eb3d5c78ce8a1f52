import CPostgres

// An exclusive use waits in the same line as statements, begins when the pipeline is empty, and
// leaves the pipeline mode for its time. Callers hold its id, never the object.

extension PostgresConnection {
  /// Waits until the connection is ours alone.
  func beginExclusive(
    timeoutMilliseconds: Int?,
    collectsNotices: Bool = false
  ) async throws(PostgresError) -> UInt64 {
    if Task.isCancelled { throw .cancelled }
    try checkRoom()
    let limit = timeoutMilliseconds ?? configuration.longTimeoutMilliseconds
    let use = ExclusiveUse(
      id: nextID(),
      deadline: Deadline(milliseconds: limit),
      collectsNotices: collectsNotices
    )
    let id = use.id
    let refusal = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        use.awaitGrant(continuation)
        waiting.append(.exclusive(use))
        arm(use.deadline)
        pump()
      }
    } onCancel: {
      cancelLater(id)
    }
    if let refusal { throw refusal }
    return id
  }

  /// Cancels by the end of a task, from wherever that is noticed.
  nonisolated func cancelLater(_ id: UInt64) {
    executor.queue.async { [weak self] in
      self?.assumeIsolated { $0.cancel(id, .task) }
    }
  }

  /// Called when it is its turn.
  func begin(_ use: ExclusiveUse) {
    guard let link else { return use.refuse(endingError(wasSent: false)) }
    settle()
    exclusive = use
    if PQexitPipelineMode(link.pointer) != 1 { lose(link.errorMessage) }
    use.begin()
  }

  /// The use with that id; throws if it or the connection has ended.
  func use(_ id: UInt64) throws(PostgresError) -> (ExclusiveUse, Link) {
    guard let link, ending == nil else { throw endingError(wasSent: true) }
    guard let exclusive, exclusive.id == id else {
      throw .wrongUse("the stream or copy is used after its end")
    }
    return (exclusive, link)
  }

  /// The next result; nil after the last.
  func nextResult(_ id: UInt64) async throws(PostgresError) -> ResultHandle? {
    while true {
      let (use, link) = try use(id)
      if PQisBusy(link.pointer) == 0 {
        if let pointer = PQgetResult(link.pointer) { return ResultHandle(pointer) }
        use.isStatementRunning = false
        return nil
      }
      await waitForInput(use)
    }
  }

  /// Reads from the socket until something can be had from libpq.
  func waitForInput(_ use: ExclusiveUse) async {
    await withCheckedContinuation { continuation in
      use.awaitInput(continuation)
      link?.watcher?.setReading(true)
    }
  }

  /// Writes everything to the socket.
  func waitForOutput(_ id: UInt64) async throws(PostgresError) {
    while true {
      let (use, _) = try use(id)
      if flush() { return }
      await withCheckedContinuation { use.awaitOutput($0) }
    }
  }

  /// Reads what is left, and gives the connection back to statements. Never throws: what cannot be
  /// brought to an end ends the connection.
  func endExclusive(_ id: UInt64) async {
    do throws(PostgresError) {
      while let result = try await nextResult(id) { _ = try await skipCopy(result, id) }
      let (_, link) = try use(id)
      exclusive = nil
      cancellation.finished(id)
      link.watcher?.setReading(true)
      if PQenterPipelineMode(link.pointer) != 1 { lose(link.errorMessage) }
    } catch {
      if exclusive?.id == id { exclusive = nil }
      if isOpen { lose("\(error)") }
    }
    pump()
  }

  /// Ends a use that its caller does not want any more: what runs is cancelled first.
  func abandonExclusive(_ id: UInt64) async {
    if let exclusive, exclusive.id == id, exclusive.isStatementRunning {
      cancel(id, exclusive.cancelReason ?? .task)
    }
    await endExclusive(id)
  }

  /// Sends text by the simple protocol.
  func sendSimple(_ text: String, _ id: UInt64) async throws(PostgresError) {
    if text.utf8.contains(0) {
      throw .unencodable("the text of a statement holds a NUL character")
    }
    let (use, link) = try use(id)
    if let reason = use.cancelReason { throw reason.error }
    guard PQsendQuery(link.pointer, text) == 1 else {
      lose(link.errorMessage)
      throw endingError(wasSent: true)
    }
    use.isStatementRunning = true
    try await waitForOutput(id)
  }

  /// What the caller is told about a failure of an exclusive use.
  func translate(_ result: ResultHandle, _ id: UInt64) -> PostgresError {
    let error = error(result)
    if let lastFatal {
      let loss = ConnectionLoss(
        reason: lastFatal.message, serverError: lastFatal, wasSent: true)
      return .connectionLost(loss)
    }
    guard error.sqlState == .queryCanceled, let reason = exclusive?.cancelReason else {
      return error
    }
    return reason.error
  }
}
