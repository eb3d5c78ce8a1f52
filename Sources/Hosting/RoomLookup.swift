package import Core
package import Domino
package import Tables

/// Where a room is.
package enum RoomLookup: Sendable {
  /// On this node.
  case here(TableRoom)
  /// On the node with this internal address.
  case elsewhere(address: String)
  /// Between two hosts for a moment, or the database cannot be asked: try again.
  case between
  /// Closed or unknown.
  case notFound
}

/// A room to be opened.
package struct NewRoom: Sendable, Hashable {
  /// The tier of the lobby.
  package var stake: String
  /// Its name; nil for the tier's.
  package var name: String?
  /// The options of the rules that differ from the canonical ones, a JSON object.
  package var options: [UInt8]?
  /// What a player types to find it; nil for a public room.
  package var joinCode: String?
  /// Who opens it; nil for the house.
  package var creator: ID<Player>?

  /// A room as it is wanted.
  package init(
    stake: String, name: String? = nil, options: [UInt8]? = nil, joinCode: String? = nil,
    creator: ID<Player>? = nil
  ) {
    self.stake = stake
    self.name = name
    self.options = options
    self.joinCode = joinCode
    self.creator = creator
  }
}

/// A player who wants to play now.
package struct SeatWish: Sendable, Hashable {
  /// Who.
  package var player: ID<Player>
  /// The tier of the lobby.
  package var stake: String
  /// With how much; nil for the least that the tier asks.
  package var buyIn: Chips?
  /// The stay, chosen by the caller: the same one again finds the same seat.
  package var session: ID<Session>

  /// A wish as it stands.
  package init(player: ID<Player>, stake: String, buyIn: Chips?, session: ID<Session>) {
    self.player = player
    self.stake = stake
    self.buyIn = buyIn
    self.session = session
  }
}

/// A seat that was found and taken.
package struct SeatFound: Sendable, Hashable {
  /// The room.
  package var room: SerialID<Room>
  /// The seat.
  package var seat: Seat
  /// The stay.
  package var session: ID<Session>
  /// The chips in front of the player.
  package var stack: Chips
  /// The room's last event when the seat was taken.
  package var seq: Int64
  /// Whether a bot plays its hand there first.
  package var isWaiting = false
}

/// A room that was opened here.
package struct RoomOpened: Sendable, Hashable {
  /// The room.
  package var room: SerialID<Room>
  /// Number of its last event.
  package var seq: Int64

  /// A room with its last event.
  package init(room: SerialID<Room>, seq: Int64) {
    self.room = room
    self.seq = seq
  }
}

/// Bots that sat down.
package struct BotsSeated: Sendable, Hashable {
  /// How many.
  package var count: Int
  /// The room's last event when they sat.
  package var seq: Int64

  /// So many bots.
  package init(count: Int, seq: Int64) {
    self.count = count
    self.seq = seq
  }
}
