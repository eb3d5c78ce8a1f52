import Dispatch

/// Waits once for a socket, while a connection is being made. Used on the connection's queue only.
///
/// The sources live for one wait and are gone before `outcome` is told, since libpq may close the
/// socket in its next step and open another.
final class SocketReadiness {
  enum Direction { case reading, writing }
  enum Outcome { case ready, late, cancelled }

  private let source: any DispatchSourceProtocol
  private let timer: any DispatchSourceTimer
  private var outcome: Outcome?

  init(
    socket: Int32,
    _ direction: Direction,
    deadline: DispatchTime,
    queue: DispatchQueue,
    finished: @escaping @Sendable (Outcome) -> Void
  ) {
    switch direction {
    case .reading: source = DispatchSource.makeReadSource(fileDescriptor: socket, queue: queue)
    case .writing: source = DispatchSource.makeWriteSource(fileDescriptor: socket, queue: queue)
    }
    timer = DispatchSource.makeTimerSource(queue: queue)
    timer.schedule(deadline: deadline)
    let box = Confined(self)
    source.setEventHandler { box.value.finish(.ready) }
    timer.setEventHandler { box.value.finish(.late) }
    source.setCancelHandler {
      finished(box.value.outcome ?? .cancelled)
    }
    source.activate()
    timer.activate()
  }

  /// Ends the wait; only the first end counts.
  func finish(_ outcome: Outcome) {
    guard self.outcome == nil else { return }
    self.outcome = outcome
    timer.cancel()
    source.cancel()
  }
}

/// Carries something that belongs to one queue through closures that the compiler thinks may run
/// anywhere.
///
/// Unchecked, since the compiler does not know that dispatch calls them on that queue.
struct Confined<Value>: @unchecked Sendable {
  let value: Value

  init(_ value: Value) {
    self.value = value
  }
}
