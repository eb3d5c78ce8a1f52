package import Core
import FoundationEssentials
package import Postgres

/// A game that is offered.
package struct OfferedGame: Hashable, Sendable {
  /// Short name, such as `gaple`.
  package var id: String
  /// Name shown to players.
  package var name: String
  /// Fewest players of a hand.
  package var seatsMin: Int16
  /// Most players of a hand.
  package var seatsMax: Int16
  /// Version of the rules of new hands.
  package var rulesVersion: Int32
  /// Default options, a JSON object.
  package var rules: JSONText
}

/// A stake tier of the lobby with what goes on at it.
package struct OfferedStake: Hashable, Sendable {
  /// Short name.
  package var id: String
  /// The game.
  package var game: String
  /// Name shown to players.
  package var name: String
  /// Currency of the chips.
  package var currency: String
  /// Stake.
  package var baseBet: Int64
  /// Fewest chips to sit down with.
  package var buyInMin: Int64
  /// Most chips to sit down with.
  package var buyInMax: Int64
  /// Seats of a table.
  package var seats: Int16
  /// Rake of the net win, in basis points.
  package var rakeBasisPoints: Int16
  /// Most rake of one hand.
  package var rakeCap: Int64
  /// Lowest VIP level that may sit down.
  package var vipLevelMin: Int16
  /// Open tables now.
  package var tables: Int64
  /// Players seated now, bots included.
  package var players: Int64
}

/// A room as the lobby lists it.
package struct ListedRoom: Hashable, Sendable {
  /// Number of the room.
  package var id: Int64
  /// Name shown to players.
  package var name: String
  /// The game.
  package var game: String
  /// Its tier; nil for stakes of its own.
  package var stake: String?
  /// public, private or tournament.
  package var visibility: String
  /// Currency of the chips.
  package var currency: String
  /// Stake.
  package var baseBet: Int64
  /// Fewest chips to sit down with.
  package var buyInMin: Int64
  /// Most chips to sit down with.
  package var buyInMax: Int64
  /// How many seats.
  package var seats: Int16
  /// How many of them are taken.
  package var seatsTaken: Int64
  /// How many of those by bots.
  package var bots: Int64
  /// Whether a hand is being played.
  package var isPlaying: Bool
  /// open, closing or closed.
  package var status: String
  /// Hands started so far.
  package var handsStarted: Int32
}

