import CPostgres

// Receiving: libpq's results are turned into events, and the pure state of the pipeline says what
// they mean. A caller is answered at the sync, not before: only then has the server committed.

extension PostgresConnection {
  /// Reads what has arrived and hands it on.
  func socketIsReadable() {
    guard let link else { return }
    let before = Int(higgs_readable_bytes(link.socket))
    let isAlive = PQconsumeInput(link.pointer) == 1
    count(received: before, left: isAlive ? Int(higgs_readable_bytes(link.socket)) : 0)
    receiveResults()
    receiveNotifications()
    logNotices()
    if !isAlive || link.isBroken {
      readLastWord(link)
      return lose(link.errorMessage)
    }
    exclusive?.inputArrived()
    cancelRunningIfWanted()
    pump()
  }

  /// What an exclusive use has not read yet may tell why the server closed the connection.
  private func readLastWord(_ link: Link) {
    for _ in 0..<10 where exclusive != nil && PQisBusy(link.pointer) == 0 {
      guard let pointer = PQgetResult(link.pointer) else { return }
      let result = ResultHandle(pointer)
      if result.status == PGRES_FATAL_ERROR { _ = error(result) }
    }
  }

  private func receiveResults() {
    while let link, !pipeline.isEmpty, exclusive == nil, PQisBusy(link.pointer) == 0 {
      handle(pipeline.received(event(PQgetResult(link.pointer))))
      if pipeline.isEmpty { settle() }
    }
  }

  /// Moves libpq from "the last command is done" to idle, where it listens for notifications.
  func settle() {
    guard let link, PQisBusy(link.pointer) == 0 else { return }
    if let unexpected = PQgetResult(link.pointer) { PQclear(unexpected) }
  }

  private func event(
    _ pointer: OpaquePointer?
  ) -> PipelineState<Request?, ResultHandle, PostgresError>.Event {
    guard let pointer else { return .end }
    let result = ResultHandle(pointer)
    switch result.status {
    case PGRES_PIPELINE_SYNC: return .sync
    case PGRES_PIPELINE_ABORTED: return .skipped
    case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: return .succeeded(result)
    case PGRES_FATAL_ERROR: return .failed(error(result))
    default:
      let reason = "use copyIn, copyOut or execute(script:) for this statement"
      lose("COPY is not possible in a pipeline \(result.status)")
      return .failed(.wrongUse(reason))
    }
  }

  /// The server's error; a last word is kept, as the reason of what comes.
  func error(_ result: ResultHandle) -> PostgresError {
    let error = ServerError(result: result.pointer)
    if error.isFatal { lastFatal = error }
    return .server(error)
  }

  private func handle(_ action: PipelineState<Request?, ResultHandle, PostgresError>.Action) {
    switch action {
    case .wait: return
    case .violation(let reason):
      // A broken connection explains it better.
      if link?.isBroken == false { lose(reason) } else { lose(link?.errorMessage ?? reason) }
    case .finished(let unit): finish(unit)
    }
  }

  private func finish(_ unit: PipelineState<Request?, ResultHandle, PostgresError>.Unit) {
    updateStatements(unit)
    guard let request = unit.owner else { return }
    if sendAgain(request, unit.failure?.error) { return }
    request.results += unit.results(
      success: { output in answer(request, output) },
      failed: { error in .failure(translate(error, for: request)) },
      aborted: .failure(.pipelineAborted)
    )
    request.receivedBytes = 0
    request.unitsLeft -= 1
    if request.unitsLeft == 0 {
      if request.cancelReason != nil { cancellation.finished(request.id) }
      request.finish(request.results)
    }
    if request.kind == .shared { refuseTransactions(unit) }
  }

  private func answer(
    _ request: Request,
    _ output: ResultHandle
  ) -> Result<Rows, PostgresError> {
    let limitRows = request.options.maximumRows ?? configuration.maximumRows
    if output.rowCount > limitRows { return .failure(.tooManyRows(limit: limitRows)) }
    let limitBytes = request.options.maximumResultBytes ?? configuration.maximumResultBytes
    if output.byteCount > limitBytes { return .failure(.resultTooLarge(limitBytes: limitBytes)) }
    return .success(Rows(result: output))
  }

