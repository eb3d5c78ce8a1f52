package import Core
import FoundationEssentials
package import Postgres

extension Hands {
  /// Promises the deal of a room's next hand; with ok and exists comes the seed that is promised.
  /// Outcomes: ok, exists, fenced, room_not_found, room_closed, out_of_order.
  package func promise(
    _ number: Int32, of room: SerialID<Room>, fence: Int64, seed: HandStart.Seed
  ) async throws(PostgresError) -> (outcome: TableOutcome, seed: HandStart.Seed?) {
    let (outcome, commit, encrypted, keyID) = try await client.query(
      """
      select outcome, promised_commit, promised_encrypted, promised_key_id
      from promise_deal(
        \(room.rawValue), \(fence), \(number), \(seed.commit), \(seed.encrypted), \(seed.keyID))
      """
    ).one().decode((TableOutcome, [UInt8]?, [UInt8]?, [UInt8]?).self)
    guard let commit, let encrypted, let keyID else { return (outcome, nil) }
    return (outcome, HandStart.Seed(commit: commit, encrypted: encrypted, keyID: keyID))
  }
}

extension Nodes {
  /// Takes one room that nobody hosts; nil where it is hosted, closed or unknown.
  package func takeRoom(
    _ room: SerialID<Room>, for node: SerialID<Node>
  ) async throws(PostgresError) -> TakenRoom? {
    let (outcome, fence, hand) = try await client.query(
      "select outcome, fence, hand_id from take_room(\(node.rawValue), \(room.rawValue))"
    ).one().decode((String, Int64?, UUID?).self)
    guard outcome == "ok", let fence else { return nil }
    return TakenRoom(room: room, fence: fence, hand: hand.map { ID($0) })
  }

  /// Ends the leases of dead nodes with this node's name and address; how many there were. Only for
  /// a server that knows them dead, as one that has bound their address does.
  @discardableResult
  package func succeedDead(by node: SerialID<Node>) async throws(PostgresError) -> Int {
    let row = try await client.query("select succeed_nodes(\(node.rawValue))").one()
    return Int(try row.decode(Int32.self, column: 0))
  }

  /// The rooms that a node hosts, with the fence of each.
  package func rooms(
    of node: SerialID<Node>
  ) async throws(PostgresError) -> [SerialID<Room>: Int64] {
    let rows = try await client.query(
      """
      select r.id, r.fence from game_rooms as r
      where r.host_node = \(node.rawValue) and r.status <> 'closed'
      """
    ).decode((Int64, Int64).self)
    return Dictionary(
      uniqueKeysWithValues: rows.map { (SerialID<Room>(rawValue: $0.0), $0.1) })
  }

  /// Where a room is hosted under a valid lease; nil for a room that is closed or not known.
  package func place(
    of room: SerialID<Room>
  ) async throws(PostgresError) -> RoomPlace? {
    try await client.query(
      """
      select n.internal_address from game_rooms as r
      left join server_nodes as n
        on n.id = r.host_node and n.stopped_at is null and n.lease_expires_at > clock_timestamp()
      where r.id = \(room.rawValue) and r.status <> 'closed'
      """
    ).oneOrNone().map { row throws(PostgresError) in
      RoomPlace(address: try row.decode(String?.self, column: 0))
    }
  }
}

/// Where an open room is.
package struct RoomPlace: Hashable, Sendable {
  /// The internal address of its host; nil while it has none.
  package var address: String?
}

extension TakenRoom {
  /// A room under the fence with which it was given.
  package init(room: SerialID<Room>, fence: Int64, hand: ID<Hand>?) {
    self.room = room
    self.fence = fence
    self.hand = hand
  }
}
