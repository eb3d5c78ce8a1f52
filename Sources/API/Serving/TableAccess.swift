package import Core
package import Hosting
package import Tables

/// What the API needs of the live tables, as closures: tests bring their own.
package struct TableAccess: Sendable {
  /// Where a room is.
  package var room: @Sendable (SerialID<Room>) async -> RoomFound
  /// Opens a room and hosts it here.
  package var open: @Sendable (NewRoom) async throws -> RoomOpened
  /// Finds a seat and takes it.
  package var quickSeat: @Sendable (SeatWish) async throws -> SeatTaken
  /// Seats bots; how many sat down.
  package var addBots: @Sendable (Int, SerialID<Room>) async throws -> BotsSeated
  /// Whether rooms are hosted.
  package var isReady: @Sendable () -> Bool

  /// Access by these closures.
  package init(
    room: @escaping @Sendable (SerialID<Room>) async -> RoomFound,
    open: @escaping @Sendable (NewRoom) async throws -> RoomOpened,
    quickSeat: @escaping @Sendable (SeatWish) async throws -> SeatTaken,
    addBots: @escaping @Sendable (Int, SerialID<Room>) async throws -> BotsSeated,
    isReady: @escaping @Sendable () -> Bool
  ) {
    self.room = room
    self.open = open
    self.quickSeat = quickSeat
    self.addBots = addBots
    self.isReady = isReady
  }
}

/// A seat that was found and taken.
package struct SeatTaken: Sendable {
  /// The room.
  package var room: SerialID<Room>
  /// Number of the seat.
  package var seat: Int
  /// The stay.
  package var session: ID<Session>
  /// The room's last event when the seat was taken.
  package var seq: Int64
  /// Whether a bot plays its hand there first.
  package var isWaiting: Bool

  /// A seat as it stands.
  package init(
    room: SerialID<Room>, seat: Int, session: ID<Session>, seq: Int64, isWaiting: Bool = false
  ) {
    self.room = room
    self.seat = seat
    self.session = session
    self.seq = seq
    self.isWaiting = isWaiting
  }

  init(_ found: SeatFound) {
    self.init(
      room: found.room, seat: Int(found.seat.number), session: found.session, seq: found.seq,
      isWaiting: found.isWaiting)
  }
}

/// Where a room is.
package enum RoomFound: Sendable {
  /// On this node.
  case here(RoomHandle)
  /// On the node with this internal address.
  case elsewhere(address: String)
  /// Between two hosts for a moment, or the database cannot be asked: try again.
  case between
  /// Closed or unknown.
  case notFound
}

/// A room of this node. A class, so that the optimizer has no captures to take apart:
/// docs/decisions/tail-calls.md.
package final class RoomHandle: Sendable {
  /// Delivers the events after a number, or a snapshot, and from then on every event.
  package let subscribe: @Sendable (Subscriber, Int64?) async throws(CommandError) -> Void
  /// Delivers nothing more.
  package let unsubscribe: @Sendable (UInt64) async -> Void
  /// Does what the player wants.
  package let submit: @Sendable (PlayerCommand, ID<Player>) async -> CommandReply

  /// A room by these closures.
  package init(
    subscribe: @escaping @Sendable (Subscriber, Int64?) async throws(CommandError) -> Void,
    unsubscribe: @escaping @Sendable (UInt64) async -> Void,
    submit: @escaping @Sendable (PlayerCommand, ID<Player>) async -> CommandReply
  ) {
    self.subscribe = subscribe
    self.unsubscribe = unsubscribe
    self.submit = submit
  }

  /// The room itself.
  package convenience init(_ room: TableRoom) {
    self.init(
      subscribe: { subscriber, seq throws(CommandError) in
        try await room.subscribe(subscriber, after: seq)
      },
      unsubscribe: { await room.unsubscribe($0) },
      submit: { await room.submit($0, by: $1) })
  }
}

extension TableAccess {
  /// The rooms of a host.
  package init(_ host: Host) {
    self.init(
      room: { id in
        switch await host.room(id) {
        case .here(let room): .here(RoomHandle(room))
        case .elsewhere(let address): .elsewhere(address: address)
        case .between: .between
        case .notFound: .notFound
        }
      },
      open: { try await host.openRoom($0) },
      quickSeat: { SeatTaken(try await host.quickSeat($0)) },
      addBots: { try await host.addBots($0, to: $1) }, isReady: { host.isReady })
  }
}
