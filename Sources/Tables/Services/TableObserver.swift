package import Core

/// Who wants to know of rooms: the host's registry, metrics, the log.
package struct TableObserver: Sendable {
  /// Who sits where has changed.
  package var occupancyChanged: @Sendable (Occupancy) -> Void
  /// Somebody has left a seat.
  package var seatLeft: @Sendable (SerialID<Room>, PlayerFacts) -> Void
  /// The room has left this host; it answers `moved` from now on.
  package var stopped: @Sendable (SerialID<Room>) -> Void
  /// Something that an operator should read.
  package var log: @Sendable (SerialID<Room>, String) -> Void
  /// Something to count.
  package var count: @Sendable (TableEvent) -> Void

  /// An observer of these.
  package init(
    occupancyChanged: @escaping @Sendable (Occupancy) -> Void = { _ in },
    seatLeft: @escaping @Sendable (SerialID<Room>, PlayerFacts) -> Void = { _, _ in },
    stopped: @escaping @Sendable (SerialID<Room>) -> Void = { _ in },
    log: @escaping @Sendable (SerialID<Room>, String) -> Void = { _, _ in },
    count: @escaping @Sendable (TableEvent) -> Void = { _ in }
  ) {
    self.occupancyChanged = occupancyChanged
    self.seatLeft = seatLeft
    self.stopped = stopped
    self.log = log
    self.count = count
  }
}

/// What is counted.
package enum TableEvent: Sendable, Hashable {
  /// So many moves became durable.
  case moves(Int)
  /// An append's outcome was not known, and it was sent again.
  case resent
  /// A hand started, was settled or was voided.
  case handStarted, handSettled, handVoided
  /// A seat's time ran out.
  case timedOut
  /// A command was refused since too many waited.
  case busy
}

/// Who sits in a room, for the lobby.
package struct Occupancy: Sendable, Hashable {
  /// The room.
  package let room: SerialID<Room>
  /// The tier that it was opened at.
  package let stake: String?
  /// Whether everybody may sit down.
  package let isPublic: Bool
  /// How many seats it has.
  package let seats: Int
  /// How many people sit there.
  package let people: Int
  /// How many of them watch.
  package let present: Int
  /// How many bots sit there.
  package let bots: Int
  /// How many of the bots give their seat to a person after the hand.
  package let promised: Int
  /// Whether it takes new players.
  package let isOpen: Bool

  /// How many seats are free.
  package var free: Int { seats - people - bots }

  /// How many seats a person can have, now or after the hand.
  package var forPeople: Int { free + bots - promised }

  /// An occupancy as it stands.
  package init(
    room: SerialID<Room>, stake: String?, isPublic: Bool, seats: Int, people: Int,
    present: Int, bots: Int, promised: Int = 0, isOpen: Bool
  ) {
    self.room = room
    self.stake = stake
    self.isPublic = isPublic
    self.seats = seats
    self.people = people
    self.present = present
    self.bots = bots
    self.promised = promised
    self.isOpen = isOpen
  }
}
