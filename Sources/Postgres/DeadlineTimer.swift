import Dispatch

/// When something must be done.
struct Deadline: Comparable {
  /// On the clock that stands still when the machine sleeps; the greatest value is never.
  let uptimeNanoseconds: UInt64
  /// The limit that it was made from.
  let milliseconds: Int

  static let never = Deadline(uptimeNanoseconds: .max, milliseconds: .max)

  private init(uptimeNanoseconds: UInt64, milliseconds: Int) {
    (self.uptimeNanoseconds, self.milliseconds) = (uptimeNanoseconds, milliseconds)
  }

  init(milliseconds: Int?) {
    guard let milliseconds else {
      self = .never
      return
    }
    let now = DispatchTime.now().uptimeNanoseconds
    let (sum, overflow) = now.addingReportingOverflow(
      UInt64(clamping: milliseconds).multipliedReportingOverflow(by: 1_000_000).partialValue
    )
    self.init(uptimeNanoseconds: overflow ? .max : sum, milliseconds: milliseconds)
  }

  var isPast: Bool { uptimeNanoseconds <= DispatchTime.now().uptimeNanoseconds }

  static func < (left: Deadline, right: Deadline) -> Bool {
    left.uptimeNanoseconds < right.uptimeNanoseconds
  }
}

/// One timer for all deadlines of a connection, set to the first. Used on the connection's queue
/// only; `cancel` may be called anywhere.
///
/// Unchecked for that reason.
final class DeadlineTimer: @unchecked Sendable {
  private let timer: any DispatchSourceTimer
  private var armed = Deadline.never

  init(queue: DispatchQueue, fired: @escaping @Sendable () -> Void) {
    timer = DispatchSource.makeTimerSource(queue: queue)
    timer.setEventHandler(handler: fired)
    timer.activate()
  }

  /// Makes sure that the timer fires by then.
  func arm(_ deadline: Deadline) {
    guard deadline < armed else { return }
    armed = deadline
    timer.schedule(deadline: DispatchTime(uptimeNanoseconds: deadline.uptimeNanoseconds))
  }

  /// To be called first when the timer has fired.
  func hasFired() {
    armed = .never
  }

  func cancel() {
    timer.cancel()
  }
}
