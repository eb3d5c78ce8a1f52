package import Core
package import Domino

/// A hand that runs, as the database froze it.
package struct HandRecord: Sendable {
  /// The hand.
  package var hand: ID<Hand>
  /// Its number at the table.
  package var number: Int
  /// The rules that it is played by.
  package var setup: HandSetup<LineRules>
  /// Who is dealt in, in rising order.
  package var seats: [DealtSeat]
  /// The secret of its deal.
  package var seed: SealedSeed
  /// What was done so far.
  package var moves: [AppendedMove]

  /// A hand as it was read.
  package init(
    hand: ID<Hand>, number: Int, setup: HandSetup<LineRules>, seats: [DealtSeat],
    seed: SealedSeed, moves: [AppendedMove]
  ) {
    self.hand = hand
    self.number = number
    self.setup = setup
    self.seats = seats
    self.seed = seed
    self.moves = moves
  }
}

/// What is remembered of a move for the sake of its seat.
package struct RecentMove: Sendable, Hashable {
  /// The number of the hand.
  package var hand: Int
  /// Whose.
  package var session: ID<Session>
  /// Who decided.
  package var decider: Decider
  /// The client's reference.
  package var reference: CommandReference?
  /// What was left of the time bank.
  package var timeBankMilliseconds: Int
  /// Whether the seat was on auto-play after it.
  package var isTrustee: Bool

  /// A move as it is remembered.
  package init(
    hand: Int, session: ID<Session>, decider: Decider, reference: CommandReference?,
    timeBankMilliseconds: Int, isTrustee: Bool
  ) {
    self.hand = hand
    self.session = session
    self.decider = decider
    self.reference = reference
    self.timeBankMilliseconds = timeBankMilliseconds
    self.isTrustee = isTrustee
  }
}
