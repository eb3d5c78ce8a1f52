package import Core
import FoundationEssentials
package import Postgres

/// A hand of a player's history.
package struct PlayedHand: Hashable, Sendable {
  /// The hand.
  package var id: ID<Hand>
  /// Its room.
  package var room: Int64
  /// Name of the room.
  package var roomName: String
  /// Number at its table.
  package var number: Int32
  /// The game.
  package var game: String
  /// settled or voided.
  package var status: String
  /// Currency of the chips.
  package var currency: String
  /// Stake.
  package var baseBet: Int64
  /// The player's seat.
  package var seat: Int16
  /// Chips won or lost, after rake.
  package var net: Int64
  /// Rake taken from the win.
  package var rake: Int64
  /// When it began.
  package var started: Timestamp
  /// When it ended.
  package var ended: Timestamp?
}

/// A hand that is over, with all that may be known of it.
package struct FinishedHand: Hashable, Sendable {
  /// The hand.
  package var id: ID<Hand>
  /// Its room.
  package var room: Int64
  /// Number at its table, the nonce of the deal.
  package var number: Int32
  /// The game.
  package var game: String
  /// Version of the rules.
  package var rulesVersion: Int32
  /// Options, frozen; a JSON object.
  package var options: JSONText
  /// Currency of the chips.
  package var currency: String
  /// Stake.
  package var baseBet: Int64
  /// Rake in basis points.
  package var rakeBasisPoints: Int16
  /// Most rake.
  package var rakeCap: Int64
  /// Seat that opens; nil where the tiles decide.
  package var opener: Int16?
  /// settled or voided.
  package var status: String
  /// SHA-256 of the server seed.
  package var commit: [UInt8]
  /// The server seed, where it was revealed.
  package var serverSeed: [UInt8]?
  /// When it began.
  package var started: Timestamp
  /// When it ended.
  package var ended: Timestamp?
  /// Rake that was taken.
  package var rake: Int64
  /// How it ended, a JSON object; nil where it was voided.
  package var result: JSONText?
  /// Why it was voided.
  package var voidReason: String?
}

/// A seat of a hand that is over.
package struct FinishedSeat: Hashable, Sendable {
  /// Seat number.
  package var seat: Int16
  /// The player.
  package var player: ID<Player>
  /// Name at the table.
  package var name: String
  /// Name of the picture.
  package var avatar: String
  /// Whether a bot sat there.
  package var isBot: Bool
  /// Chips at the start.
  package var stack: Int64
  /// Its part of the deal's randomness.
  package var clientSeed: String
  /// Chips won or lost, after rake.
  package var net: Int64?
  /// Rake taken from the win.
  package var rake: Int64?
}

/// Hands that are over. Nothing here reads a hand that still runs, but that it runs.
package struct HandReads<Client: PostgresClient>: Sendable {
  let client: Client

  /// The hands behind a connection or a pool.
  package init(_ client: Client) {
    self.client = client
  }

  /// A page of a player's finished hands, the newest first.
  package func played(
    by player: ID<Player>, before: ID<Hand>?, limit: Int32
  ) async throws(PostgresError) -> [PlayedHand] {
    try await client.query(
      """
      select
        h.id, h.room_id, r.name, h.number, h.game_id, h.status, h.currency, h.base_bet, s.seat,
        coalesce(s.net, 0), coalesce(s.rake, 0), h.started_at, h.ended_at
      from hand_seats as s
      join finished_hands as h on h.id = s.hand_id
      join game_rooms as r on r.id = h.room_id
      where s.user_id = \(player.uuid)
        and (\(before?.uuid)::uuid is null or s.hand_id < \(before?.uuid))
      order by s.hand_id desc
      limit \(limit)
      """
    ).decode(PlayedHand.self)
  }

  /// A hand that is over; nil where it is not known or still runs.
  package func finished(_ hand: ID<Hand>) async throws(PostgresError) -> FinishedHand? {
    try await client.query(
      """
      select
        id, room_id, number, game_id, rules_version, options, currency, base_bet, rake_bps,
        rake_cap, opener_seat, status, server_seed_commit, server_seed, started_at, ended_at,
        rake, result, void_reason
      from finished_hands where id = \(hand.uuid)
      """
    ).oneOrNone().map { row throws(PostgresError) in try row.decode(FinishedHand.self) }
  }

  /// Whether the hand is being played.
  package func isPlaying(_ hand: ID<Hand>) async throws(PostgresError) -> Bool {
    try await client.query(
      """
      select exists (select from game_hands where id = \(hand.uuid) and status = 'playing')
      """
    ).one().decode(column: 0)
  }

  /// The seats of a hand that is over.
  package func seats(of hand: ID<Hand>) async throws(PostgresError) -> [FinishedSeat] {
    try await client.query(
      """
      select
        s.seat, s.user_id, p.display_name, p.avatar, s.is_bot, s.stack_start, s.client_seed, s.net,
        s.rake
      from finished_hand_seats as s
      join user_profiles as p on p.user_id = s.user_id
      where s.hand_id = \(hand.uuid)
      order by s.seat
      """
    ).decode((Int16, UUID, String, String, Bool, Int64, String, Int64?, Int64?).self).map {
      FinishedSeat(
        seat: $0, player: ID($1), name: $2, avatar: $3, isBot: $4, stack: $5, clientSeed: $6,
        net: $7, rake: $8)
    }
  }

  /// The moves of a hand that is over, in order.
  package func moves(
    of hand: ID<Hand>
  ) async throws(PostgresError) -> [(number: Int32, seat: Int16, actor: String, move: [UInt8])] {
    try await client.query(
      """
      select no, seat, actor, move from finished_hand_moves
      where hand_id = \(hand.uuid) order by no
      """
    ).decode((Int32, Int16, String, [UInt8]).self).map { ($0, $1, $2, $3) }
  }
}

extension PlayedHand: RowDecodable {
  /// Reads the columns of `HandReads.played`.
  package init(row: Row) throws(PostgresError) {
    self.init(
      id: ID(try row.decode(UUID.self, column: 0)), room: try row.decode(column: 1),
      roomName: try row.decode(column: 2), number: try row.decode(column: 3),
      game: try row.decode(column: 4), status: try row.decode(column: 5),
      currency: try row.decode(column: 6), baseBet: try row.decode(column: 7),
      seat: try row.decode(column: 8), net: try row.decode(column: 9),
      rake: try row.decode(column: 10), started: try row.decode(column: 11),
      ended: try row.decode(column: 12))
  }
}

extension FinishedHand: RowDecodable {
  /// Reads the columns of `HandReads.finished`.
  package init(row: Row) throws(PostgresError) {
    self.init(
      id: ID(try row.decode(UUID.self, column: 0)), room: try row.decode(column: 1),
      number: try row.decode(column: 2), game: try row.decode(column: 3),
      rulesVersion: try row.decode(column: 4), options: try row.decode(column: 5),
      currency: try row.decode(column: 6), baseBet: try row.decode(column: 7),
      rakeBasisPoints: try row.decode(column: 8), rakeCap: try row.decode(column: 9),
      opener: try row.decode(column: 10), status: try row.decode(column: 11),
      commit: try row.decode(column: 12), serverSeed: try row.decode(column: 13),
      started: try row.decode(column: 14), ended: try row.decode(column: 15),
      rake: try row.decode(column: 16), result: try row.decode(column: 17),
      voidReason: try row.decode(column: 18))
  }
}
