import CPostgres

// Sending: who asks waits in `waiting`; `pump` moves requests into libpq's pipeline while there is
// room, and lets an exclusive use begin when the pipeline is empty.

extension PostgresConnection {
  /// Does one statement and returns its rows.
  package func query(
    _ statement: SQL,
    _ options: QueryOptions
  ) async throws(PostgresError) -> Rows {
    var batch = Batch()
    batch.add(statement)
    return try await submit(batch, options, kind: .standalone)[0].get()
  }

  /// Does several statements in one round trip.
  package func run(
    _ batch: Batch,
    _ options: QueryOptions
  ) async throws(PostgresError) -> [Result<Rows, PostgresError>] {
    try await submit(batch, options, kind: .standalone)
  }

  func submit(
    _ batch: Batch,
    _ options: QueryOptions,
    kind: Request.Kind
  ) async throws(PostgresError) -> [Result<Rows, PostgresError>] {
    if Task.isCancelled { throw .cancelled }
    guard let request = try admit(batch, options, kind: kind) else { return [] }
    let id = request.id
    return await withTaskCancellationHandler {
      await answer(to: request)
    } onCancel: {
      executor.queue.async { [weak self] in
        self?.assumeIsolated { $0.cancel(id, .task) }
      }
    }
  }

  /// As `submit`, but the end of the task does not cancel it: for COMMIT and ROLLBACK.
  func submitShielded(
    _ batch: Batch,
    _ options: QueryOptions = .default,
    kind: Request.Kind = .insideTransaction
  ) async throws(PostgresError) -> [Result<Rows, PostgresError>] {
    guard let request = try admit(batch, options, kind: kind) else { return [] }
    return await answer(to: request)
  }

  private func answer(to request: Request) async -> [Result<Rows, PostgresError>] {
    await withCheckedContinuation { continuation in
      request.answer = continuation
      waiting.append(.request(request))
      arm(request.deadline)
      pump()
    }
  }

  private func admit(
    _ batch: Batch,
    _ options: QueryOptions,
    kind: Request.Kind
  ) throws(PostgresError) -> Request? {
    try checkRoom()
    for item in batch.items {
      try item.statement.bindings.check(limitBytes: configuration.maximumParameterBytes)
      if item.statement.text.utf8.contains(0) {
        throw .unencodable("the text of a statement holds a NUL character")
      }
    }
    if batch.count == 0 { return nil }
    return Request(
      id: nextID(),
      items: batch.items,
      options: options,
      kind: kind,
      deadline: deadline(options.timeoutMilliseconds)
    )
  }

  /// Throws unless one more may wait.
  func checkRoom() throws(PostgresError) {
    guard isOpen else { throw endingError(wasSent: false) }
    guard waiting.count < configuration.maximumQueued else {
      throw .connectionQueueFull(limit: configuration.maximumQueued)
    }
  }

  func nextID() -> UInt64 {
    lastID += 1
    return lastID
  }

  func deadline(_ milliseconds: Int?) -> Deadline {
    Deadline(milliseconds: milliseconds ?? configuration.statementTimeoutMilliseconds)
  }

  /// Sends what may be sent now.
  func pump() {
    pumping: while isOpen, exclusive == nil, !cancellation.isSending, let next = waiting.first {
      switch next {
      case .request(let request):
        guard pipeline.count < configuration.maximumInFlight else { break pumping }
        waiting.popFirst()
        send(request)
      case .exclusive(let use):
        guard pipeline.isEmpty else { break pumping }
        waiting.popFirst()
        begin(use)
      }
    }
    flush()
  }

  private func send(_ request: Request) {
    if request.kind == .standalone { sendDeallocations() }
    request.statementNames.removeAll()
    var steps: [PipelineStep] = []
    for (index, item) in request.items.enumerated() {
      guard isOpen, send(item.statement, request, &steps) else {
        request.fail(endingError(wasSent: true))
        return
      }
      guard item.endsUnit || index == request.items.count - 1 else { continue }
      guard endUnit(request, steps) else { return }
      request.unitsLeft += 1
      steps.removeAll()
    }
  }

  typealias PipelineStep = PipelineState<Request?, ResultHandle, PostgresError>.Step

  private func endUnit(_ request: Request?, _ steps: [PipelineStep]) -> Bool {
    guard let link else { return false }
    pipeline.sent(PipelineState.Unit(owner: request, steps: steps))
    if higgs_pipeline_sync(link.pointer) == 1 { return true }
    lose(link.errorMessage)
    return false
  }

  private func send(
    _ statement: SQL,
    _ request: Request,
    _ steps: inout [PipelineStep]
  ) -> Bool {
    guard let link else { return false }
    var isSent: Bool
    // What is sent again has had trouble with its prepared statement.
    if request.options.isPrepared, statements.capacity > 0, request.retries == 0 {
      let key = StatementCache.Key(text: statement.text, types: statement.bindings.types)
      let known = statements.name(of: key)
      let name = known ?? statements.insert(key)
      isSent = known != nil || link.sendPrepare(name, statement)
      if known == nil { steps.append(.prepare(name)) }
      request.statementNames.append(name)
      isSent = isSent && link.sendExecute(name, statement)
    } else {
      isSent = link.sendUnprepared(statement)
    }
    steps.append(.execute)
    if !isSent { lose(link.errorMessage) }
    return isSent
  }

  private func sendDeallocations() {
    guard let link, !statements.discarded.isEmpty else { return }
    for name in statements.takeDiscarded() {
      let isSent = link.sendUnprepared(SQL(unsafeText: "deallocate \(name)"))
      guard isSent, endUnit(nil, [.deallocate(name)]) else { return lose(link.errorMessage) }
    }
  }

  func socketIsWritable() {
    flush()
  }

  /// Gives the kernel what it takes, and asks to be called again for the rest. True if there is
  /// no rest.
  @discardableResult
  func flush() -> Bool {
    guard let link, let watcher = link.watcher else { return true }
    switch PQflush(link.pointer) {
    case 0:
      watcher.setWriting(false)
      exclusive?.outputLeft()
      return true
    case 1:
      watcher.setWriting(true)
      return false
    default:
      // The reason is often still to be read.
      socketIsReadable()
      if isOpen { lose(link.errorMessage) }
      return true
    }
  }
}
