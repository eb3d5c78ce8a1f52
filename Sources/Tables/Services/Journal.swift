package import Core
package import Domino

/// Writes moves. Several rooms' appends may go out together; each has its own outcome.
package struct Journal: Sendable {
  /// Writes the moves of one command, all or none.
  package var append: @Sendable (MoveAppend) async -> AppendOutcome

  /// A journal that writes by this.
  package init(append: @escaping @Sendable (MoveAppend) async -> AppendOutcome) {
    self.append = append
  }
}

/// The next moves of a room's hand: a command's whole outcome.
package struct MoveAppend: Sendable, Hashable {
  /// The room.
  package let room: SerialID<Room>
  /// The fence under which it is hosted.
  package let fence: Int64
  /// The hand.
  package let hand: ID<Hand>
  /// Consecutive numbers; never empty.
  package let moves: [AppendedMove]

  /// An append as it stands.
  package init(room: SerialID<Room>, fence: Int64, hand: ID<Hand>, moves: [AppendedMove]) {
    self.room = room
    self.fence = fence
    self.hand = hand
    self.moves = moves
  }
}

/// A move with all that the journal keeps of it.
package struct AppendedMove: Sendable, Hashable {
  /// From 1.
  package let number: Int
  /// Whose move it is.
  package let seat: Seat
  /// Who decided.
  package let decider: Decider
  /// What was done.
  package let move: LineMove
  /// The client's reference.
  package let reference: CommandReference?
  /// What is left of the seat's time bank.
  package let timeBankMilliseconds: Int
  /// Whether the seat is on auto-play after it.
  package let isTrustee: Bool

  /// A move as it stands.
  package init(
    number: Int, seat: Seat, decider: Decider, move: LineMove,
    reference: CommandReference? = nil, timeBankMilliseconds: Int, isTrustee: Bool
  ) {
    self.number = number
    self.seat = seat
    self.decider = decider
    self.move = move
    self.reference = reference
    self.timeBankMilliseconds = timeBankMilliseconds
    self.isTrustee = isTrustee
  }
}

/// Who decided a move.
package enum Decider: String, Sendable, CaseIterable {
  case player, bot, timeout, trustee, rules
}

/// What became of an append.
package enum AppendOutcome: Sendable, Hashable {
  /// Written now.
  case ok
  /// The same moves are written already.
  case exists
  /// Other moves are written under these numbers.
  case different
  /// The moves are not the next ones.
  case outOfOrder
  /// The room has another host now.
  case fenced
  /// The hand is over.
  case finished
  /// The journal cannot hold one of the moves.
  case invalid
  /// Nobody knows whether they are written: send the identical append again.
  case unknown
}
