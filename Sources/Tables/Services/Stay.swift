package import Core
package import Domino

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

  /// A player as others see it.
  package init(
    id: ID<Player>, name: String, avatar: String? = nil, isBot: Bool, level: Int
  ) {
    self.id = id
    self.name = name
    self.avatar = avatar
    self.isBot = isBot
    self.level = level
  }
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

  /// A stay as it was read.
  package init(
    session: ID<Session>, seat: Seat, player: PlayerFacts, stack: Chips, isLeaving: Bool
  ) {
    self.session = session
    self.seat = seat
    self.player = player
    self.stack = stack
    self.isLeaving = isLeaving
  }
}
