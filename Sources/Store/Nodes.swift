package import Core
import FoundationEssentials
package import Postgres

/// A room that this node has just been given.
package struct TakenRoom: Hashable, Sendable, RowDecodable {
  /// The room.
  package var room: SerialID<Room>
  /// The fence that every durable write must name from now on.
  package var fence: Int64
  /// The hand that runs there, to be resumed.
  package var hand: ID<Hand>?

  /// Reads room, fence and hand.
  package init(row: Row) throws(PostgresError) {
    let (room, fence, hand) = try row.decode((Int64, Int64, UUID?).self)
    self.room = SerialID(rawValue: room)
    self.fence = fence
    self.hand = hand.map { ID($0) }
  }
}

/// Which node hosts which room.
package struct Nodes<Client: PostgresClient>: Sendable {
  /// Most rooms that one call takes: the database's `rooms_limit`.
  package static var roomsMax: Int { 50 }

  let client: Client

  /// The hosting behind a connection, a transaction or a pool.
  package init(_ client: Client) {
    self.client = client
  }

  /// Enters this server as a node, with a lease of five seconds.
  package func register(
    name: String, internalAddress: String, rulesVersions: [Int32]
  ) async throws(PostgresError) -> SerialID<Node> {
    let row = try await client.query(
      "select register_node(\(name), \(internalAddress), \(rulesVersions))"
    ).one()
    return SerialID(rawValue: try row.decode(Int64.self, column: 0))
  }

  /// Renews the lease; false where the node is unknown or was stopped.
  package func renew(_ node: SerialID<Node>) async throws(PostgresError) -> Bool {
    let row = try await client.query("select renew_lease(\(node.rawValue))").one()
    return try row.decode(Bool?.self, column: 0) ?? false
  }

  /// Takes rooms that nobody hosts, or whose host's lease has ended.
  package func takeRooms(
    for node: SerialID<Node>, atMost limit: Int = roomsMax
  ) async throws(PostgresError) -> [TakenRoom] {
    try await client.query(
      "select room_id, fence, hand_id from take_rooms(\(node.rawValue), \(Int32(limit)))"
    ).decode(TakenRoom.self)
  }

  /// Frees all rooms of a node that stops in good order; how many they were.
  package func release(_ node: SerialID<Node>) async throws(PostgresError) -> Int {
    let row = try await client.query("select release_node(\(node.rawValue))").one()
    return Int(try row.decode(Int32.self, column: 0))
  }
}
