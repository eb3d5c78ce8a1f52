import Synchronization
import Tables

/// What a host has done since its start, and what it has now; for metrics.
package struct HostCounters: Sendable, Hashable {
  /// Rooms that are hosted here.
  package var rooms = 0
  /// People in their seats.
  package var people = 0
  /// Bots in their seats.
  package var bots = 0
  /// Moves that became durable.
  package var moves = 0
  /// Calls that were made again since their outcome was not known.
  package var resent = 0
  /// Hands that were started.
  package var handsStarted = 0
  /// Hands that were settled.
  package var handsSettled = 0
  /// Hands that were voided.
  package var handsVoided = 0
  /// Turns whose time ran out.
  package var timeOuts = 0
  /// Commands that were refused since too many waited.
  package var busy = 0
}

/// Counts what rooms tell, without a lock.
final class Tally: Sendable {
  private let moves = Atomic<Int>(0)
  private let resent = Atomic<Int>(0)
  private let handsStarted = Atomic<Int>(0)
  private let handsSettled = Atomic<Int>(0)
  private let handsVoided = Atomic<Int>(0)
  private let timeOuts = Atomic<Int>(0)
  private let busy = Atomic<Int>(0)

  func count(_ event: TableEvent) {
    switch event {
    case .moves(let count): moves.add(count, ordering: .relaxed)
    case .resent: resent.add(1, ordering: .relaxed)
    case .handStarted: handsStarted.add(1, ordering: .relaxed)
    case .handSettled: handsSettled.add(1, ordering: .relaxed)
    case .handVoided: handsVoided.add(1, ordering: .relaxed)
    case .timedOut: timeOuts.add(1, ordering: .relaxed)
    case .busy: busy.add(1, ordering: .relaxed)
    }
  }

  var counters: HostCounters {
    var counters = HostCounters()
    counters.moves = moves.load(ordering: .relaxed)
    counters.resent = resent.load(ordering: .relaxed)
    counters.handsStarted = handsStarted.load(ordering: .relaxed)
    counters.handsSettled = handsSettled.load(ordering: .relaxed)
    counters.handsVoided = handsVoided.load(ordering: .relaxed)
    counters.timeOuts = timeOuts.load(ordering: .relaxed)
    counters.busy = busy.load(ordering: .relaxed)
    return counters
  }
}

extension Host {
  /// What the host has done and has, for metrics.
  package var counters: HostCounters {
    var counters = tally.counters
    for occupancy in occupancies {
      counters.rooms += 1
      counters.people += occupancy.people
      counters.bots += occupancy.bots
    }
    return counters
  }
}