  func translate(_ error: PostgresError, for request: Request) -> PostgresError {
    guard error.sqlState == .queryCanceled, let reason = request.cancelReason else { return error }
    return reason.error
  }

  private func updateStatements(
    _ unit: PipelineState<Request?, ResultHandle, PostgresError>.Unit
  ) {
    let error = unit.failure?.error
    for (index, step) in unit.steps.enumerated() {
      guard let failure = unit.failure, index >= failure.step else { continue }
      switch step {
      case .prepare(let name): statements.forget(name: name)
      case .deallocate(let name) where error?.sqlState != .invalidStatementName:
        statements.discard(name: name)
      default: continue
      }
    }
    if case .server(let error)? = error, let request = unit.owner {
      for name in request.statementNames {
        if error.sqlState == .invalidStatementName { statements.forget(name: name) }
        if error.isStalePlan { statements.discard(name: name) }
      }
    }
    for output in unit.outputs where output.dropsStatements { statements.removeAll() }
  }

  /// Sends a request once more where the server has surely done nothing of it and the reason is
  /// none of the caller's: its prepared statement is gone or out of date, or a cancellation that
  /// was meant for another hit it.
  private func sendAgain(_ request: Request, _ error: PostgresError?) -> Bool {
    guard case .server(let error)? = error, request.retries < 2, request.unitsLeft == 1,
      request.results.isEmpty, request.cancelReason == nil,
      request.kind == .standalone || request.kind == .shared
    else { return false }
    let isStray = error.sqlState == .queryCanceled && cancellation.mayHitOthers
    guard isStray || error.isStalePlan || error.sqlState == .invalidStatementName else {
      return false
    }
    request.retries += 1
    request.unitsLeft = 0
    waiting.prepend(.request(request))
    return true
  }

  private func refuseTransactions(
    _ unit: PipelineState<Request?, ResultHandle, PostgresError>.Unit
  ) {
    let last = unit.outputs.last { $0.beginsTransaction || $0.endsTransaction }
    guard last?.beginsTransaction == true else { return }
    lose("a statement outside withTransaction began a transaction")
  }

  /// Fails what is under way and what waits, after the end of the connection.
  func failEverything() {
    for unit in pipeline.removeAll() {
      guard let request = unit.owner, request.answer != nil else { continue }
      let error = endingError(wasSent: true)
      let missing = request.items.count - request.results.count
      request.finish(request.results + Array(repeating: .failure(error), count: missing))
    }
    for one in waiting.removeAll() { one.fail(endingError(wasSent: false)) }
    exclusive?.connectionEnded()
  }

  func receiveNotifications() {
    while let link, let pointer = PQnotifies(link.pointer) {
      let notification = Notification(
        channel: String(cString: pointer.pointee.relname),
        payload: String(cString: pointer.pointee.extra),
        serverProcess: pointer.pointee.be_pid
      )
      PQfreemem(pointer)
      notificationHandler?(notification)
    }
  }

  /// Notices go to the log, unless a script collects them.
  func logNotices() {
    guard let link else { return }
    for notice in link.notices.takeAll() {
      if notice.isFatal { lastFatal = notice }
      if exclusive?.keep(notice) == true { continue }
      logger.info("server: \(notice)")
    }
  }
}

extension ResultHandle {
  /// True for statements after which the server has no prepared statements.
  var dropsStatements: Bool {
    commandTag == "DISCARD ALL" || commandTag == "DEALLOCATE ALL"
  }

  /// True for statements that leave a transaction open.
  fileprivate var beginsTransaction: Bool {
    commandTag == "BEGIN" || commandTag == "START TRANSACTION"
  }

  fileprivate var endsTransaction: Bool {
    commandTag == "COMMIT" || commandTag == "ROLLBACK"
  }
}
