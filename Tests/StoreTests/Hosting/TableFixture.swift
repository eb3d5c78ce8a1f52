import Core
import FoundationEssentials
import Postgres
import Store

/// A table with players at it, hosted by a node.
struct TableFixture: Sendable {
  static let buyIn: Chips = 5000

  let node: SerialID<Node>
  let room: SerialID<Room>
  let fence: Int64
  let players: [ID<Player>]
  let sessions: [ID<Session>]

  /// Opens a table, takes it for a new node and seats players with chips.
  static func make(
    _ client: some PostgresClient, players count: Int = 4
  ) async throws -> TableFixture {
    let room = try await Rooms(client).open(tier: "gaple_warung")
    let node = try await Nodes(client).register(
      name: "test", internalAddress: "127.0.0.1:1", rulesVersions: [1])
    // Nobody renews the lease in a test, which may take longer than five seconds; see expireLease.
    _ = try await client.query(
      """
      update server_nodes set lease_expires_at = now() + interval '1 hour'
      where id = \(node.rawValue)
      """)
    let taken = try await Nodes(client).takeRooms(for: node)
    let fence = taken.first { $0.room == room }!.fence
    let wallets = try await LedgerFixture.players(count, .coins, client)
    try await LedgerFixture.grant(100_000, to: wallets, .coins, client)
    let players = try await client.query(
      "select user_id from user_wallets where id = any (\(wallets.map(\.rawValue))) order by id"
    ).decode(column: 0, as: UUID.self).map { ID<Player>($0) }
    let now = try await LedgerFixture.now(client)
    var sessions: [ID<Session>] = []
    for (seat, player) in players.enumerated() {
      let session: ID<Session> = LedgerFixture.randomID(at: now)
      let outcome = try await Rooms(client).sitDown(
        session, room: room, fence: fence, player: player, seat: Int16(seat), buyIn: buyIn)
      precondition(outcome == .ok, "a player could not sit down: \(outcome)")
      sessions.append(session)
    }
    return TableFixture(
      node: node, room: room, fence: fence, players: players, sessions: sessions)
  }

  /// What starts a hand with everyone at the table.
  func start(_ hand: ID<Hand>) -> HandStart {
    HandStart(
      hand: hand, room: room, fence: fence, rulesVersion: 1, options: JSONText("{}"),
      seed: .init(
        commit: [UInt8](repeating: 1, count: 32), encrypted: [UInt8](repeating: 2, count: 60),
        keyID: [3]),
      seats: players.indices.map { .init(number: Int16($0), clientSeed: "seed-\($0)") })
  }

  /// Moves from a number on.
  func append(_ hand: ID<Hand>, from number: Int32, count: Int32 = 1) -> JournalAppend {
    JournalAppend(
      room: room, fence: fence, hand: hand,
      moves: (0..<count).map { step in
        JournalMove(
          number: number + step, seat: Int16((number + step) % Int32(players.count)),
          actor: .player, move: [1, UInt8((number + step) % 28), 0],
          reference: "c-\(number + step)")
      })
  }

  /// Everyone pays seat 0 so much.
  func settlement(_ hand: ID<Hand>, each amount: Chips = 100) -> HandSettlement {
    HandSettlement(
      hand: hand, fence: fence,
      payments: players.indices.dropFirst().map {
        .init(payer: Int16($0), payee: 0, amount: amount, reason: "win")
      },
      result: JSONText("{\"winner\": 0}"), revealedSeed: nil)
  }

  /// Ends the lease of the table's node, as if the node had stopped renewing it.
  func expireLease(_ owner: PostgresConnection) async throws {
    try await owner.execute(
      """
      update server_nodes set lease_expires_at = now() - interval '1 second'
      where id = \(node.rawValue)
      """)
  }
}
