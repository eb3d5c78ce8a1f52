package import Core
package import Domino

/// How a command was answered: after its commit, or with a refusal. The events that it caused were
/// delivered before.
package enum CommandReply: Sendable, Hashable {
  /// Done, now or earlier under the same reference or id.
  case done(Done)
  /// Nothing was changed.
  case refused(CommandError)
}

/// What a command led to.
package struct Done: Sendable, Hashable {
  /// The room's last event when the command was done.
  package var seq: Int64
  /// The player's seat, where the command was about one.
  package var seat: Seat?
  /// The stay in the seat.
  package var session: ID<Session>?
  /// The chips in front of the player after it.
  package var stack: Chips?
  /// What a player who left took along.
  package var cashedOut: Chips?
  /// Whether the player leaves when the running hand is over.
  package var isLeaving: Bool
  /// Whether the seat is promised: the player gets it, and pays for it, when its bot has left.
  package var isWaiting: Bool

  /// An answer as it stands.
  package init(
    seq: Int64, seat: Seat? = nil, session: ID<Session>? = nil, stack: Chips? = nil,
    cashedOut: Chips? = nil, isLeaving: Bool = false, isWaiting: Bool = false
  ) {
    self.seq = seq
    self.seat = seat
    self.session = session
    self.stack = stack
    self.cashedOut = cashedOut
    self.isLeaving = isLeaving
    self.isWaiting = isWaiting
  }
}
