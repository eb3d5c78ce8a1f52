import Dispatch
import Postgres
import Synchronization
package import Tables

/// Wakes rooms: one timer for all of them, which sleeps while nothing is due.
package final class Alarms: Sendable {
  /// What is called. A class, so that the optimizer has no captures to take apart:
  /// docs/decisions/tail-calls.md.
  private final class Alarm: Sendable {
    let body: @Sendable () async -> Void

    init(body: @escaping @Sendable () async -> Void) {
      self.body = body
    }

    @inline(never)
    func ring() async {
      await body()
    }
  }

  private struct State {
    var byTick: [Int64: [Alarm]] = [:]
    var armedTick: Int64?
  }

  private let state = Mutex(State())
  private let queue = DispatchQueue(label: "alarms")
  private let source: Confined<any DispatchSourceTimer>

  /// Moments within the same span are one alarm.
  package static let tickMilliseconds: Int64 = 10

  /// No alarm is set.
  package init() {
    source = Confined(DispatchSource.makeTimerSource(queue: queue))
    source.value.setEventHandler { [weak self] in self?.ring() }
    source.value.activate()
  }

  deinit { source.value.cancel() }

  /// Calls the closure once the moment has come.
  package func wake(at milliseconds: Int64, _ body: @escaping @Sendable () async -> Void) {
    let span = Alarms.tickMilliseconds
    let tick = (milliseconds + span - 1) / span
    let isEarliest = state.withLock { state in
      state.byTick[tick, default: []].append(Alarm(body: body))
      guard tick < state.armedTick ?? .max else { return false }
      state.armedTick = tick
      return true
    }
    if isEarliest { schedule(tick) }
  }

  /// The timers that rooms use.
  package var timers: Timers { Timers { self.wake(at: $0, $1) } }

  private func schedule(_ tick: Int64) {
    let moment = UInt64(max(0, tick)) * UInt64(Alarms.tickMilliseconds) * 1_000_000
    source.value.schedule(deadline: DispatchTime(uptimeNanoseconds: max(1, moment)))
  }

  private func ring() {
    let now = MonotonicClock.milliseconds / Alarms.tickMilliseconds
    let (due, next) = state.withLock { state in
      let ticks = state.byTick.keys.filter { $0 <= now }
      let due = ticks.sorted().flatMap { state.byTick.removeValue(forKey: $0) ?? [] }
      let next = state.byTick.keys.min()
      state.armedTick = next
      return (due, next)
    }
    if let next { schedule(next) }
    for alarm in due { Task { await alarm.ring() } }
  }
}

/// The clock that never jumps.
package enum MonotonicClock {
  /// Milliseconds since the machine's start.
  package static var milliseconds: Int64 {
    Int64(DispatchTime.now().uptimeNanoseconds / 1_000_000)
  }
}
