package import Core
import FoundationEssentials
package import Postgres

/// A room with what its game and tier say of it.
package struct StoredRoom: Hashable, Sendable {
  /// The room.
  package var id: SerialID<Room>
  /// Its name.
  package var name: String
  /// The game.
  package var game: String
  /// public, private or tournament.
  package var visibility: String
  /// The tier that it was opened at.
  package var stake: String?
  /// What is played for.
  package var currency: Currency
  /// The stake.
  package var baseBet: Chips
  /// The fewest and the most chips to sit down with.
  package var buyIn: ClosedRange<Chips>
  /// How many seats.
  package var seats: Int16
  /// Rake in basis points.
  package var rakeBasisPoints: Int16
  /// The most rake of a hand.
  package var rakeCap: Chips
  /// The game's options with those of the room, a JSON object.
  package var options: JSONText
  /// open, closing or closed.
  package var status: String
  /// The fence under which it is hosted.
  package var fence: Int64
  /// Number of the last hand that was started.
  package var handsStarted: Int32
  /// What a private room asks of whoever wants to come in.
  package var joinCode: String?
  /// The player who opened it; nil for the house.
  package var creator: ID<Player>?
}

/// A player in a seat.
package struct StoredStay: Hashable, Sendable {
  /// The stay.
  package var session: ID<Session>
  /// The seat.
  package var seat: Int16
  /// Who sits there.
  package var profile: StoredProfile
  /// The chips in the seat's wallet.
  package var stack: Chips
  /// Whether the player wants to leave.
  package var isLeaving: Bool
}

/// What a table shows of a player.
package struct StoredProfile: Hashable, Sendable {
  /// The player.
  package var player: ID<Player>
  /// As shown.
  package var name: String
  /// The name of a picture.
  package var avatar: String
  /// Whether it is a program.
  package var isBot: Bool
  /// VIP level.
  package var level: Int16
}

/// A hand as it was frozen at its start, and how it ended.
package struct StoredHand: Hashable, Sendable {
  /// The hand.
  package var hand: ID<Hand>
  /// Its number at the table.
  package var number: Int32
  /// Version of the rules.
  package var rulesVersion: Int32
  /// All options, a JSON object.
  package var options: JSONText
  /// The stake.
  package var baseBet: Chips
  /// Rake in basis points.
  package var rakeBasisPoints: Int16
  /// The most rake.
  package var rakeCap: Chips
  /// The seat that opens; nil where the tiles decide.
  package var opener: Int16?
  /// SHA-256 of the server seed.
  package var commit: [UInt8]
  /// The server seed under AES-GCM; nil once it is revealed.
  package var encrypted: [UInt8]?
  /// Which key encrypted it.
  package var keyID: [UInt8]?
  /// The server seed, once it may be known.
  package var seed: [UInt8]?
  /// The public result, a JSON object; nil while it is played.
  package var result: JSONText?
}

/// A seat of a hand.
package struct StoredHandSeat: Hashable, Sendable {
  /// The hand.
  package var hand: ID<Hand>
  /// The seat.
  package var seat: Int16
  /// The stay.
  package var session: ID<Session>
  /// The chips at the start.
  package var stack: Chips
  /// The seat's part in the deal.
  package var clientSeed: String
  /// The bot that decides for it; nil for a person.
  package var bot: HandStart.Seat.Bot?
  /// What it won or lost; nil while the hand is played.
  package var net: Chips?
  /// What the house got of it.
  package var rake: Chips?
}

/// A move of one of the last hands, with whose it was.
package struct StoredRecentMove: Hashable, Sendable {
  /// Number of the hand.
  package var hand: Int32
  /// The stay.
  package var session: ID<Session>
  /// The move.
  package var move: JournalMove
}

/// The promise of a deal.
package struct StoredDeal: Hashable, Sendable {
  /// Number of the hand that it is for.
  package var number: Int32
  /// The seed as it was encrypted.
  package var seed: HandStart.Seed
}

/// All that a host needs to go on with a room.
package struct StoredTable: Hashable, Sendable {
  /// The room.
  package var room: StoredRoom
  /// Who sits there, in rising order of seats.
  package var stays: [StoredStay]
  /// The last promise of a deal.
  package var deal: StoredDeal?
  /// The hand that runs.
  package var hand: StoredHand?
  /// The last hand that was settled.
  package var last: StoredHand?
  /// The seats of both, in rising order.
  package var handSeats: [StoredHandSeat]
  /// The moves of the hand that runs.
  package var moves: [JournalMove]
  /// The moves of the last few hands with it, the oldest first.
  package var recent: [StoredRecentMove]
}
