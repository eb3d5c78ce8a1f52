import Core
import Fairness
import Postgres
import TestSupport
import Testing

/// A table of two players in a test's database, whose hands are dealt from a known seed.
struct DealtTable {
  private static let clients = ["left", "right"]

  private let owner: PostgresConnection
  private let url: String
  private let server: ServerSeed

  static func make(in database: TestDatabase, _ owner: PostgresConnection) async throws -> Self {
    try await owner.execute(
      script: """
        select open_room('gaple_warung');
        select register_node('test', '127.0.0.1:1', array[1]);
        update server_nodes set lease_expires_at = now() + interval '1 hour';
        select take_rooms(id) from server_nodes;
        select create_player('player_' || n) from generate_series(1, 2) as n;
        select post_transactions(
          array[new_id()], array['grant'], array[wallet_of('issue', 'COINS')],
          array[get_user_wallet(u.id, 'COINS')], array['COINS'], array[20000]) from users as u;
        select sit_down(new_id(), r.id, r.fence, u.id, u.seat, 2000)
        from game_rooms as r, (
          select id, (row_number() over (order by username) - 1)::smallint as seat from users
        ) as u;
        """)
    return DealtTable(
      owner: owner, url: database.configuration.connectionString,
      server: try #require(ServerSeed(bytes: (1...32).map { UInt8($0) })))
  }

  /// The deck of the hand with that number.
  func deck(of number: UInt64) throws -> [UInt8] {
    let clients = try Self.clients.map { try ClientSeed($0) }
    return Shuffle(server: server, clients: clients, nonce: number).deck
  }

  /// Starts a hand; its id.
  func start() async throws -> String {
    let row = try await owner.query(
      """
      with hand as (select new_id() as id)
      select h.id::text, s.outcome
      from hand as h, game_rooms as r, start_hand(
        h.id, r.id, r.fence, 1, '{}', \(server.commit.bytes), \([UInt8](repeating: 2, count: 60)),
        '\\x01', '{0,1}', \(Self.clients)) as s
      """
    ).one().decode((String, String).self)
    #expect(row.1 == "ok")
    return row.0
  }

  /// Plays a hand of which seat 1 places the one tile that there is to see.
  func play(placing tile: UInt8) async throws -> String {
    let hand = try await start()
    let appended = try await owner.query(
      """
      select a.outcome
      from game_rooms as r, append_moves(
        array[r.id], array[r.fence], array[\(hand)::uuid], '{1}', '{1}', '{player}',
        array[\([1, tile, 0] as [UInt8])]) as a
      """
    ).one().decode(String.self)
    #expect(appended == "ok")
    let settled = try await owner.query(
      """
      select s.outcome
      from game_rooms as r, settle_hand(
        \(hand)::uuid, r.fence, '{0}', '{1}', '{100}', '{hand}', '{"winner": 1}',
        \(server.bytes)) as s
      """
    ).one().decode(String.self)
    #expect(settled == "ok")
    return hand
  }

  func verify(_ hand: String) async throws -> ProgramResult {
    try await Program.run(
      Program.higgs, ["fair", "verify", hand], environment: ["DATABASE_URL": url])
  }
}
