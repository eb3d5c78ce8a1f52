package import Core
package import Domino

/// What stays the same for a room's life.
package struct RoomFacts: Sendable, Equatable {
  /// The room.
  package var id: SerialID<Room>
  /// Its name in the lobby.
  package var name: String
  /// The tier that it was opened at.
  package var stake: String?
  /// Whether the lobby lists it.
  package var isPublic: Bool
  /// What everybody but its creator must know to watch or to sit down; nil: nothing.
  package var joinCode: String?
  /// The player who opened it; nil for the house's own, which stay when they are empty.
  package var creator: ID<Player>?
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

  /// A room as it was opened.
  package init(
    id: SerialID<Room>, name: String, stake: String? = nil, isPublic: Bool,
    joinCode: String? = nil, creator: ID<Player>? = nil, rules: LineRules, game: String,
    options: [UInt8],
    currency: Currency, baseBet: Chips, buyIn: ClosedRange<Chips>, seats: Int, rakeBasisPoints: Int,
    rakeCap: Chips
  ) {
    self.id = id
    self.name = name
    self.stake = stake
    self.isPublic = isPublic
    self.joinCode = joinCode
    self.creator = creator
    self.rules = rules
    self.game = game
    self.options = options
    self.currency = currency
    self.baseBet = baseBet
    self.buyIn = buyIn
    self.seats = seats
    self.rakeBasisPoints = rakeBasisPoints
    self.rakeCap = rakeCap
  }
}
