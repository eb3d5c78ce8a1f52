package import Core
package import Domino
package import Fairness

/// All that the database knows of a room: what a host begins with.
package struct RoomRecord: Sendable {
  /// What stays the same for the room's life.
  package var room: RoomFacts
  /// Under which the room is hosted now.
  package var fence: Int64
  /// Whether it takes no new hands, or none ever again.
  package var status: Status
  /// How many hands have been started.
  package var handsStarted: Int
  /// Who sits, in rising order of seats.
  package var stays: [Stay]
  /// The promise of the next deal, where one was made.
  package var promise: SealedSeed?
  /// The hand that runs.
  package var hand: HandRecord?
  /// The last hand that was settled.
  package var last: LastHand?
  /// Moves of the last few hands, the oldest first, for who was away and what is left of the time
  /// banks.
  package var recent: [RecentMove]

  /// How far a room is from its end.
  package enum Status: String, Sendable { case open, closing, closed }
}

/// What stays the same for a room's life.
package struct RoomFacts: Sendable, Equatable {
  /// The room.
  package var id: SerialID<Room>
  /// Its name in the lobby.
  package var name: String
  /// The tier that it was opened at.
  package var stake: String?
  /// Whether everybody may sit down.
  package var isPublic: Bool
  /// The game with all its options.
  package var rules: LineRules
  /// What the game is called.
  package var game: String
  /// The options as JSON, for clients.
  package var options: [UInt8]
  /// What is played for.
  package var currency: Currency
  /// The stake.
  package var baseBet: Chips
  /// What one may sit down with.
  package var buyIn: ClosedRange<Chips>
  /// How many seats.
  package var seats: Int
  /// The house's share, in hundredths of a per cent.
  package var rakeBasisPoints: Int
  /// The most that the house takes of a hand.
  package var rakeCap: Chips
}

/// What everyone at a table may know of a player.
package struct PlayerFacts: Sendable, Hashable {
  /// The player.
  package var id: ID<Player>
  /// As shown.
  package var name: String
  /// The name of a picture.
  package var avatar: String?
  /// Whether it is a program.
  package var isBot: Bool
  /// From 1 or 0 up.
  package var level: Int
}

/// A player in a seat.
package struct Stay: Sendable, Hashable {
  /// The stay.
  package var session: ID<Session>
  /// The seat.
  package var seat: Seat
  /// Who.
  package var player: PlayerFacts
  /// The chips in front of the player, before the running hand.
  package var stack: Chips
  /// Whether the player wants to leave.
  package var isLeaving: Bool
}

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
}

/// The last hand that was settled, as clients were told.
package struct LastHand: Sendable {
  /// The hand.
  package var hand: ID<Hand>
  /// Its number at the table.
  package var number: Int
  /// The public result as it was stored.
  package var result: [UInt8]
  /// The seed that was revealed.
  package var seed: ServerSeed
  /// The parts of the seats that played, in rising order.
  package var clientSeeds: [ClientSeed]
  /// Who won, where still seated.
  package var winner: ID<Session>?
}

/// What is remembered of a move for the sake of its seat.
package struct RecentMove: Sendable, Hashable {
  /// The number of the hand.
  package var hand: Int
  /// Whose.
  package var session: ID<Session>
  /// Who decided.
  package var decider: Decider
  /// What was left of the time bank.
  package var timeBankMilliseconds: Int
  /// Whether the seat was on auto-play after it.
  package var isTrustee: Bool
}
