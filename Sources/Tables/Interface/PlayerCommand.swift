package import Core
package import Domino
package import Fairness

/// What a player wants of a room.
package struct PlayerCommand: Sendable, Hashable {
  /// The client's name for it; nil where nobody will ask again.
  package let reference: CommandReference?
  /// What is wanted.
  package let action: Action
  /// What a private room asks of whoever wants to sit down.
  package let joinCode: String?
  /// Whether a bot is to give up its seat where no other is free. Bots themselves do not ask for it.
  package let takesBotSeats: Bool

  /// What a player can want.
  package enum Action: Sendable, Hashable {
    /// Take a seat and bring chips to it. The session is the money command's id: the same one again
    /// is answered as before.
    case sit(session: ID<Session>, seat: Seat?, buyIn: Chips)
    /// Leave the seat with the chips, after the hand where one runs.
    case stand
    /// Bring more chips between hands; the id is the payment's.
    case topUp(payment: ID<Transaction>, amount: Chips)
    /// Add a tile to the line; nil where the text names no tile at all, which is refused exactly as
    /// a tile that the seat does not hold.
    case place(turn: Turn, tile: Tile?, end: LineEnd)
    /// "I am back": ends the trustee.
    case back
    /// The seat's part in the next deal.
    case clientSeed(ClientSeed)
    /// Something to smile about.
    case emote(Emote)
  }

  /// This action under this reference.
  package init(
    _ action: Action, reference: CommandReference? = nil, joinCode: String? = nil,
    takesBotSeats: Bool = true
  ) {
    self.action = action
    self.reference = reference
    self.joinCode = joinCode
    self.takesBotSeats = takesBotSeats
  }
}

/// A decision that is to be made: the hand and the number that its next move gets.
package struct Turn: Sendable, Hashable {
  /// The hand.
  package let hand: ID<Hand>
  /// The number of the move, from 1.
  package let move: Int

  /// The move with this number in this hand.
  package init(hand: ID<Hand>, move: Int) {
    self.hand = hand
    self.move = move
  }
}

/// What one can say at a table.
package enum Emote: String, Sendable, CaseIterable {
  case halo, bagus, aduh, haha, gas, sabar, maaf, makasih
}
