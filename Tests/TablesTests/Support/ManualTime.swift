import Synchronization
import Tables

/// A clock that stands until a test moves it, and the alarms on it.
final class ManualTime: Sendable {
  private struct State {
    var now: Int64 = 1_000_000
    var alarms: [(moment: Int64, body: @Sendable () async -> Void)] = []
  }

  private let state = Mutex(State())

  var now: Int64 { state.withLock { $0.now } }

  var clock: TableClock {
    TableClock(
      milliseconds: { self.now }, millisecondsSince1970: { 1_800_000_000_000 + UInt64(self.now) })
  }

  var timers: Timers {
    Timers { moment, body in self.state.withLock { $0.alarms.append((moment, body)) } }
  }

  /// Lets so much time pass; after each alarm `settle` waits for what it set off.
  func pass(_ milliseconds: Int64, settle: () async -> Void = {}) async {
    let target = now + milliseconds
    while let body = nextAlarm(until: target) {
      await body()
      await settle()
    }
    state.withLock { $0.now = target }
  }

  private func nextAlarm(until target: Int64) -> (@Sendable () async -> Void)? {
    state.withLock { state in
      guard
        let place = state.alarms.indices.min(by: {
          state.alarms[$0].moment < state.alarms[$1].moment
        }), state.alarms[place].moment <= target
      else { return nil }
      let alarm = state.alarms.remove(at: place)
      state.now = max(state.now, alarm.moment)
      return alarm.body
    }
  }
}