/// What the lobby shows.
package struct LobbyReads<Client: PostgresClient>: Sendable {
  let client: Client

  /// The lobby behind a connection or a pool.
  package init(_ client: Client) {
    self.client = client
  }

  /// The games that are offered.
  package func games() async throws(PostgresError) -> [OfferedGame] {
    try await client.query(
      """
      select id, name, seats_min, seats_max, rules_version, rules
      from games where is_enabled order by id
      """
    ).decode((String, String, Int16, Int16, Int32, JSONText).self).map {
      OfferedGame(
        id: $0, name: $1, seatsMin: $2, seatsMax: $3, rulesVersion: $4, rules: $5)
    }
  }

  /// The stake tiers, of one game or of all, with open tables and seated players.
  package func stakes(game: String?) async throws(PostgresError) -> [OfferedStake] {
    try await client.query(
      """
      select
        t.id, t.game_id, t.name, t.currency, t.base_bet, t.buy_in_min, t.buy_in_max, t.seats,
        t.rake_bps, t.rake_cap, t.vip_level_min, n.tables, n.players
      from stake_tiers as t
      cross join lateral (
        select count(*) as tables, coalesce(sum(s.players), 0)::bigint as players
        from game_rooms as r
        cross join lateral (
          select count(*) as players
          from game_sessions as x
          where x.room_id = r.id and x.stood_up_at is null
        ) as s
        where r.stake_tier_id = t.id and r.status = 'open' and r.visibility = 'public'
      ) as n
      where t.is_enabled and (\(game)::text is null or t.game_id = \(game))
      order by t.game_id, t.position
      """
    ).decode(OfferedStake.self)
  }

  /// Open public rooms, the newest first, after a cursor; with a join code the private room that it
  /// opens.
  package func rooms(
    game: String?, stake: String?, joinCode: String?, before: Int64?, limit: Int32
  ) async throws(PostgresError) -> [ListedRoom] {
    try await client.query(
      """
      \(Self.room)
      where r.status = 'open'
        and case
          when \(joinCode)::text is null then r.visibility = 'public'
          else r.join_code = \(joinCode)
        end
        and (\(game)::text is null or r.game_id = \(game))
        and (\(stake)::text is null or r.stake_tier_id = \(stake))
        and (\(before)::bigint is null or r.id < \(before))
      order by r.id desc
      limit \(limit)
      """
    ).decode(ListedRoom.self)
  }

  /// A room that the player may see: public, the player's own, or one the player sits in.
  package func room(
    _ room: SerialID<Room>, seenBy player: ID<Player>
  ) async throws(PostgresError) -> ListedRoom? {
    try await client.query(
      """
      \(Self.room)
      where r.id = \(room.rawValue)
        and (r.visibility <> 'private' or r.created_by = \(player.uuid)
          or exists (
            select from game_sessions as m
            where m.room_id = r.id and m.user_id = \(player.uuid) and m.stood_up_at is null))
      """
    ).oneOrNone().map { row throws(PostgresError) in try row.decode(ListedRoom.self) }
  }

  /// The rooms that a player sits in, with seat and stay.
  package func seats(
    of player: ID<Player>
  ) async throws(PostgresError) -> [(room: Int64, seat: Int16, session: ID<Session>)] {
    try await client.query(
      """
      select room_id, seat, id from game_sessions
      where user_id = \(player.uuid) and stood_up_at is null
      order by sat_down_at
      limit 50
      """
    ).decode((Int64, Int16, UUID).self).map { ($0, $1, ID($2)) }
  }

  private static var room: SQL {
    """
    select
      r.id, r.name, r.game_id, r.stake_tier_id, r.visibility, r.currency, r.base_bet,
      r.buy_in_min, r.buy_in_max, r.seats, s.taken, s.bots, r.current_hand_id is not null,
      r.status, r.hands_started
    from game_rooms as r
    cross join lateral (
      select count(*) as taken, count(*) filter (where u.account_type = 'bot') as bots
      from game_sessions as x
      join users as u on u.id = x.user_id
      where x.room_id = r.id and x.stood_up_at is null
    ) as s
    """
  }
}

extension OfferedStake: RowDecodable {
  /// Reads the columns of `LobbyReads.stakes`.
  package init(row: Row) throws(PostgresError) {
    self.init(
      id: try row.decode(column: 0), game: try row.decode(column: 1),
      name: try row.decode(column: 2), currency: try row.decode(column: 3),
      baseBet: try row.decode(column: 4), buyInMin: try row.decode(column: 5),
      buyInMax: try row.decode(column: 6), seats: try row.decode(column: 7),
      rakeBasisPoints: try row.decode(column: 8), rakeCap: try row.decode(column: 9),
      vipLevelMin: try row.decode(column: 10), tables: try row.decode(column: 11),
      players: try row.decode(column: 12))
  }
}

extension ListedRoom: RowDecodable {
  /// Reads the columns of `LobbyReads.room`.
  package init(row: Row) throws(PostgresError) {
    self.init(
      id: try row.decode(column: 0), name: try row.decode(column: 1),
      game: try row.decode(column: 2), stake: try row.decode(column: 3),
      visibility: try row.decode(column: 4), currency: try row.decode(column: 5),
      baseBet: try row.decode(column: 6), buyInMin: try row.decode(column: 7),
      buyInMax: try row.decode(column: 8), seats: try row.decode(column: 9),
      seatsTaken: try row.decode(column: 10), bots: try row.decode(column: 11),
      isPlaying: try row.decode(column: 12), status: try row.decode(column: 13),
      handsStarted: try row.decode(column: 14))
  }
}
