/// The time of the seat to act. It stands still while something is made durable.
package struct TurnClock: Sendable, Hashable {
  /// Whose move it is and which.
  package let turn: Turn
  private var spentMilliseconds: Int64 = 0
  private var runningSince: Int64?

  /// A full turn that has not begun to run.
  package init(turn: Turn) { self.turn = turn }

  /// Goes on.
  package mutating func go(at now: Int64) { if runningSince == nil { runningSince = now } }

  /// Stands still.
  package mutating func stop(at now: Int64) {
    guard let since = runningSince else { return }
    spentMilliseconds += max(0, now - since)
    runningSince = nil
  }

  /// How long the seat has had.
  package func spent(at now: Int64) -> Int64 {
    spentMilliseconds + (runningSince.map { max(0, now - $0) } ?? 0)
  }

  /// When so much will have been spent; nil while the clock stands still.
  package func moment(ofSpending milliseconds: Int) -> Int64? {
    runningSince.map { $0 + Int64(milliseconds) - spentMilliseconds }
  }
}
