import CPostgres
import Dispatch

// PQcancel opens a connection of its own and blocks, so it runs on a dispatch thread. It stops
// whatever runs when it arrives. So it is sent only while the statement that it is meant for is the
// one that runs, nothing new is sent until it has arrived, and a statement that was hit by mistake
// is sent again.

/// What is known about cancellations on their way.
struct CancellationState {
  /// A cancellation is on its way to the server.
  var isSending = false
  /// Which request has been cancelled, and until when it may go on.
  var running: (id: UInt64, patience: Deadline)?
  /// The running request's cancellation has been sent at least once.
  var wasSent = false
  /// Until when a cancellation may still hit a statement that it is not meant for.
  private var strayUntil: Deadline?

  /// How long after its arrival a cancellation may hit another statement.
  static let strayMilliseconds = 2_000
  /// How long to wait before a cancellation that had no effect is sent again.
  static let repeatMilliseconds = 250

  var mayHitOthers: Bool { isSending || strayUntil.map { !$0.isPast } ?? false }

  mutating func arrived() {
    isSending = false
    strayUntil = Deadline(milliseconds: Self.strayMilliseconds)
  }

  mutating func finished(_ id: UInt64) {
    if running?.id == id { running = nil }
  }
}

extension PostgresConnection {
  /// Cancels what waits at once, and what is under way as soon as it runs.
  func cancel(_ id: UInt64, _ reason: CancelReason) {
    for one in waiting.remove(where: { $0.id == id }) { one.fail(reason.error) }
    for case let request? in pipeline.owners
    where request.id == id && request.cancelReason == nil {
      if request.kind == .commit { return lose("COMMIT was not answered in time") }
      request.cancelReason = reason
    }
    if let exclusive, exclusive.id == id, exclusive.cancelReason == nil {
      exclusive.cancelReason = reason
      exclusive.outputLeft()
      beginPatience(id)
    }
    cancelRunningIfWanted()
    pump()
  }

  /// Sends a cancellation if the statement that runs is to be cancelled.
  func cancelRunningIfWanted() {
    guard let link, !cancellation.isSending, let id = runningToBeCancelled else { return }
    guard cancellation.running?.id != id || !cancellation.wasSent else { return }
    beginPatience(id)
    sendCancel(link)
  }

  private func beginPatience(_ id: UInt64) {
    guard cancellation.running?.id != id else { return }
    let patience = Deadline(milliseconds: configuration.cancelGraceMilliseconds)
    cancellation.running = (id, patience)
    cancellation.wasSent = false
    arm(patience)
  }

  private var runningToBeCancelled: UInt64? {
    if let exclusive {
      return exclusive.cancelReason != nil && exclusive.isStatementRunning ? exclusive.id : nil
    }
    guard case let request?? = pipeline.runningOwner, request.cancelReason != nil else {
      return nil
    }
    return request.id
  }

  private func sendCancel(_ link: Link) {
    guard let cancel = PQgetCancel(link.pointer) else { return }
    cancellation.isSending = true
    cancellation.wasSent = true
    let box = Confined(cancel)
    let queue = executor.queue
    let arrived: @Sendable (Bool) -> Void = { [weak self] isSent in
      self?.assumeIsolated { $0.cancelArrived(isSent) }
    }
    // A serial queue of its own has a thread outside of Swift's pool, unlike the global queues.
    DispatchQueue(label: "postgres.cancel").async {
      var message = [CChar](repeating: 0, count: 256)
      let isSent = PQcancel(box.value, &message, Int32(message.count)) == 1
      PQfreeCancel(box.value)
      queue.async { arrived(isSent) }
    }
  }

  private func cancelArrived(_ isSent: Bool) {
    cancellation.arrived()
    if !isSent { logger.warning("a cancellation could not be sent") }
    arm(Deadline(milliseconds: CancellationState.repeatMilliseconds))
    cancelRunningIfWanted()
    pump()
  }

  // MARK: Deadlines

  /// Makes sure that deadlines are looked at by then.
  func arm(_ deadline: Deadline) {
    guard deadline < .never else { return }
    if deadlines == nil {
      deadlines = DeadlineTimer(queue: executor.queue) { [weak self] in
        self?.assumeIsolated { $0.deadlineHasCome() }
      }
    }
    deadlines?.arm(deadline)
  }

  private func deadlineHasCome() {
    guard isOpen else { return }
    deadlines?.hasFired()
    repeatCancel()
    for late in deadlinesOfAll where late.deadline.isPast {
      cancel(late.id, .deadline(milliseconds: late.deadline.milliseconds))
    }
    guard isOpen else { return }
    if let next = deadlinesOfAll.map(\.deadline).min() { arm(next) }
  }

  /// Sends a cancellation again that had no effect; gives up the connection when patience ends.
  private func repeatCancel() {
    guard let link, let running = cancellation.running else { return }
    if running.patience.isPast {
      return lose("a cancelled statement did not end")
    }
    arm(running.patience)
    guard !cancellation.isSending, runningToBeCancelled == running.id else { return }
    sendCancel(link)
  }

  /// Everything that waits or is under way and has not been cancelled yet.
  private var deadlinesOfAll: [(id: UInt64, deadline: Deadline)] {
    var all = waiting.map { (id: $0.id, deadline: $0.deadline) }
    for case let request? in pipeline.owners where request.cancelReason == nil {
      all.append((request.id, request.deadline))
    }
    if let exclusive, exclusive.cancelReason == nil {
      all.append((exclusive.id, exclusive.deadline))
    }
    return all.filter { $0.deadline < .never }
  }

  // MARK: The size of answers

  /// Estimates how much of the answer that is under way has arrived. libpq keeps all of it in
  /// memory and tells only at the end; so what the kernel had before and has after reading is
  /// compared. More may arrive in between, hence the lower bound of one of libpq's reads.
  func count(received before: Int, left after: Int) {
    guard case let request?? = pipeline.runningOwner, request.cancelReason == nil else { return }
    request.receivedBytes += max(min(before, 16_384), before - after)
    let limit = request.options.maximumResultBytes ?? configuration.maximumResultBytes
    // Twice: the estimate may be too high; what is between is found by its true size at the end.
    if request.receivedBytes / 2 > limit { cancel(request.id, .tooLarge(limitBytes: limit)) }
  }
}
