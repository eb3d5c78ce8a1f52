import Dispatch

/// Runs an actor on a serial queue of its own, so that libpq's calls never take a thread of
/// Swift's pool. (Apple's `DispatchSerialQueue` is an executor itself; Linux does not have it.)
final class DispatchExecutor: SerialExecutor {
  let queue: DispatchQueue

  init(label: String) {
    queue = DispatchQueue(label: label)
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async {
      job.runSynchronously(on: self.asUnownedSerialExecutor())
    }
  }

  func checkIsolated() {
    dispatchPrecondition(condition: .onQueue(queue))
  }
}
