package import Core
package import Domino
package import Postgres
package import Tables

/// A node that hosts tables.
package final class Host: Sendable {
  let pool: PostgresPool
  let configuration: HostConfiguration

  /// A host on this database. Nothing happens before `run`.
  package init(pool: PostgresPool, seeds: SeedKeys, configuration: HostConfiguration) {
    self.pool = pool
    self.configuration = configuration
  }

  /// Registers the node, takes rooms and keeps the lease; returns after `shutdown`, or throws where
  /// the node cannot even be registered.
  package func run() async throws {}

  /// Takes no more rooms, lets appends finish, gives the rooms back and tells clients `moved`.
  package func shutdown() async {}

  /// Whether the node has a lease and has looked for rooms once.
  package var isReady: Bool { false }

  /// Where a room is.
  package func room(_ id: SerialID<Room>) async -> RoomLookup { .notFound }

  /// Opens a room and hosts it here.
  package func openRoom(_ room: NewRoom) async throws(CommandError) -> SerialID<Room> {
    throw CommandError(.stakeNotFound, "There is no such stake.")
  }

  /// Finds an open seat at a stake, or opens a room; bots sit down so that the hand begins at once.
  package func quickSeat(_ wish: SeatWish) async throws(CommandError) -> SeatFound {
    throw CommandError(.stakeNotFound, "There is no such stake.")
  }

  /// Seats so many bots in free seats; how many sat down.
  package func addBots(_ count: Int, to room: SerialID<Room>) async throws(CommandError) -> Int {
    throw CommandError(.roomNotFound, "There is no such room.")
  }

  /// Who sits where, in the rooms that are hosted here.
  package var occupancies: [Occupancy] { [] }
}

/// Where a room is.
package enum RoomLookup: Sendable {
  /// On this node.
  case here(TableRoom)
  /// On the node with this internal address.
  case elsewhere(address: String)
  /// Closed, unknown, or between two hosts for a moment.
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
  /// The room's last event when the seat was taken.
  package var seq: Int64
}
