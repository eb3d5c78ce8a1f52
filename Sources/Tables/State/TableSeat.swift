package import Bots
package import Core
package import Domino
package import Fairness

/// A seat that is taken.
package struct TableSeat: Sendable {
  /// The stay.
  package let session: ID<Session>
  /// Who sits there.
  package let player: PlayerFacts
  /// The chips in front of the player, between hands.
  package var stack: Chips
  /// Whether the player leaves after the hand.
  package var isLeaving = false
  /// The seat's part in the next deal.
  package var clientSeed: ClientSeed
  /// How well the seat looks after its turns.
  package var attention: Attention
  /// Since when nobody watches with the seat's eyes; nil while somebody does. In milliseconds of
  /// the room's clock.
  package var awaySince: Int64?
  /// Since when the chips have been too few for a hand.
  package var brokeSince: Int64?
  /// Who gets the seat when its bot has left it.
  package var promise: SeatPromise?

  /// A player who has just sat down.
  package init(
    session: ID<Session>, player: PlayerFacts, stack: Chips, clientSeed: ClientSeed,
    attention: Attention, awaySince: Int64?
  ) {
    self.session = session
    self.player = player
    self.stack = stack
    self.clientSeed = clientSeed
    self.attention = attention
    self.awaySince = awaySince
  }
}

/// A person for whom a bot gives up its seat after the hand.
package struct SeatPromise: Sendable, Hashable {
  /// Who.
  package let player: ID<Player>
  /// The stay that is to come, and the id of its payment.
  package let session: ID<Session>
  /// With how much.
  package let buyIn: Chips
}

/// The hand that is played.
package struct Play: Sendable {
  /// The hand.
  package let id: ID<Hand>
  /// Its number at the table.
  package let number: Int
  /// Who is dealt in, in rising order.
  package let dealt: [DealtSeat]
  /// The secret of the deal.
  package let seed: ServerSeed
  /// What was committed to.
  package let commit: Commit
  /// The hand with everything that is committed.
  package var hand: LineHand
  /// Who decided each move so far.
  package var deciders: [Decider] = []

  /// The number of the next move; `nil` for nobody once the hand is over.
  package var turn: Turn? {
    hand.turn == nil ? nil : Turn(hand: id, move: deciders.count + 1)
  }

  /// The bot that decides for the seat; nil for a person.
  package func bot(at seat: Seat) -> Bot? { dealt.first { $0.seat == seat }?.bot }

  /// Whether the seat plays in this hand.
  package func deals(_ seat: Seat) -> Bool { dealt.contains { $0.seat == seat } }
}

/// The promised next deal with its secret.
package struct PromisedDeal: Sendable {
  /// The secret.
  package let seed: ServerSeed
  /// The secret as the database keeps it, with what is published.
  package let sealed: SealedSeed
}
