import Dispatch

/// The clockwork of a pool, on a queue of its own.
final class PoolTimer: Sendable {
  private let queue = DispatchQueue(label: "postgres.pool")
  private let timer: Confined<any DispatchSourceTimer>

  init() {
    timer = Confined(DispatchSource.makeTimerSource(queue: queue))
  }

  /// Calls again and again.
  func start(everyMilliseconds interval: Int, _ body: @escaping @Sendable () -> Void) {
    timer.value.setEventHandler(handler: body)
    timer.value.schedule(
      deadline: .now() + .milliseconds(interval),
      repeating: .milliseconds(interval)
    )
    timer.value.activate()
  }

  /// Calls once.
  func after(milliseconds: Int, _ body: @escaping @Sendable () -> Void) {
    if milliseconds <= 0 { return queue.async(execute: body) }
    queue.asyncAfter(deadline: .now() + .milliseconds(milliseconds), execute: body)
  }

  func cancel() {
    timer.value.cancel()
  }
}
