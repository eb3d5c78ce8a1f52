package import Core
package import Domino

/// A live table: committed state, one durable change at a time, and those who watch.
package actor TableRoom {
  /// The room.
  package nonisolated let id: SerialID<Room>
  let services: TableServices

  /// A room of a host.
  package init(id: SerialID<Room>, services: TableServices) {
    self.id = id
    self.services = services
  }

  /// Delivers the events after `seq`, or a snapshot where they are not all there, and from then on
  /// every event. A subscriber with the same id is replaced.
  package func subscribe(_ subscriber: Subscriber, after seq: Int64? = nil) async {}

  /// Delivers nothing more to the subscriber.
  package func unsubscribe(_ subscriber: UInt64) async {}

  /// Does what the player wants; the answer comes after the commit, and after the events.
  package func submit(_ command: PlayerCommand, by player: ID<Player>) async -> CommandReply {
    .refused(CommandError(.busy, "The table is not open yet; try again."))
  }

  /// The room as the player may see it now, as a `snapshot` frame.
  package func snapshot(for player: ID<Player>?) async -> Frame { Frame(bytes: []) }
}
