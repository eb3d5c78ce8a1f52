import Core

extension TableRoom {
  /// Makes the call until its outcome is known, the identical one each time, while the clocks stand
  /// still; nil where the room was stopped meanwhile.
  func durably<Outcome: Sendable>(
    _ call: () async -> Outcome,
    isUnknown: (Outcome) -> Bool
  ) async -> Outcome? {
    beginDurable()
    defer { endDurable() }
    var failures = 0
    while true {
      await waitWhileSuspended()
      if phase == .stopped { return nil }
      let outcome = await call()
      if phase == .stopped { return nil }
      guard isUnknown(outcome) else { return outcome }
      failures += 1
      services.observer.count(.resent)
      await pause(milliseconds: policy.resendMilliseconds(failures: failures))
    }
  }

  /// The same for a change in the ledger. What the database refuses comes as a refusal; where the
  /// room has another host it is stopped.
  func durably<Value: Sendable>(
    _ call: () async -> LedgerAnswer<Value>
  ) async -> Result<Value, CommandError> {
    let answer = await durably(call) { if case .unknown = $0 { true } else { false } }
    switch answer {
    case .done(let value): return .success(value)
    case .refused(let name): return .failure(CommandError(outcome: name))
    case .fenced:
      stop()
      return .failure(.moved)
    case .unknown, nil: return .failure(.moved)
    }
  }

  private func beginDurable() {
    durableSince = now
    clock?.stop(at: now)
    arm()
  }

  private func endDurable() {
    durableSince = nil
    tellFinished()
    guard hasToldPause else { return }
    hasToldPause = false
    guard phase != .stopped else { return }
    for subscriber in subscribers.values {
      subscriber.deliver(runningFrame(for: subscriber.player))
    }
  }

  private func tellFinished() {
    let waiting = finishing
    finishing.removeAll()
    for continuation in waiting { continuation.resume() }
  }

  private func waitWhileSuspended() async {
    guard phase == .suspended else { return }
    await withCheckedContinuation { waitingForResume.append($0) }
  }

  private func pause(milliseconds: Int) async {
    let moment = now + Int64(milliseconds)
    let timers = services.timers
    await withCheckedContinuation { continuation in
      timers.wake(moment) { continuation.resume() }
    }
  }

  /// The node's lease has ended: nothing is begun until `resume` or `stop`.
  package func suspend() {
    guard phase == .live else { return }
    phase = .suspended
    clock?.stop(at: now)
    queue.removeAll()
    isQueuedToStart = false
    isQueuedToLook = false
    answerAll(.refused(.paused))
    guard !hasToldPause else { return }
    hasToldPause = true
    deliver(pausedFrame())
  }

  /// The node has its lease again and the room its fence: everything goes on.
  package func resume() {
    guard phase == .suspended else { return }
    phase = .live
    let waiting = waitingForResume
    waitingForResume.removeAll()
    for continuation in waiting { continuation.resume() }
    if durableSince == nil { endDurable() }
    // Somebody may have come or gone meanwhile: what was queued then waits for this.
    isQueuedToLook = false
    lookRound()
  }

  /// The room leaves this host: everybody is told, and nothing is done any more.
  package func stop() { stop(tellingMoved: true) }

  func stop(tellingMoved: Bool) {
    guard phase != .stopped else { return }
    phase = .stopped
    tellFinished()
    clock = nil
    queue.removeAll()
    let waiting = waitingForResume
    waitingForResume.removeAll()
    for continuation in waiting { continuation.resume() }
    if tellingMoved { deliver(movedFrame()) }
    subscribers.removeAll()
    watching.removeAll()
    answerAll(.refused(.moved))
    services.observer.stopped(id)
  }

  /// Lets what is under way finish, then stops.
  package func finish() async {
    guard phase != .stopped else { return }
    queue.removeAll()
    if durableSince != nil {
      await withCheckedContinuation { finishing.append($0) }
    }
    stop()
  }
}
