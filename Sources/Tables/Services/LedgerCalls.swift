package import Bots
package import Core
package import Domino
package import Fairness

/// The promise of a room's next deal.
package struct DealPromise: Sendable, Hashable {
  /// The room.
  package let room: SerialID<Room>
  /// The fence under which it is hosted.
  package let fence: Int64
  /// The number of the hand that it is for.
  package let number: Int
  /// The seed that is promised.
  package let seed: SealedSeed

  /// A promise as it is made.
  package init(
    room: SerialID<Room>, fence: Int64, number: Int, seed: SealedSeed
  ) {
    self.room = room
    self.fence = fence
    self.number = number
    self.seed = seed
  }
}

/// All that is frozen at the start of a hand.
package struct HandStart: Sendable, Hashable {
  /// The hand; its time is the start.
  package let hand: ID<Hand>
  /// The room.
  package let room: SerialID<Room>
  /// The fence under which it is hosted.
  package let fence: Int64
  /// The rules with all options.
  package let rules: LineRules
  /// The promised seed.
  package let seed: SealedSeed
  /// Who is dealt in, in rising order.
  package let seats: [DealtSeat]
  /// Who begins.
  package let opening: Opening

  package static func == (left: HandStart, right: HandStart) -> Bool {
    left.hand == right.hand && left.room == right.room && left.fence == right.fence
      && left.rules == right.rules && left.seed == right.seed && left.seats == right.seats
      && left.opening == right.opening
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(hand) }

  /// A start as it is wanted.
  package init(
    hand: ID<Hand>, room: SerialID<Room>, fence: Int64, rules: LineRules, seed: SealedSeed,
    seats: [DealtSeat], opening: Opening
  ) {
    self.hand = hand
    self.room = room
    self.fence = fence
    self.rules = rules
    self.seed = seed
    self.seats = seats
    self.opening = opening
  }
}

/// A seat that is dealt in.
package struct DealtSeat: Sendable, Hashable {
  /// The seat.
  package let seat: Seat
  /// Its part of the deal's randomness.
  package let clientSeed: ClientSeed
  /// The bot that decides for it; nil for a person.
  package let bot: Bot?

  /// A seat as it is dealt in.
  package init(seat: Seat, clientSeed: ClientSeed, bot: Bot?) {
    self.seat = seat
    self.clientSeed = clientSeed
    self.bot = bot
  }
}

/// What the start of a hand gave.
package struct StartedHand: Sendable, Hashable {
  /// The hand's number at its table.
  package let number: Int
  /// The chips of the seats that were dealt in, in rising order.
  package let stacks: [Chips]

  /// A start as it stands.
  package init(number: Int, stacks: [Chips]) {
    self.number = number
    self.stacks = stacks
  }
}

/// How a hand ended.
package struct HandSettlement: Sendable, Hashable {
  /// The hand.
  package let hand: ID<Hand>
  /// The fence under which its room is hosted.
  package let fence: Int64
  /// What to post, in order.
  package let payments: [Payment]
  /// The public result, a JSON object.
  package let result: [UInt8]
  /// The seed that may now be known.
  package let seed: ServerSeed

  package func hash(into hasher: inout Hasher) { hasher.combine(hand) }

  /// A settlement as it is wanted.
  package init(
    hand: ID<Hand>, fence: Int64, payments: [Payment], result: [UInt8], seed: ServerSeed
  ) {
    self.hand = hand
    self.fence = fence
    self.payments = payments
    self.result = result
    self.seed = seed
  }
}

/// A player takes a seat.
package struct SitDown: Sendable, Hashable {
  /// The stay; also the id of the payment.
  package let session: ID<Session>
  /// The room.
  package let room: SerialID<Room>
  /// The fence under which it is hosted.
  package let fence: Int64
  /// Who.
  package let player: ID<Player>
  /// Where.
  package let seat: Seat
  /// With how much.
  package let buyIn: Chips

  /// A wish to sit down.
  package init(
    session: ID<Session>, room: SerialID<Room>, fence: Int64, player: ID<Player>, seat: Seat,
    buyIn: Chips
  ) {
    self.session = session
    self.room = room
    self.fence = fence
    self.player = player
    self.seat = seat
    self.buyIn = buyIn
  }
}

/// A player brings more chips.
package struct TopUp: Sendable, Hashable {
  /// The payment.
  package let payment: ID<Transaction>
  /// The stay.
  package let session: ID<Session>
  /// The fence under which the room is hosted.
  package let fence: Int64
  /// How much.
  package let amount: Chips

  /// A wish to bring chips.
  package init(
    payment: ID<Transaction>, session: ID<Session>, fence: Int64, amount: Chips
  ) {
    self.payment = payment
    self.session = session
    self.fence = fence
    self.amount = amount
  }
}

/// A seat that was taken, now or before by the same call.
package struct Seated: Sendable, Hashable {
  /// Who sits there.
  package let player: PlayerFacts
  /// Whether the player has left it since.
  package let hasEnded: Bool

  /// A seat as it was taken.
  package init(player: PlayerFacts, hasEnded: Bool) {
    self.player = player
    self.hasEnded = hasEnded
  }
}
