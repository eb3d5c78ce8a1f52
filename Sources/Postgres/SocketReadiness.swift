import Dispatch

/// Waits once for a socket, while a connection is being made.
///
/// The socket is not watched any more when `finished` is called, since libpq may close it in its
/// next step and open another.
///
/// Unchecked, since the compiler does not know that all of it is used on one queue.
final class SocketReadiness: @unchecked Sendable {
  enum Direction { case reading, writing }
  enum Outcome { case ready, late, cancelled }

  private let finished: @Sendable (Outcome) -> Void
  private let timer: any DispatchSourceTimer
  private var watcher: SocketWatcher?

  init(
    socket: Int32,
    _ direction: Direction,
    deadline: DispatchTime,
    queue: DispatchQueue,
    finished: @escaping @Sendable (Outcome) -> Void
  ) {
    self.finished = finished
    timer = DispatchSource.makeTimerSource(queue: queue)
    timer.schedule(deadline: deadline)
    timer.setEventHandler { self.finish(.late) }
    let ready: @Sendable () -> Void = { self.finish(.ready) }
    // libpq is not called meanwhile, so the socket stays the same.
    watcher = SocketWatcher(
      queue: queue,
      current: { socket },
      onReadable: ready,
      onWritable: ready
    )
    timer.activate()
    switch direction {
    case .reading: watcher?.setReading(true)
    case .writing: watcher?.setWriting(true)
    }
  }

  /// Ends the wait; only the first end counts.
  func finish(_ outcome: Outcome) {
    guard let watcher else { return }
    watcher.end()
    self.watcher = nil
    timer.cancel()
    finished(outcome)
  }
}
