import Synchronization

/// What a listener tells.
package enum NotificationEvent: Sendable, Hashable {
  /// The server listens for us; from here on nothing is missed until a gap is told.
  case listening
  /// Somebody said something.
  case notification(Notification)
  /// Something may have been missed: look at the tables.
  case gap(Gap)

  /// Why something may have been missed.
  package enum Gap: Sendable, Hashable {
    /// The connection had broken; it has been made anew, and the server listens again.
    case reconnected
    /// The reader was too slow, and the oldest were thrown away.
    case overflow(dropped: Int)
  }
}

/// Keeps events for a reader, up to a limit; then the oldest notifications make room.
final class NotificationBuffer: Sendable {
  private struct State {
    var events = FIFO<NotificationEvent>()
    var dropped = 0
    var reader: CheckedContinuation<NotificationEvent?, Never>?
    var isFinished = false
  }

  private let limit: Int
  private let state = Mutex(State())

  init(limit: Int) {
    self.limit = limit
  }

  var count: Int { state.withLock { $0.events.count } }

  func append(_ event: NotificationEvent) {
    let reader = state.withLock { state -> CheckedContinuation<NotificationEvent?, Never>? in
      if state.isFinished { return nil }
      if let reader = state.reader {
        state.reader = nil
        return reader
      }
      if state.events.count >= limit {
        state.events.popFirst()
        state.dropped += 1
      }
      state.events.append(event)
      return nil
    }
    reader?.resume(returning: event)
  }

  /// The next event; nil after the end or when the task is cancelled. One reader at a time.
  func next() async -> NotificationEvent? {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let ready = state.withLock { state -> NotificationEvent?? in
          if Task.isCancelled { return .some(nil) }
          precondition(state.reader == nil, "a listener has one reader at a time")
          if let event = Self.take(&state) { return event }
          if state.isFinished { return .some(nil) }
          state.reader = continuation
          return nil
        }
        if let ready { continuation.resume(returning: ready) }
      }
    } onCancel: {
      stopReader()
    }
  }

  func finish() {
    state.withLock { $0.isFinished = true }
    stopReader()
  }

  private func stopReader() {
    let reader = state.withLock { state in
      defer { state.reader = nil }
      return state.reader
    }
    reader?.resume(returning: nil)
  }

  private static func take(_ state: inout State) -> NotificationEvent? {
    if state.dropped > 0 {
      defer { state.dropped = 0 }
      return .gap(.overflow(dropped: state.dropped))
    }
    return state.events.popFirst()
  }
}
